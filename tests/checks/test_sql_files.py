"""The sql check, against SQLite files."""

import os
import sqlite3
import time
from dataclasses import replace

import pytest
from checks.assertions import that
from checks.of_sql import check

from kener.core.outcome import Reason
from kener.core.status import Status

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def folder(tmp_path):
    """One that checks may read, with a database in it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    with sqlite3.connect(folder / "shop.sqlite") as connection:
        connection.execute("CREATE TABLE orders (number INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?)", [(n,) for n in range(1, 251)])
    connection.close()
    return folder


@pytest.fixture
def sqlite_probe(with_engine, config, folder, tmp_path):
    private = (str(tmp_path / "shared" / "data"),)
    return with_engine(replace(config, sqlite_folders=(str(folder),), private_paths=private))


def test_a_file_is_queried(sqlite_probe, folder):
    dsn = f"sqlite://{folder}/shop.sqlite"
    outcome = sqlite_probe(check(dsn, "SELECT count(*) FROM orders", that("value", "equals", 250)))
    many = sqlite_probe(check(dsn, "SELECT number FROM orders"))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"rows": 1, "value": 250}
    assert many.facts["rows"] == 100


def test_a_file_is_only_read(sqlite_probe, folder):
    dsn = f"sqlite://{folder}/shop.sqlite"
    other = folder / "other.sqlite"
    for query in [
        "WITH n AS (SELECT 1) DELETE FROM orders",
        "WITH n AS (SELECT 1) INSERT INTO orders SELECT 1",
        "SELECT 1; DELETE FROM orders",
        f"SELECT 1; ATTACH '{other}' AS other",
        "SELECT load_extension('x')",
    ]:
        outcome = sqlite_probe(check(dsn, query))
        assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH), query

    assert not other.exists()
    with sqlite3.connect(folder / "shop.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (250,)
    connection.close()


def test_an_endless_query_is_stopped(sqlite_probe, folder):
    began = time.monotonic()
    outcome = sqlite_probe(check(f"sqlite://{folder}/shop.sqlite", ENDLESS), 0.5)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert outcome.detail == "the query was stopped: it took more than 0.4 s"
    assert time.monotonic() - began < 1


def test_a_value_that_is_too_long_is_refused(sqlite_probe, folder):
    outcome = sqlite_probe(check(f"sqlite://{folder}/shop.sqlite", "SELECT zeroblob(900000000)"))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "SQLite refused the query: string or blob too big"


def test_without_the_setting_no_file_is_read(probe, folder):
    outcome = probe(check(f"sqlite://{folder}/shop.sqlite"))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert "KENER_SQLITE_FOLDERS" in outcome.detail


def test_only_files_below_the_folders_are_read(sqlite_probe, folder, tmp_path):
    outside = tmp_path / "outside.sqlite"
    sqlite3.connect(outside).close()
    (folder / "link.sqlite").symlink_to(outside)
    (folder / "data").mkdir()
    (folder / "data" / "kener.sqlite").write_bytes(b"")
    (folder / "inner.sqlite").symlink_to(folder / "data" / "kener.sqlite")
    for path in (outside, folder / "link.sqlite", folder / "data/kener.sqlite", "/etc/passwd",
                 folder / "inner.sqlite", f"{folder}-beside/x.sqlite"):  # fmt: skip
        outcome = sqlite_probe(check(f"sqlite://{path}"))
        assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED), path


def test_a_file_that_is_none_is_down(sqlite_probe, folder):
    os.mkfifo(folder / "pipe")
    (folder / "text").write_text("not a database, but long enough to be looked at" * 100)
    for name, detail in [
        ("gone.sqlite", "there is no such file"),
        ("pipe", "this is not a file"),
        ("", "this is not a file"),
        ("text", "the file is not a sound SQLite database"),
    ]:
        outcome = sqlite_probe(check(f"sqlite://{folder}/{name}"))
        assert (outcome.status, outcome.detail) == (Status.DOWN, detail)
