"""Copies of the SQLite file, kept before it is changed for good."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import disk_usage

from sqlalchemy.engine import make_url

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.core.instant import Instant, as_datetime

log = logging.getLogger(__name__)

KEPT = 3


def backup_folder(config: Config) -> Path:
    """`backups/` in the data folder, made when missing; Invalid when that cannot be."""
    folder = config.data_dir.absolute() / "backups"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Invalid({"KENER_DATA_DIR": f"cannot write {folder}: {error.strerror}"}) from None
    return folder


def keep_copy(config: Config, revision: str, now: Instant) -> Path:
    """Copy the file as it is, consistently even while others use it; only the newest stay.

    Refused when there is no room: a half copy is taken away, and nothing else was touched.
    """
    folder = backup_folder(config)
    target = folder / f"kener-{as_datetime(now):%Y%m%dT%H%M%S}Z-{revision}.sqlite"
    draft = target.with_suffix(".part")
    try:
        _copy(Path(make_url(config.database).database or ""), draft)
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        room = disk_usage(folder).free // 1_000_000
        raise Refused(
            f"no copy of the database could be kept in {folder}, where {room} MB are left: {error}"
        ) from None
    for extra in sorted(folder.glob("kener-*.sqlite"))[:-KEPT]:
        extra.unlink()
    log.info("kept a copy of the database at %s", target)
    return target


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
