"""Which sites there are, in a file beside them: the app asks no database for what everybody may
see, so that their pages stay up when that is down."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from kener.config import Config
from kener.site.sites import Site

NAME = "sites.json"


@dataclass(frozen=True, slots=True)
class Signpost:
    """A site that is not the main one: its name and address; a private one is for members."""

    name: str
    url: str
    is_private: bool


def put_up(config: Config, others: Iterable[Site]) -> None:
    """Write down all of them, at once."""
    posts = [asdict(Signpost(each.name, each.url, each.is_private)) for each in others]
    content = json.dumps(posts).encode()
    path = _path(config)
    if path.is_file() and path.read_bytes() == content:
        return
    draft = path.with_name(f".{NAME}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(path)


def signposts(config: Config) -> tuple[Signpost, ...]:
    """All of them; none before the first build."""
    path = _path(config)
    try:
        about = path.stat()
    except FileNotFoundError:
        return ()
    return _read(os.fspath(path), about.st_mtime_ns, about.st_ino)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int, _inode: int) -> tuple[Signpost, ...]:
    return tuple(Signpost(**each) for each in json.loads(Path(path).read_bytes()))


def _path(config: Config) -> Path:
    return config.site_dir.with_name(NAME)
