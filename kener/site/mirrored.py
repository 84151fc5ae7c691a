"""A release of the folder, as hosts elsewhere are to have it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kener.config import Config
from kener.core.instant import parse_iso
from kener.site.headers import cache_control, content_type
from kener.targets import Entry, Item, Mirror, Site
from kener.targets.folder import FolderTarget

NOW = "now.json"


def newest_build(config: Config, site: str) -> tuple[int, str]:
    """The build of a site that is shown here, and the state it tells; 0 before the first."""
    target = FolderTarget(folder=config.site_folder(site))
    seq = target.seq()
    if seq is None:
        return 0, ""
    told = json.loads((target.folder_of(seq) / NOW).read_bytes())
    return seq, str(told["state"])


@contextmanager
def release_for(
    config: Config, seq: int, mirror: type[Mirror], name: str, site: str
) -> Iterator[Site]:
    """Build `seq` of a site, whole, for a target called `name` (its public id), and kept as long as
    it is used; TargetFailed when it is not kept any more.

    A host that is sent to rarely promises so: each `now.json` there says another `every`.
    """
    target = FolderTarget(folder=config.site_folder(site))
    with target.in_use(seq):
        yield _site(target, config, seq, mirror, name)


def _site(target: FolderTarget, config: Config, seq: int, mirror: type[Mirror], name: str) -> Site:
    entries, folder = target.entries(seq), target.folder_of(seq)
    files = {path: _item(path, each, folder) for path, each in entries.items()}
    told = json.loads((folder / NOW).read_bytes())
    if mirror.pause > told["every"]:
        for path in filter(_is_now, entries):
            files[path] = _item(path, entries[path], folder, _rarer(folder / path, mirror.pause))
    return Site(
        seq=seq,
        at=parse_iso(told["generated"]),
        state=str(told["state"]),
        folder=folder,
        cache=config.target_dir(name),
        files=files,
    )


def _is_now(path: str) -> bool:
    return path == NOW or path.endswith(f"/{NOW}")


def _rarer(path: Path, every: int) -> bytes:
    told = json.loads(path.read_bytes()) | {"every": every}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _item(path: str, entry: Entry, folder: Path, body: bytes | None = None) -> Item:
    return Item(
        path=path,
        hash=entry.hash if body is None else hashlib.sha256(body).hexdigest(),
        size=entry.size if body is None else len(body),
        source=folder / path,
        content_type=content_type(path),
        cache_control=cache_control(path),
        lasting=entry.seen_at is not None,
        body=body,
    )
