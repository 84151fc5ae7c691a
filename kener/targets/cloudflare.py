"""Cloudflare Pages, by direct upload: files by their hash, then a deployment that names them, as
Cloudflare's own program wrangler does it."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from blake3 import blake3
from pydantic import Field, SecretStr, StringConstraints

from kener.targets._base import TargetFailed
from kener.targets._mirror import Item, Site, WholeMirror
from kener.targets._web import Desk

API = "https://api.cloudflare.com/client/v4"
MOST_FILES = 20_000
MOST_AT_ONCE = 1000
MOST_BYTES = 20_000_000
"""Of one upload; larger ones are cut into several."""
OWN = "_headers"
"""Is no file of the page there: what it says is what the host obeys."""


class CloudflareMirror(WholeMirror):
    """A project; each sending is a deployment, and it takes the place of the one before whole."""

    kind: ClassVar[str] = "cloudflare"
    label: ClassVar[str] = "Cloudflare Pages"
    pause: ClassVar[int] = 600

    account: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9a-f]{32}$")] = (
        Field(title="Account ID", description="32 characters, on the overview of the account")
    )
    project: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9-]{1,58}$")
    ] = Field(title="Project", description="Made before, for direct upload")
    branch: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._/-]{1,100}$")
    ] = Field("main", title="Branch", description="That of production")
    token: SecretStr = Field(
        title="API token",
        description="With the permission Cloudflare Pages: Edit",
        min_length=1,
        max_length=500,
    )

    def place(self) -> str:
        return f"Cloudflare Pages {self.project}"

    def test(self) -> str:
        with closing(self._desk(self.token.get_secret_value())) as desk:
            _result(desk.call("GET", self._project))
        return "The project is there; nothing was changed."

    def show(self, site: Site) -> None:
        if len(site.files) > MOST_FILES:
            raise TargetFailed(f"{self.place()}: takes {MOST_FILES} files, the page has more.")
        names = {path: _name(each) for path, each in site.files.items() if path != OWN}
        with closing(self._desk(self.token.get_secret_value())) as desk:
            token = _result(desk.call("GET", f"{self._project}/upload-token"))["jwt"]
            with closing(self._desk(token)) as shelf:
                _upload(shelf, {name: site.files[path] for path, name in names.items()})
            manifest = json.dumps({f"/{path}": name for path, name in names.items()})
            parts = {"manifest": (None, manifest), "branch": (None, self.branch)}
            if OWN in site.files:
                parts[OWN] = (None, site.files[OWN].read().decode())
            _result(desk.call("POST", f"{self._project}/deployments", files=parts))

    @property
    def _project(self) -> str:
        return f"/accounts/{self.account}/pages/projects/{quote(self.project)}"

    def _desk(self, token: str) -> Desk:
        return Desk(self.place(), API, token)


def _upload(shelf: Desk, items: dict[str, Item]) -> None:
    """What the host does not have yet; and that it is to keep all of it."""
    missing = _result(shelf.call("POST", "/pages/assets/check-missing", json={"hashes": [*items]}))
    for some in _loads([(name, items[name]) for name in missing]):
        payload = [_payload(name, each) for name, each in some]
        _result(shelf.call("POST", "/pages/assets/upload", json=payload))
    _result(shelf.call("POST", "/pages/assets/upsert-hashes", json={"hashes": [*items]}))


def _payload(name: str, item: Item) -> dict[str, Any]:
    return {
        "key": name,
        "value": base64.b64encode(item.read()).decode(),
        "metadata": {"contentType": item.content_type},
        "base64": True,
    }


def _loads(items: Sequence[tuple[str, Item]]) -> Iterator[list[tuple[str, Item]]]:
    load: list[tuple[str, Item]] = []
    size = 0
    for name, each in items:
        if load and (len(load) >= MOST_AT_ONCE or size + each.size > MOST_BYTES):
            yield load
            load, size = [], 0
        load.append((name, each))
        size += each.size
    if load:
        yield load


def _name(item: Item) -> str:
    """How the host calls a file: by a hash of its content and its ending."""
    ending = PurePosixPath(item.path).suffix.removeprefix(".")
    return str(blake3(base64.b64encode(item.read()) + ending.encode()).hexdigest())[:32]


def _result(answer: Any) -> Any:
    """What is inside of an answer."""
    return answer.get("result") if isinstance(answer, dict) else None


TARGET = CloudflareMirror
