"""Bringing the page to its hosts: in order, once, and each by itself."""

import json
import threading
from dataclasses import replace

import mirrors
import pytest
from receivers import a_receiver
from senders import SETTINGS
from servers import wait_until

from kener.actions.dry_runs import dry_run, try_out
from kener.actions.sending import send_due
from kener.actions.targets import hold, update_target
from kener.core.instant import MINUTE, SECOND
from kener.store.sweep import waiting_jobs
from kener.store.tables import Event, Publication, Target, TargetFile, TargetRun
from kener.store.targets import runs_of
from kener.targets import TargetFailed
from kener.targets.folder import FolderTarget
from kener.targets.s3 import S3Mirror

NOW = mirrors.NOW
pytestmark = pytest.mark.usefixtures("sealing")


def stored(database, target):
    with database.read() as session:
        return session.get(Target, target.id)


def runs(database, target):
    with database.read() as session:
        return [(each.what, each.seq, each.failed) for each in runs_of(session, target, 9)]


def test_each_build_is_sent_once(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)

    assert (send_due(desk.sender), send_due(desk.sender)) == (1, 0)
    mirrors.publish(desk.here, 2)
    desk.clock.at += MINUTE
    assert send_due(desk.sender) == 1
    assert desk.host.builds == [("status", 1), ("status", 2)]
    assert stored(desk.database, target).sent_seq == 2
    assert runs(desk.database, target) == [("send", 2, False), ("send", 1, False)]


def test_before_the_first_build_nothing_is_sent(desk):
    desk.add()

    assert (send_due(desk.sender), desk.host.builds) == (0, [])


def test_a_failing_host_holds_up_no_other_and_is_tried_again_later(desk, monkeypatch):
    bad, good = desk.add("Bad", bucket="bad"), desk.add("Good", bucket="good")
    mirrors.publish(desk.here, 1)
    usual = desk.host.send

    def send(mirror, site, memory):
        if mirror.bucket == "bad":
            raise TargetFailed("The host is down.")
        return usual(mirror, site, memory)

    monkeypatch.setattr(desk.host, "send", send)
    assert send_due(desk.sender) == 2
    assert desk.host.builds == [("good", 1)]
    assert (stored(desk.database, bad).error, stored(desk.database, good).error) == (
        "The host is down.",
        "",
    )
    assert send_due(desk.sender) == 0
    desk.clock.at += 10 * SECOND
    assert send_due(desk.sender) == 1
    assert stored(desk.database, bad).next_attempt_at == desk.clock.at + 20 * SECOND


def test_a_slow_host_holds_up_no_other(desk):
    """While one is still at build 1, the other gets builds 1 and 2."""
    desk.host.wait = threading.Event()
    desk.add("Slow", bucket="slow")
    quick = desk.add("Quick", bucket="quick")
    mirrors.publish(desk.here, 1)
    thread = threading.Thread(target=send_due, args=[desk.sender])
    thread.start()
    wait_until(lambda: stored(desk.database, quick).sent_seq == 1)
    mirrors.publish(desk.here, 2)
    desk.clock.at += MINUTE
    wait_until(lambda: stored(desk.database, quick).sent_seq == 2)
    desk.host.wait.set()
    thread.join()

    assert ("slow", 1) not in desk.host.builds[:2]


def test_after_three_misses_there_is_an_event_and_one_when_it_goes_again(desk):
    desk.add()
    mirrors.publish(desk.here, 1)
    desk.host.down = True
    for _ in range(5):
        desk.clock.at += 10 * MINUTE
        send_due(desk.sender)
    desk.host.down = False
    desk.clock.at += 10 * MINUTE
    send_due(desk.sender)

    with desk.database.read() as session:
        events = [(each.name, each.data) for each in session.query(Event).order_by(Event.id)]
    assert [name for name, _ in events] == ["publish.failed", "publish.recovered"]
    assert events[0][1]["error"] == "The host is down."
    assert "secret" not in json.dumps(events)


def test_a_build_can_be_put_back_and_is_held_until_it_may_go_on(desk):
    target = desk.add()
    for seq in (1, 2):
        mirrors.publish(desk.here, seq)
        send_due(desk.sender)
        desk.clock.at += MINUTE
    with desk.database.write() as session:
        hold(session, session.get(Target, target.id), 1)
    send_due(desk.sender)
    mirrors.publish(desk.here, 3)
    desk.clock.at += MINUTE
    assert send_due(desk.sender) == 0
    with desk.database.write() as session:
        hold(session, session.get(Target, target.id), None)
    send_due(desk.sender)

    assert [seq for _, seq in desk.host.builds] == [1, 2, 1, 3]
    assert runs(desk.database, target)[1] == ("rollback", 1, False)


def test_a_build_that_is_gone_cannot_be_put_back(desk):
    target = desk.add()
    mirrors.publish(desk.here, 30)
    with desk.database.write() as session:
        hold(session, session.get(Target, target.id), 7)
    send_due(desk.sender)

    assert stored(desk.database, target).error == "Build 7 is not kept any more."
    assert desk.host.builds == []


