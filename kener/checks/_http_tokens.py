"""Access tokens by OAuth 2.0 client credentials (RFC 6749 section 4.4), kept in memory."""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus, urlencode

from kener.checks._base import Context
from kener.checks._comparing import number
from kener.checks._curl import Answer
from kener.checks._failures import Failure, Mismatch
from kener.checks._http_answer import Trail, follow, json_of
from kener.checks._http_request import Transport, Wish
from kener.checks._web import Place

OK = 200
UNAUTHORIZED = 401
LARGEST = 65_536
LONGEST = 16_000
KEPT_S = 300.0
LONGEST_KEPT_S = 86_400.0
EARLY_S = 30.0
# What RFC 6749 has for errors; any other text might be anything.
ERRORS = {
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
    "unsupported_grant_type", "invalid_scope", "invalid_target",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for a token, and where. `in_body`: credentials go in the form, not in a header."""

    place: Place
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    in_body: bool = False

    def wish(self, transport: Transport) -> Wish:
        """The request for a token."""
        form = {"grant_type": "client_credentials", "scope": self.scope, "audience": self.audience}
        secret: tuple[str, ...] = ()
        if self.in_body:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        else:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            secret = (f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}",)
        return Wish(
            place=self.place,
            method="POST",
            headers=("Accept: application/json",),
            secret_headers=secret,
            body=urlencode({name: value for name, value in form.items() if value}).encode(),
            content_type="application/x-www-form-urlencoded",
            transport=transport,
            limit=LARGEST,
            keep=True,
        )


class Tokens:
    """The token of one monitor, fetched when there is none that is good for a while."""

    def __init__(self, client: Client, transport: Transport) -> None:
        self._wish = client.wish(transport)
        self._token = ""
        self._good_until = 0.0

    def __iter__(self) -> Iterator[str]:
        """What must not be shown."""
        return iter((self._token,) if self._token else ())

    async def follow(self, wish: Wish, redirects: int | None, context: Context) -> Trail:
        """The end of a request with a token. One that was kept and is not accepted any more is
        fetched anew, once."""
        signed, took = await self._signed(wish, context)
        trail = await follow(signed, redirects, context)
        if trail.answer.status == UNAUTHORIZED:
            self._token = ""
            if took is None:
                signed, took = await self._signed(wish, context)
                trail = await follow(signed, redirects, context)
        return trail if took is None else replace(trail, phases={"token": took, **trail.phases})

    async def _signed(self, wish: Wish, context: Context) -> tuple[Wish, float | None]:
        """The request with a token, and how long it took to get it (ms); None: it was kept."""
        took = None
        if not self._token or context.services.loop.time() >= self._good_until:
            took = await self._fetch(context)
        header = f"Authorization: Bearer {self._token}"
        return replace(wish, secret_headers=(*wish.secret_headers, header)), took

    async def _fetch(self, context: Context) -> float:
        try:
            answer = await context.services.transfers.fetch(self._wish.request, context)
            self._token, seconds = _read(answer)
        except asyncio.CancelledError:
            context.doing = f"getting an access token ({context.doing})"
            raise
        except Failure as failure:
            failure.detail = f"could not get an access token: {failure.detail}"
            failure.phases, failure.latency_ms = {}, None
            raise
        early = min(EARLY_S, seconds / 2)
        self._good_until = context.services.loop.time() + seconds - early
        return answer.phases["total"]


def _read(answer: Answer) -> tuple[str, float]:
    """The token and for how many seconds it is good."""
    told = json_of(answer)
    told = told if isinstance(told, dict) else {}
    if answer.status != OK:
        error = told.get("error")
        known = f" ({error})" if isinstance(error, str) and error in ERRORS else ""
        raise Mismatch(f"the token address answered {answer.status}{known}")
    token, kind = told.get("access_token"), told.get("token_type", "bearer")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise Mismatch("the token address gave none")
    if not 0 < len(token) <= LONGEST or " " in token:
        raise Mismatch("the token address gave one that cannot be used")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise Mismatch("the token address gave one that is no bearer token")
    seconds = number(told.get("expires_in"))
    return token, KEPT_S if seconds is None else min(max(seconds, 0.0), LONGEST_KEPT_S)
