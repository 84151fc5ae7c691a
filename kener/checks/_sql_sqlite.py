"""One reading query in an SQLite file, in a thread."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kener.checks._base import Context
from kener.checks._failures import Failure, Mismatch, Unreachable, Unsupported
from kener.checks._services import EngineConfig
from kener.checks._sql_answer import MOST_BYTES, MOST_ROWS, Answer, plain
from kener.checks._stopping import margin_s, too_long

STEPS = 2_000
"""The clock is looked at after so many steps of SQLite's machine."""
ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
}
FORBIDDEN_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


async def ask_sqlite(name: str, query: str, context: Context) -> Answer:
    """The answer; raises a Failure, Unsupported for a file in no folder that was allowed."""
    left = context.remaining()
    limit = left - margin_s(left)
    path = allowed_file(name, context.services.config)
    context.doing = "waiting for the answer to the query"
    return await context.blocking(partial(_ask, path, query, time.monotonic() + limit, limit))


def allowed_file(name: str, config: EngineConfig) -> Path:
    """The file itself, links followed. Checks may read it only where the settings allow it, and
    never where we keep our own secrets."""
    if not config.sqlite_folders:
        raise Unsupported("this Kener reads no SQLite files; set KENER_SQLITE_FOLDERS to allow it")
    path = Path(os.path.realpath(name))
    ours = any(_below(path, each) for each in config.private_paths)
    if ours or not any(_below(path, each) for each in config.sqlite_folders):
        raise Unsupported("the file is in none of the folders of KENER_SQLITE_FOLDERS")
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        raise Unreachable("there is no such file") from None
    except OSError as error:
        raise Unreachable(f"the file cannot be read: {error.strerror}") from None
    if not is_file:
        raise Unreachable("this is not a file")
    return path


def _below(path: Path, folder: str) -> bool:
    real = Path(os.path.realpath(folder))
    return path == real or real in path.parents


def _ask(path: Path, query: str, until: float, limit: float) -> Answer:
    began = time.perf_counter()
    try:
        value, rows = _read(path, query, until)
    except sqlite3.Error as error:
        if time.monotonic() >= until:
            raise too_long(limit) from None
        raise _failure(error) from None
    took = round((time.perf_counter() - began) * 1000, 3)
    return Answer(plain(value), rows, {"query": took})


def _read(path: Path, query: str, until: float) -> tuple[Any, int]:
    busy_s = max(0.0, min(until - time.monotonic(), 2.0))
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro", uri=True, timeout=busy_s, isolation_level=None
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a database at all?
        connection.set_progress_handler(lambda: time.monotonic() >= until, STEPS)
        connection.set_authorizer(_authorize)
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        return _first(connection.execute(query))
    finally:
        connection.close()


def _first(rows: Iterable[tuple[Any, ...]]) -> tuple[Any, int]:
    number, value = 0, None
    for number, row in enumerate(rows, 1):
        if number == 1:
            value = row[0]
        if number == MOST_ROWS:
            break
    return value, number


def _authorize(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    """Only what reads this one file."""
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = (name or "").lower() not in FORBIDDEN_FUNCTIONS
    else:
        allowed = action in ALLOWED
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _failure(error: sqlite3.Error) -> Failure:
    text = str(error)[:200]
    if "not authorized" in text or "prohibited" in text or "readonly" in text:
        return Mismatch("the query wants to do more than read, which is never done by a check")
    if isinstance(error, sqlite3.OperationalError) and "unable to open" in text:
        return Unreachable("the file cannot be opened; may Kener read it and its folder?")
    if "locked" in text or "busy" in text:
        return Unreachable("the database is locked by another program")
    if "not a database" in text or "malformed" in text:
        return Mismatch("the file is not a sound SQLite database")
    return Mismatch(f"SQLite refused the query: {text}")
