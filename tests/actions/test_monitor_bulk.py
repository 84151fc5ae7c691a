"""One thing done to many monitors at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from factories import NOW, a_monitor, a_span, add, an_incident, put_sections
from queries import counting
from sqlalchemy import insert

from kener.actions.heartbeats import Report, Said, receive
from kener.actions.monitor_bulk import MOST_FOUND, MOST_TAGS, change_many, read_bulk
from kener.actions.monitors import create_monitor, pause_monitor, resume_monitor
from kener.core.errors import Invalid, NotFound
from kener.core.instant import MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.tables import (
    GroupMember,
    Heartbeat,
    Incident,
    Monitor,
    Observation,
    Page,
    Publication,
    Schedule,
    Span,
)

pytestmark = pytest.mark.usefixtures("sealing")
UP, DOWN = Status.UP, Status.DOWN
TCP = {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 5432}}


def do(session, action, *monitors, now=NOW, **given):
    names = {"ids": [each.public_id for each in monitors]} if monitors else {}
    done = change_many(session, read_bulk({"action": action, **names, **given}, exact=True), now)
    session.flush()
    return done


def ids(monitors):
    return [each.public_id for each in monitors]


def due(session, monitor):
    session.expire_all()
    return session.query(Schedule).filter_by(monitor_id=monitor.id).one().due_at


def watched(session, monitor, status=Status.UP):
    a_span(session, monitor, status, NOW - 5 * MINUTE)
    own = {"observed": status, "confirmed": status, "run_status": status, "run_length": 3}
    reach = {"slot_at": NOW - MINUTE, "observed_until": NOW + MINUTE}
    add(session, Observation(monitor_id=monitor.id, location_id=1, **own, **reach))
    return monitor


def history(session, monitor):
    rows = session.query(Span).filter_by(monitor_id=monitor.id).order_by(Span.id)
    return [(each.status, each.reason, each.from_at, each.to_at) for each in rows]


def test_many_are_paused_and_resumed_as_one_would_be(session):
    one, *many = (watched(session, a_monitor(session)) for _ in range(4))
    pause_monitor(session, one, NOW)
    done = do(session, "pause", *many)

    assert ids(done.changed) == ids(many)
    assert [history(session, each) for each in many] == [history(session, one)] * 3
    assert [due(session, each) for each in many] == [None] * 3
    assert all(each.paused for each in many)

    resume_monitor(session, one, NOW + MINUTE)
    do(session, "resume", *many, now=NOW + MINUTE)
    assert [history(session, each) for each in many] == [history(session, one)] * 3
    assert [due(session, each) for each in many] == [NOW + MINUTE] * 3
    seen = session.query(Observation).all()
    assert {each.confirmed for each in seen} == {Status.UNKNOWN}
    assert history(session, one)[-1][1] is Reason.PAUSED


def test_twice_changes_nothing_more(session):
    monitors = [a_monitor(session) for _ in range(2)]
    do(session, "pause", *monitors)
    before = session.query(Publication).one().dirty_seq

    done = do(session, "pause", *monitors)

    assert (done.changed, ids(done.unchanged)) == ([], ids(monitors))
    assert session.query(Publication).one().dirty_seq == before
    assert ids(do(session, "resume", *monitors, a_monitor(session)).unchanged) != []


def test_who_is_unknown_is_told_and_the_others_are_done(session):
    monitor = a_monitor(session)

    done = do(session, "pause", ids=["nobody", monitor.slug, monitor.public_id, "x'; --"])

    assert ids(done.changed) == [monitor.public_id]
    assert [(each.name, each.code) for each in done.refused] == [
        ("nobody", "not_found"),
        ("x'; --", "not_found"),
    ]


def test_a_check_now_is_not_for_paused_ones(session):
    awake = a_monitor(session, due_at=NOW + MINUTE)
    asleep = a_monitor(session, paused=True)

    done = do(session, "check", ids=[awake.public_id, asleep.slug])
    of_all = do(session, "check", filter={"kind": "tcp"})

    assert (due(session, awake), due(session, asleep)) == (NOW, None)
    assert [(each.name, each.code) for each in done.refused] == [(asleep.slug, "paused")]
    assert [each.name for each in of_all.refused] == [asleep.public_id]


def test_tags_are_added_and_taken_away(session):
    one, two = a_monitor(session, tags=["web"]), a_monitor(session, tags=["eu", "web"])

    done = do(session, "tag", one, two, tags=["eu", "web"])
    assert (one.tags, two.tags) == (["web", "eu"], ["eu", "web"])
    assert (ids(done.changed), ids(done.unchanged)) == ([one.public_id], [two.public_id])
    assert (one.version, two.version, one.updated_at) == (2, 1, NOW)

    do(session, "untag", one, two, tags=["web", "never"])
    session.expire_all()
    assert (one.tags, two.tags) == (["eu"], ["eu"])


def test_one_with_too_many_tags_is_left_as_it_is(session):
    full = a_monitor(session, tags=[str(n) for n in range(MOST_TAGS)])
    free = a_monitor(session)

    done = do(session, "tag", full, free, tags=["more"])

    assert [(each.name, each.code) for each in done.refused] == [(full.public_id, "too_many_tags")]
    assert (len(full.tags), free.tags) == (MOST_TAGS, ["more"])


def test_what_is_deleted_is_gone_with_all_that_belongs_to_it(session):
    kept = create_monitor(session, TCP | {"name": "Kept"}, NOW)
    gone = create_monitor(session, {"name": "Backup", "kind": "heartbeat"}, NOW)
    watched(session, kept)
    members = {"members": [gone.public_id, kept.public_id]}
    group = create_monitor(session, {"name": "All", "kind": "group", "settings": members}, NOW)
    session.query(Schedule).update({"due_at": NOW + MINUTE})

    done = do(session, "delete", gone)

    assert [(each.public_id, each.name) for each in done.changed] == [(gone.public_id, "Backup")]
    assert {each.name for each in session.query(Monitor)} == {"Kept", "All"}
    assert session.query(Heartbeat).count() == 0
    assert session.query(GroupMember).count() == 1
    assert due(session, group) == NOW  # it looks at who is left


def test_what_was_only_said_of_hidden_ones_goes_with_them(session):
    shown = a_monitor(session)
    hidden = [a_monitor(session, hidden=True) for _ in range(2)]
    an_incident(session, *((each, Status.DOWN) for each in hidden), title="Of both")
    an_incident(session, (hidden[0], Status.DOWN), (shown, Status.DOWN), title="Of all")
    an_incident(session, (shown, Status.DOWN), title="Of the shown one")

    do(session, "delete", *hidden)

    assert {each.title for each in session.query(Incident)} == {"Of all", "Of the shown one"}
    do(session, "delete", shown)
    assert session.query(Incident).count() == 2  # everybody had read them


def test_what_was_only_said_of_one_that_no_page_shows_goes_with_it(session):
    shown, elsewhere = a_monitor(session), a_monitor(session)
    put_sections(session, session.query(Page).one(), ("Shop", [shown]))
    an_incident(session, (elsewhere, Status.DOWN), title="Of nobody's business")

    do(session, "delete", elsewhere)

    assert session.query(Incident).count() == 0


def test_a_filter_finds_whom_it_is_done_to(session):
    web = [watched(session, a_monitor(session, tags=["web"]), status) for status in (UP, DOWN)]
    a_monitor(session)

    assert ids(do(session, "pause", filter={"tag": "web", "status": "down"}, now=NOW).changed) == [
        web[1].public_id
    ]
    assert ids(do(session, "pause", filter={"tag": ["web"], "paused": False}).changed) == [
        web[0].public_id
    ]


def test_a_filter_that_fits_too_many_changes_none(session):
    own = {"kind": "tcp", "settings": {}, "created_at": NOW, "updated_at": NOW}
    names = [f"m{number}" for number in range(MOST_FOUND + 1)]
    rows = [own | {"public_id": each, "slug": each, "name": each} for each in names]
    session.execute(insert(Monitor), rows)

    with pytest.raises(Invalid) as error:
        do(session, "pause", filter={"paused": False})

    assert "fits 5001 monitors" in error.value.problems["filter"]
    assert session.query(Monitor).filter_by(paused=True).count() == 0


@pytest.mark.parametrize(
    ("given", "bad"),
    [
        ({}, {"action"}),
        ({"action": "explode", "ids": ["a"]}, {"action"}),
        ({"action": "pause"}, {"ids"}),
        ({"action": "pause", "ids": []}, {"ids"}),
        ({"action": "pause", "ids": ["a"] * 501}, {"ids"}),
        ({"action": "pause", "ids": [1, "b", None]}, {"ids.0", "ids.2"}),
        ({"action": "pause", "ids": ["a"], "filter": {"kind": "tcp"}}, {"filter"}),
        ({"action": "delete", "filter": {}}, {"filter"}),
        ({"action": "delete", "filter": {"q": "  ", "tag": ","}}, {"filter"}),
        ({"action": "pause", "filter": {"colour": 1}}, {"filter.colour"}),
        ({"action": "pause", "filter": {"status": "fine"}}, {"filter.status"}),
        ({"action": "tag", "ids": ["a"]}, {"tags"}),
        ({"action": "tag", "ids": ["a"], "tags": ["a,b", ""]}, {"tags.0", "tags.1"}),
        ({"action": "pause", "tags": ["a"]}, {"ids", "tags"}),
        ({"action": "pause", "ids": ["a"], "force": True}, {"force"}),
    ],
)
def test_a_bad_wish_names_every_bad_field(given, bad):
    with pytest.raises(Invalid) as error:
        read_bulk(given, exact=True)

    assert set(error.value.problems) == bad


@pytest.mark.parametrize(
    ("action", "given"),
    [("pause", {}), ("resume", {}), ("check", {}), ("delete", {}), ("tag", {"tags": ["new"]})],
)
def test_for_many_it_takes_no_more_statements_than_for_few(database, sealing, action, given):
    counts = []
    for number in (2, 60):
        with database.write() as session:
            paused = action == "resume"
            monitors = [a_monitor(session, paused=paused, hidden=True) for _ in range(number)]
            names = ids(monitors)
        with counting(database) as statements, database.write() as session:
            done = change_many(session, read_bulk({"action": action, "ids": names} | given), NOW)
        assert len(done.changed) == number
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 13


def test_many_at_once_do_not_lock_each_other_out(database):
    with database.write() as session:
        names = ids([a_monitor(session) for _ in range(40)])

    def change(number):
        action = ("pause", "resume", "check", "tag")[number % 4]
        order = names if number % 2 else names[::-1]
        tags = {"tags": [f"tag-{number}"]} if action == "tag" else {}
        with database.write() as session:
            change_many(session, read_bulk({"action": action, "ids": order} | tags), NOW + number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(change, range(16)))

    with database.read() as session:
        monitors = session.query(Monitor).all()
        assert {tuple(sorted(each.tags)) for each in monitors} == {
            ("tag-11", "tag-15", "tag-3", "tag-7")
        }
        assert len({each.paused for each in monitors}) == 1
        assert session.query(Span).filter(Span.to_at.is_(None)).count() in {0, 40}


def test_heartbeats_that_report_meanwhile_stop_no_deletion(database, sealing):
    with database.write() as session:
        fields = {"kind": "heartbeat", "settings": {"period": 60}}
        jobs = [create_monitor(session, fields | {"name": f"Job {n}"}, NOW) for n in range(30)]
        keys, names = [each.id for each in jobs], ids(jobs)

    def report(number):
        for key in keys[::-1] if number % 2 else keys:
            with database.write() as session, suppress(NotFound):
                receive(session, key, Said(Report.DONE), NOW)

    with ThreadPoolExecutor(4) as pool:
        reports = [pool.submit(report, number) for number in range(3)]
        with database.write() as session:
            done = do(session, "delete", ids=names)
        for each in reports:
            each.result()

    assert len(done.changed) == 30
    with database.read() as session:
        assert session.query(Monitor).count() == session.query(Schedule).count() == 0