def test_hosts_that_count_builds_are_sent_to_rarely_but_news_at_once(desk, monkeypatch):
    monkeypatch.setattr(S3Mirror, "pause", 600)
    desk.add()
    for seq, state, passed in [(1, "up", 1), (2, "up", 1), (3, "down", 1), (4, "down", 11)]:
        mirrors.publish(desk.here, seq, state)
        desk.clock.at += passed * MINUTE
        send_due(desk.sender)

    assert [seq for _, seq in desk.host.builds] == [1, 3, 4]


def test_two_senders_at_once_send_it_once(desk):
    desk.add()
    mirrors.publish(desk.here, 1)
    threads = [threading.Thread(target=send_due, args=[desk.sender]) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert desk.host.builds == [("status", 1)]


def test_a_sender_that_was_killed_is_followed_by_another(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)
    with desk.database.write() as session:
        found = session.get(Target, target.id)
        found.lease_holder, found.lease_until = "elsewhere-1-x", desk.clock.at + MINUTE
    assert send_due(desk.sender) == 0
    desk.clock.at += 2 * MINUTE
    assert send_due(desk.sender) == 1


def test_what_was_sent_is_looked_for_from_outside(desk):
    with a_receiver(lambda _: (200, {}, b'{"seq": 1}')) as outside:
        target = desk.add(address=outside.url(path="/"))
        mirrors.publish(desk.here, 1)
        send_due(desk.sender)

    with desk.database.read() as session:
        assert session.query(TargetRun).filter_by(target_id=target.id).one().seen_ms is not None
    assert outside.got[0].path == "/now.json?build=1"


def test_a_host_in_a_network_that_is_closed_is_refused_when_it_is_used(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)
    send_due(replace(desk.sender, config=desk.here.model_copy(update={"private_networks": ()})))

    assert "127.0.0.1 is not a public address" in stored(desk.database, target).error


def test_a_dry_run_sends_nothing_and_says_what_would_be_sent(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)
    dry_run(desk.sender, target.id)

    with desk.database.read() as session:
        (run,) = runs_of(session, target, 9)
    assert (run.what, run.changed, desk.host.builds) == ("dry_run", 3, [])
    assert run.said == "3 files would be sent and 0 deleted; nothing was."


def test_a_test_says_in_the_log_what_is_wrong(desk):
    target = desk.add()
    try_out(desk.sender, target.id)
    try_out(desk.sender, target.id + 1)

    with desk.database.read() as session:
        (run,) = runs_of(session, target, 9)
    assert (run.what, run.failed) == ("test", True)
    assert run.said == "127.0.0.1/status: its server does not answer."


def test_the_sweep_finds_a_host_that_lacks_a_build(desk):
    def waits():
        with desk.database.read() as session:
            return "kener.jobs.send" in waiting_jobs(session, desk.clock.at, 60_000)

    assert not waits()
    target = desk.add()
    mirrors.publish(desk.here, 1)
    with desk.database.write() as session:
        session.query(Publication).one().build_seq = 1
    assert waits()
    send_due(desk.sender)
    assert not waits()
    with desk.database.write() as session:
        hold(session, session.get(Target, target.id), 5)
    assert waits()


def test_a_target_that_is_moved_while_the_page_is_sent_there_gets_all_of_it(desk, monkeypatch):
    """What arrives at the old place meanwhile is not taken for what the new one has."""
    target = desk.add()
    mirrors.publish(desk.here, 1)
    usual = desk.host.send

    def send(mirror, site, memory):
        if mirror.bucket == "status":
            moved = {"name": "Moved", "settings": {**SETTINGS, "bucket": "other"}}
            with desk.database.write() as session:
                found = session.get(Target, target.id)
                update_target(session, found, moved, NOW, desk.here)
        return usual(mirror, site, memory)

    monkeypatch.setattr(desk.host, "send", send)
    send_due(desk.sender)

    assert desk.host.builds == [("other", 1)]
    assert stored(desk.database, target).sent_seq == 1
    with desk.database.read() as session:
        assert session.query(TargetFile).count() == 3


def test_a_build_is_put_back_at_once_where_builds_are_rare(desk, monkeypatch):
    monkeypatch.setattr(S3Mirror, "pause", 600)
    target = desk.add()
    for seq in (1, 2):
        mirrors.publish(desk.here, seq, ("up", "down")[seq - 1])
        send_due(desk.sender)
    with desk.database.write() as session:
        found = session.get(Target, target.id)
        hold(session, found, 1)
        found.next_attempt_at = desk.clock.at + 10 * MINUTE
    send_due(desk.sender)

    assert [seq for _, seq in desk.host.builds] == [1, 2, 1]


def test_a_machine_that_is_rolled_back_takes_along_the_hosts_that_follow_it(desk):
    desk.add("Follows", bucket="follows")
    held = desk.add("Held", bucket="held")
    for seq in (1, 2):
        mirrors.publish(desk.here, seq)
        send_due(desk.sender)
    with desk.database.write() as session:
        hold(session, session.get(Target, held.id), 2)
    FolderTarget(folder=desk.here.site_dir).hold(1)
    desk.clock.at += MINUTE
    send_due(desk.sender)

    assert desk.host.builds[4:] == [("follows", 1)]
