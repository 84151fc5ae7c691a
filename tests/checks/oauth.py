"""A server that gives tokens, and another that wants them."""

import json

from checks.servers import HttpServer, ok

SECRET = "client s3cret/+ü"


def oauth(server: HttpServer, **settings) -> dict:
    return {
        "oauth_token_url": f"{server.url}/token",
        "oauth_client_id": "kener:1",
        "oauth_client_secret": SECRET,
        **settings,
    }


class TokenServer(HttpServer):
    """Gives tokens t1, t2, …, each good for `seconds`."""

    def __init__(self, seconds: int | str | None = 3600, **options) -> None:
        self.seconds = seconds
        super().__init__(self._give, **options)

    def _give(self, request) -> bytes:
        told = {"access_token": f"t0ken-{len(self.received)}", "token_type": "Bearer"}
        if self.seconds is not None:
            told["expires_in"] = self.seconds
        return ok(json.dumps(told))


def accepting(*tokens: str):
    """A server's answers: 200 to these tokens, else 401."""
    good = {f"Bearer {token}" for token in tokens}
    return lambda request: (
        ok() if request.headers.get("authorization") in good else ok("", "401 Unauthorized")
    )
