"""Netlify, by digests: it says which files it does not have yet
(https://docs.netlify.com/api/get-started/#file-digest-method)."""

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr, StringConstraints

from kener.targets._base import TargetFailed
from kener.targets._mirror import Site, WholeMirror
from kener.targets._web import Desk

API = "https://api.netlify.com/api/v1"
PATIENCE = 300.0
"""Seconds that a deploy may take to go live."""
PAUSE = 2.0
BAD = {"error", "rejected"}


class NetlifyMirror(WholeMirror):
    """A site; each sending is a deploy, and visitors see the old one until the new one is whole."""

    kind: ClassVar[str] = "netlify"
    label: ClassVar[str] = "Netlify"
    pause: ClassVar[int] = 600

    site: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.-]{1,253}$")
    ] = Field(title="Site ID", description="Or its name, like example.netlify.app")
    token: SecretStr = Field(title="Personal access token", min_length=1, max_length=500)

    def place(self) -> str:
        return f"Netlify {self.site}"

    def test(self) -> str:
        with closing(self._desk()) as desk:
            found = desk.call("GET", f"/sites/{quote(self.site)}")
        return f"The site {found.get('name', self.site)} is there; nothing was changed."

    def show(self, site: Site) -> None:
        digests = {each.path: _sha1(each.read()) for each in site.files.values()}
        with closing(self._desk()) as desk:
            wanted = {"files": {f"/{path}": digest for path, digest in digests.items()}}
            deploy = desk.call("POST", f"/sites/{quote(self.site)}/deploys", json=wanted)
            here = f"/deploys/{quote(str(deploy.get('id', '')))}"
            required = set(deploy.get("required", ()))
            for path, digest in digests.items():
                if digest in required:
                    required.discard(digest)
                    body = site.files[path].read()
                    desk.call("PUT", f"{here}/files/{quote(path)}", data=body)
            self._wait(lambda: desk.call("GET", here))

    def _wait(self, look: Callable[[], Any]) -> None:
        until = time.monotonic() + PATIENCE
        while (state := look().get("state")) != "ready":
            if state in BAD or time.monotonic() > until:
                raise TargetFailed(f"{self.place()}: the deploy did not go live.")
            time.sleep(PAUSE)  # it tells nobody when it is done: one has to ask

    def _desk(self) -> Desk:
        return Desk(self.place(), API, self.token.get_secret_value())


def _sha1(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


TARGET = NetlifyMirror
