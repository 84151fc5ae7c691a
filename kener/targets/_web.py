"""The programming interfaces of hosts, over HTTPS: JSON in and out."""

from collections.abc import Mapping
from typing import Any

import requests

from kener import __version__
from kener.targets._base import TargetFailed

CONNECT, READ = 5, 60
SAID = {
    401: "it refuses the token",
    403: "the token may not do this",
    404: "it knows nothing of this name",
    413: "a file is larger than it takes",
    422: "it could not use what it was sent",
    429: "it wants us to come less often",
}


class Desk:
    """Calls to one interface with one token. `name` begins every sentence about a failure."""

    def __init__(self, name: str, base: str, token: str) -> None:
        self._name, self._base = name, base
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies, no .netrc
        self._session.headers["User-Agent"] = f"Kener/{__version__}"
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        """The answer's JSON, {} when it has none. TargetFailed."""
        kind = {"Content-Type": "application/octet-stream"} if data is not None else {}
        try:
            answer = self._session.request(
                method,
                self._base + path,
                json=json,
                data=data,
                files=files,
                headers=kind,
                timeout=(CONNECT, READ),
                allow_redirects=False,
            )
            found = answer.json() if answer.content else {}
        except requests.JSONDecodeError:
            found = {}
        except requests.Timeout:
            raise TargetFailed(f"{self._name} did not answer in time.") from None
        except requests.RequestException:
            raise TargetFailed(f"{self._name} cannot be reached.") from None
        if answer.ok and answer.status_code < 300:
            return found
        why = SAID.get(answer.status_code, f"it answered {answer.status_code}")
        raise TargetFailed(f"{self._name}: {why}.")

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()
