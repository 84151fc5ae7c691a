"""The one writer: who builds, when, and what happens when it fails."""

import json
import subprocess
import sys
import threading

import pages
import pytest
from servers import wait_until

from kener.core.instant import MINUTE, SECOND
from kener.site import publish as publishing
from kener.site.publish import LEASE, publish_if_dirty, publish_now
from kener.store.leases import new_holder
from kener.store.tables import Publication
from kener.targets.folder import FolderTarget


class Clock:
    """A clock that stands until it is put forward."""

    def __init__(self, at=pages.NOW):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def target(config):
    return FolderTarget(folder=config.site_dir)


@pytest.fixture
def publish(database, config, clock):
    return lambda **own: publish_if_dirty(database, config, clock, **{"settle": 0} | own)


def row(database):
    with database.read() as session:
        return session.query(Publication).one()


def change(database, **values):
    with database.write() as session:
        publication = session.query(Publication).one()
        for name, value in values.items():
            setattr(publication, name, value)


def dirty(database):
    change(database, dirty_seq=row(database).dirty_seq + 1)


def published(target):
    return json.loads((target.current() / "now.json").read_text())


def test_the_first_time_publishes(database, publish, target):
    assert publish() == 1
    assert (target.current() / "index.html").is_file()

    written = row(database)
    assert (written.published_seq, written.published_at) == (written.dirty_seq, pages.NOW)
    assert (written.failures, written.error, written.lease_until) == (0, "", 0)
    assert written.files_changed > 10
    assert published(target)["seq"] == written.build_seq == 1


def test_nothing_to_do_is_done_at_once(publish, target):
    publish()

    assert publish() == 0
    assert target.seq() == 1


def test_a_change_publishes_again_with_a_higher_number(database, publish, target):
    publish()
    dirty(database)

    assert publish() == 1
    assert published(target)["seq"] == 2


def test_without_a_change_it_publishes_when_the_promise_is_due(publish, target, clock):
    publish()
    clock.at += 50 * SECOND
    assert publish() == 0

    clock.at += 10 * SECOND
    assert publish() == 1
    assert published(target)["generated"] == "2026-03-10T12:01:00Z"


def test_a_change_during_a_build_is_built_too(database, publish, target, monkeypatch):
    built = publishing.build
    builds = []

    def build(*args, **own):
        if not builds:
            dirty(database)
        builds.append(own["seq"])
        return built(*args, **own)

    monkeypatch.setattr(publishing, "build", build)

    assert publish() == 2
    assert builds == [1, 2]
    assert row(database).published_seq == row(database).dirty_seq


def test_a_failed_build_leaves_the_page_before_and_says_so(
    database, publish, target, monkeypatch, caplog
):
    publish()
    before = target.current()
    dirty(database)
    monkeypatch.setattr(publishing, "build", lambda *_, **__: 1 / 0)

    assert publish() == 0
    assert publish() == 0

    assert target.current() == before
    assert row(database).failures == 2
    assert row(database).error == "The page could not be built: ZeroDivisionError."
    assert row(database).lease_until == 0
    assert "Traceback" in caplog.text


def test_after_a_failure_all_is_well_again(database, publish):
    change(database, failures=3, error="it broke")
    publish()

    assert (row(database).failures, row(database).error) == (0, "")


def test_a_folder_that_cannot_be_written_is_told_in_plain_words(database, config, publish):
    config.site_dir.write_text("a file where the folder should be")

    assert publish() == 0
    assert row(database).error.startswith(f"Cannot write the public page to {config.site_dir}: ")


def test_who_holds_the_lease_is_not_disturbed(database, publish, clock):
    change(database, lease_until=pages.NOW + MINUTE, lease_holder="another")

    assert publish() == 0
    assert row(database).lease_holder == "another"


def test_a_dead_writers_lease_runs_out(database, publish, clock):
    change(database, lease_until=pages.NOW + LEASE, lease_holder="dead")
    clock.at += LEASE

    assert publish() == 1


def test_the_lease_of_a_process_that_died_on_this_machine_is_free_at_once(database, publish, clock):
    code = "from kener.store.leases import new_holder; print(new_holder())"
    dead = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    change(database, lease_until=clock() + MINUTE, lease_holder=new_holder())
    assert publish() == 0

    change(database, lease_holder=dead)
    assert publish() == 1


def test_a_lease_from_a_clock_far_ahead_does_not_stop_us_for_ever(database, publish):
    change(database, lease_until=pages.NOW + 24 * 60 * MINUTE, lease_holder="from the future")

    assert publish() == 1


def test_two_writers_at_once_make_one_build(database, publish, target, monkeypatch):
    built, reached, go = publishing.build, threading.Event(), threading.Event()

    def build(*args, **own):
        reached.set()
        assert go.wait(10)
        return built(*args, **own)

    monkeypatch.setattr(publishing, "build", build)
    found = []
    writer = threading.Thread(target=lambda: found.append(publish()))
    writer.start()
    wait_until(reached.is_set)
    found.append(publish())
    go.set()
    writer.join()

    assert found == [0, 1]
    assert target.seq() == 1


def test_a_burst_of_changes_is_one_build(database, publish):
    """It waits a little before it reads, and what came meanwhile is in."""
    waiting = threading.Thread(target=lambda: publish(settle=0.3))
    waiting.start()
    wait_until(lambda: row(database).lease_until)
    for _ in range(5):
        dirty(database)
    waiting.join()

    assert (row(database).build_seq, row(database).published_seq) == (1, row(database).dirty_seq)


def test_a_database_put_back_from_a_copy_publishes_on(database, publish, target):
    publish()
    dirty(database)
    publish()
    change(database, build_seq=0, published_seq=0)

    assert publish() == 1
    assert target.seq() == 3


def test_by_hand_it_publishes_although_nothing_changed(database, config, clock, publish, target):
    publish()
    publish_now(database, config, clock)

    assert target.seq() == 2


def test_a_stopped_worker_begins_nothing(publish, target):
    stop = threading.Event()
    stop.set()

    assert publish(stop=stop) == 0
    assert target.current() is None
