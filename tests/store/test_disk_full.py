"""A disk that is really full: writes fail with one clear error, nothing breaks, and it goes on.

As root on Linux the disk is a small file system of its own (tmpfs) that a file fills up; where
mounting is not allowed, SQLite itself is held to its size, which gives the same error.
"""

import os
import subprocess
import sys

import pytest
from factories import NOW, a_monitor
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.store.backups import keep_copy
from kener.store.engine import Database
from kener.store.migrate import migrate
from kener.store.secrets import secret_key_of
from kener.store.tables import Monitor

CAN_MOUNT = sys.platform == "linux" and os.geteuid() == 0


class SmallDisk:
    """A folder on a file system of 4 MB, which can be filled to the last byte."""

    def __init__(self, folder):
        self.folder = folder
        self.filler = folder / "filler"

    def fill(self):
        with self.filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def make_room(self):
        self.filler.unlink()


class SmallDatabase:
    """The same without root: every connection is held to the pages there are."""

    def __init__(self, folder):
        self.folder, self.full = folder, False

    def hold(self, engine):
        event.listen(engine, "begin", self._limit)

    def fill(self):
        self.full = True

    def make_room(self):
        self.full = False

    def _limit(self, connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if self.full else 1_000_000}")


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if not CAN_MOUNT:
        yield SmallDatabase(folder)
        return
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def database(disk):
    config = Config(_env_file=None, data_dir=disk.folder)
    migrate(config, NOW)
    database = Database(config.database)
    if isinstance(disk, SmallDatabase):
        disk.hold(database.engine)
    yield database
    database.engine.dispose()


def add_monitors(database, count=200):
    with database.write() as session:
        for _ in range(count):
            a_monitor(session, description="x" * 2000)


def monitors(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Monitor))


def is_sound(database):
    with database.read() as session:
        return session.scalars(text("PRAGMA integrity_check")).all() == ["ok"]


def test_a_write_fails_as_a_whole_and_reading_goes_on(disk, database):
    add_monitors(database, 10)
    disk.fill()

    with pytest.raises(OperationalError, match="full"):
        add_monitors(database)
    assert monitors(database) == 10
    assert is_sound(database)


def test_it_goes_on_when_there_is_room(disk, database):
    disk.fill()
    for _ in range(3):
        with pytest.raises(OperationalError, match="full"):
            add_monitors(database)
    disk.make_room()
    add_monitors(database)

    assert monitors(database) == 200
    assert is_sound(database)


def test_other_processes_find_it_sound(disk, database):
    disk.fill()
    with pytest.raises(OperationalError, match="full"):
        add_monitors(database)
    database.engine.dispose()
    disk.make_room()
    another = Database(f"sqlite:///{disk.folder / 'kener.sqlite'}")

    assert is_sound(another)
    add_monitors(another, 5)
    assert monitors(another) == 5
    another.engine.dispose()


@pytest.mark.skipif(not CAN_MOUNT and not os.environ.get("KENER_CI"), reason="needs a real disk")
def test_without_room_for_a_copy_nothing_is_migrated(disk, database):
    add_monitors(database)
    database.engine.dispose()
    disk.fill()
    config = Config(_env_file=None, data_dir=disk.folder)

    with pytest.raises(
        Refused, match=r"no copy of the database could be kept in .*, where 0 MB are left"
    ):
        keep_copy(config, "0001", NOW)
    assert list((disk.folder / "backups").iterdir()) == []


@pytest.mark.skipif(not CAN_MOUNT and not os.environ.get("KENER_CI"), reason="needs a real disk")
def test_a_full_disk_at_the_first_start_is_one_clear_line(disk):
    disk.fill()
    config = Config(_env_file=None, data_dir=disk.folder)

    with pytest.raises(Invalid, match="No space left on device"):
        secret_key_of(config)
    with pytest.raises((Invalid, Refused), match=r"full|No space left"):
        migrate(config, NOW)
    disk.make_room()

    assert len(secret_key_of(config)) >= 32
    assert migrate(config, NOW)
