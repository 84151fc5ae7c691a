"""Making, changing, pausing and deleting what is watched."""

import pytest
from factories import NOW, a_monitor, a_span, the_location
from sqlalchemy import func, select

from kener.actions.claims import claim
from kener.actions.monitors import (
    check_now,
    create_monitor,
    delete_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.results import Probed, record
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import HOUR, MINUTE, SECOND, parse_iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.secrets import configure, unseal
from kener.store.tables import Heartbeat, Monitor, Observation, Publication, Schedule, Span

TCP = {"name": "Database", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 5432}}
HTTP = {
    "name": "Shop",
    "kind": "http",
    "settings": {"url": "http://127.0.0.1/", "password": "hunter2"},
}


@pytest.fixture
def session(database, sealing):
    with database.write() as session:
        yield session


def schedule_of(session, monitor):
    session.expire_all()
    return session.query(Schedule).filter_by(monitor_id=monitor.id).one()


def spans_of(session, monitor):
    rows = session.query(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at).all()
    return [(span.status, span.reason, span.from_at, span.to_at) for span in rows]


def problems_of(call, *args, **given):
    with pytest.raises(Invalid) as error:
        call(*args, **given)
    return error.value.problems


def observe(session, monitor, status, slot_at, **given):
    own = {"confirmed": status, "run_status": status, "run_since": slot_at}
    session.add(
        Observation(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            slot_at=slot_at,
            observed_until=slot_at + 2 * MINUTE,
            observed=status,
            run_length=3,
            **own | given,
        )
    )
    session.flush()


def test_a_new_monitor_is_due_at_once_and_then_in_its_rhythm(session):
    monitor = create_monitor(session, TCP | {"interval": 30}, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, 30 * SECOND)
    assert NOW < schedule.regular_at <= NOW + 30 * SECOND


def test_what_is_not_said_has_a_sensible_value(session):
    monitor = create_monitor(session, TCP, NOW)

    own = (monitor.interval, monitor.timeout, monitor.to_fail, monitor.to_recover)
    assert own == (60, 10.0, 2, 1)
    assert (monitor.slug, monitor.retry_interval, monitor.version) == ("database", 10, 1)
    assert monitor.settings["port"] == 5432


def test_the_default_timeout_fits_a_short_interval(session):
    assert create_monitor(session, TCP | {"interval": 5}, NOW).timeout == 4.0


def test_the_page_is_out_of_date_after_each_change(session):
    before = session.scalar(select(Publication.dirty_seq))
    monitor = create_monitor(session, TCP, NOW)
    update_monitor(session, monitor, {"name": "Other"}, NOW)
    pause_monitor(session, monitor, NOW)
    resume_monitor(session, monitor, NOW)
    delete_monitor(session, monitor, NOW)

    assert session.scalar(select(Publication.dirty_seq)) == before + 5


def test_every_wrong_field_is_named_at_once(session):
    wrong = {
        "name": "",
        "kind": "tcp",
        "interval": 4,
        "to_fail": 11,
        "slug": "No Slug",
        "settings": {"host": "db", "port": 0, "colour": "red"},
        "zzz": 1,
        "tags": ["a,b"],
    }

    problems = problems_of(create_monitor, session, wrong, NOW)

    assert set(problems) == {
        "name",
        "interval",
        "to_fail",
        "slug",
        "settings.port",
        "settings.colour",
        "zzz",
        "tags",
    }
    assert problems["name"] == "is needed"
    assert problems["interval"] == "must be at least 5"
    assert problems["zzz"].code == "unknown_field"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "two\nlines"),
        ("name", "a\0b"),
        ("name", "half \ud83d"),
        ("description", "a\0b"),
        ("interval", 86_401),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("time_zone", "Europe/Atlantis"),
        ("cron", "61 * * * *"),
        ("degraded_over", 10_000),
        ("kind", "telepathy"),
        ("tags", ["x"] * 21),
        ("retry_interval", -1),
    ],
)
def test_nonsense_is_refused_by_its_field(session, field, value):
    assert set(problems_of(create_monitor, session, TCP | {field: value}, NOW)) == {field}


@pytest.mark.parametrize(
    ("field", "value"), [("interval", "60"), ("paused", "yes"), ("to_fail", True), ("timeout", "5")]
)
def test_the_types_of_json_count_where_they_are_asked_for(session, field, value):
    problems = problems_of(create_monitor, session, TCP | {field: value}, NOW, exact=True)

    assert problems[field].code == "wrong_type"


def test_a_forms_texts_are_numbers(session):
    form = TCP | {"interval": "30", "paused": "true", "timeout": "2.5", "description": "a\r\nb"}

    monitor = create_monitor(session, form, NOW)

    assert (monitor.interval, monitor.paused, monitor.timeout) == (30, True, 2.5)
    assert monitor.description == "a\nb"


def test_a_timeout_is_shorter_than_the_interval(session):
    problems = problems_of(create_monitor, session, TCP | {"interval": 10, "timeout": 10}, NOW)

    assert problems == {"timeout": "must be shorter than 10 s, the time between checks"}


def test_slugs_are_made_from_names_and_never_twice(session):
    names = ["Käse & Brot", "Käse & Brot", "日本"]

    slugs = [create_monitor(session, TCP | {"name": name}, NOW).slug for name in names]

    assert slugs == ["kase-brot", "kase-brot-2", "monitor"]


def test_a_slug_that_is_taken_is_refused(session):
    create_monitor(session, TCP | {"slug": "db"}, NOW)
    other = create_monitor(session, TCP | {"slug": "other"}, NOW)

    assert problems_of(create_monitor, session, TCP | {"slug": "db"}, NOW)["slug"].code == "taken"
    assert set(problems_of(update_monitor, session, other, {"slug": "db"}, NOW)) == {"slug"}
    assert update_monitor(session, other, {"slug": "other"}, NOW).slug == "other"


def test_a_slug_taken_at_the_same_moment_is_refused_too(session, monkeypatch):
    """What PostgreSQL allows: both looked before either wrote."""
    create_monitor(session, TCP | {"slug": "db"}, NOW)
    monkeypatch.setattr("kener.actions.monitor_fields.slug_is_taken", lambda *_: False)

    assert set(problems_of(create_monitor, session, TCP | {"slug": "db"}, NOW)) == {"slug"}
    assert session.scalar(select(func.count()).select_from(Monitor)) == 1


def test_secrets_are_sealed_and_stars_keep_the_stored_one(session):
    monitor = create_monitor(session, HTTP, NOW)
    assert "hunter2" not in str(monitor.settings)

    update_monitor(session, monitor, {"settings": {"password": "***", "username": "me"}}, NOW)

    assert unseal(monitor.settings["password"]) == "hunter2"
    assert monitor.settings["username"] == "me"
    assert monitor.settings["url"] == "http://127.0.0.1/"


@pytest.mark.parametrize("password", [{}, {"password": "***"}])
def test_a_stored_secret_does_not_follow_to_another_server(session, password):
    monitor = create_monitor(session, HTTP, NOW)

    elsewhere = {"settings": {"url": "http://127.0.0.1:81/"} | password}
    problems = problems_of(update_monitor, session, monitor, elsewhere, NOW)
    assert set(problems) == {"settings.password"}

    update_monitor(session, monitor, {"settings": {"url": "http://127.0.0.1/path"} | password}, NOW)
    assert unseal(monitor.settings["password"]) == "hunter2"


def test_another_server_gets_a_secret_that_is_entered_for_it(session):
    monitor = create_monitor(session, HTTP, NOW)

    settings = {"url": "http://127.0.0.1:81/", "password": "new"}
    update_monitor(session, monitor, {"settings": settings}, NOW)

    assert unseal(monitor.settings["password"]) == "new"


def test_stars_for_a_secret_that_is_not_stored_are_refused(session):
    settings = HTTP["settings"] | {"password": "***"}

    problems = problems_of(create_monitor, session, HTTP | {"settings": settings}, NOW)

    assert set(problems) == {"settings.password"}


def test_another_kind_does_not_inherit_settings(session):
    monitor = create_monitor(session, HTTP, NOW)

    problems = problems_of(update_monitor, session, monitor, {"kind": "tcp"}, NOW)
    assert set(problems) == {"settings.host", "settings.port"}

    update_monitor(session, monitor, {"kind": "tcp", "settings": TCP["settings"]}, NOW)
    assert "password" not in monitor.settings


def test_a_lost_secret_stops_neither_a_new_name_nor_a_new_secret(session):
    monitor = create_monitor(session, HTTP, NOW)
    configure("another key altogether, which is long enough")

    update_monitor(session, monitor, {"name": "Renamed"}, NOW)
    problems = problems_of(update_monitor, session, monitor, {"settings": {"username": "me"}}, NOW)
    assert problems["settings"].code == "secret_lost"
    assert "password" in problems["settings"]

    update_monitor(session, monitor, {"settings": {"password": "new"}}, NOW)
    assert unseal(monitor.settings["password"]) == "new"


def test_texts_that_cannot_be_kept_are_refused_in_settings(session):
    settings = {"host": "db\0", "port": 1}

    problems = problems_of(create_monitor, session, TCP | {"settings": settings}, NOW)

    assert set(problems) == {"settings.host"}


def test_an_update_changes_what_it_names_and_is_due_at_once(session):
    monitor = create_monitor(session, TCP | {"tags": ["a"], "interval": 30}, NOW)
    before = schedule_of(session, monitor).regular_at
    claim(session, the_location(session).id, NOW, 10)

    update_monitor(session, monitor, {"name": "Other"}, NOW + 1)

    assert (monitor.name, monitor.tags, monitor.version) == ("Other", ["a"], 2)
    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (NOW + 1, before)


def test_what_was_probed_before_a_change_is_not_told_of_the_changed_monitor(session):
    """A claim may be held for two seconds and a probe last for two minutes."""
    here = the_location(session).id
    monitor = a_monitor(session, due_at=NOW + SECOND, to_fail=1)
    (held,) = claim(session, here, NOW, 10, ahead=2 * SECOND)
    update_monitor(session, monitor, {"settings": {"host": "127.0.0.2", "port": 9}}, NOW)
    (again,) = claim(session, here, NOW, 10)
    old, new = Outcome(Status.DOWN, Reason.REFUSED), Outcome(Status.UP)
    record(session, [Probed(*again[:3], new, again.version)], NOW)
    record(session, [Probed(*held[:3], old, held.version)], NOW + SECOND)

    assert spans_of(session, monitor) == [(Status.UP, None, NOW, None)]


def test_a_new_interval_makes_a_new_rhythm(session):
    monitor = create_monitor(session, TCP, NOW)

    update_monitor(session, monitor, {"interval": 3600}, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, HOUR)
    assert NOW < schedule.regular_at <= NOW + HOUR


def test_a_cron_takes_the_place_of_the_interval(session):
    cron = {"cron": "0 9 * * *", "time_zone": "Europe/Berlin"}

    monitor = create_monitor(session, TCP | cron, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, 0)
    assert schedule.regular_at == parse_iso("2026-03-11T09:00:00+01:00")


def test_an_old_version_is_not_written_over_a_newer_one(session):
    monitor = create_monitor(session, TCP, NOW)
    update_monitor(session, monitor, {"name": "First"}, NOW, version=1)

    with pytest.raises(Conflict):
        update_monitor(session, monitor, {"name": "Second"}, NOW, version=1)
    assert monitor.name == "First"


def test_check_now_is_due_at_once_and_leaves_the_rhythm_alone(session):
    monitor = a_monitor(session, due_at=NOW + MINUTE)

    check_now(session, monitor, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (NOW, NOW + MINUTE)


def test_a_paused_monitor_is_not_checked(session):
    monitor = pause_monitor(session, create_monitor(session, TCP, NOW), NOW)

    with pytest.raises(Conflict):
        check_now(session, monitor, NOW)
    update_monitor(session, monitor, {"interval": 30}, NOW)
    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (None, None)
    assert claim(session, the_location(session).id, NOW + HOUR, 10) == []


def test_a_pause_ends_what_was_known_and_says_why(session):
    monitor = a_monitor(session)
    a_span(session, monitor, Status.UP, NOW - HOUR)
    observe(session, monitor, Status.UP, NOW - MINUTE)

    pause_monitor(session, monitor, NOW)
    pause_monitor(session, monitor, NOW + 1)

    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - HOUR, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, None),
    ]


def test_a_pause_invents_no_uptime_for_the_time_nobody_watched(session):
    monitor = a_monitor(session)
    a_span(session, monitor, Status.UP, NOW - 9 * HOUR)
    observe(session, monitor, Status.UP, NOW - 5 * HOUR)

    pause_monitor(session, monitor, NOW)

    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - 9 * HOUR, NOW - 5 * HOUR + 2 * MINUTE),
        (Status.UNKNOWN, Reason.SILENT, NOW - 5 * HOUR + 2 * MINUTE, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, None),
    ]


def test_a_resumed_monitor_is_due_at_once_and_begins_its_history_anew(session):
    place = the_location(session).id
    monitor = a_monitor(session)
    record(session, [Probed(monitor.id, place, NOW - MINUTE, Outcome(Status.UP))], NOW - MINUTE)
    pause_monitor(session, monitor, NOW)
    late = Probed(monitor.id, place, NOW - 1, Outcome(Status.DOWN, Reason.REFUSED))

    resume_monitor(session, monitor, NOW + MINUTE)
    record(session, [late], NOW + MINUTE)
    record(session, [Probed(monitor.id, place, NOW + MINUTE, Outcome(Status.UP))], NOW + MINUTE)

    assert schedule_of(session, monitor).due_at == NOW + MINUTE
    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - MINUTE, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, NOW + MINUTE),
        (Status.UP, None, NOW + MINUTE, None),
    ]


def test_pausing_by_an_update_is_pausing(session):
    monitor = create_monitor(session, TCP, NOW)

    update_monitor(session, monitor, {"paused": True}, NOW)
    assert schedule_of(session, monitor).due_at is None
    update_monitor(session, monitor, {"paused": False}, NOW + SECOND)

    assert schedule_of(session, monitor).due_at == NOW + SECOND
    assert spans_of(session, monitor) == [
        (Status.UNKNOWN, Reason.PAUSED, NOW, NOW + SECOND),
    ]


def test_a_heartbeat_gets_an_address_that_stays_the_same(session):
    heartbeat = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    monitor = create_monitor(session, heartbeat, NOW)
    row = session.get(Heartbeat, monitor.id)
    token = unseal(row.token_sealed)

    update_monitor(session, monitor, {"name": "Nightly backup"}, NOW)

    assert len(token) == 32
    assert token not in row.token_sealed
    assert unseal(session.get(Heartbeat, monitor.id).token_sealed) == token


def test_a_deleted_monitors_number_is_never_given_to_another(session):
    first = create_monitor(session, TCP, NOW)
    number = first.id
    a_span(session, first, Status.UP, NOW)

    delete_monitor(session, first, NOW)

    assert create_monitor(session, TCP, NOW).id > number
    assert session.scalar(select(func.count()).select_from(Span)) == 0


def test_what_was_deleted_meanwhile_is_not_found(database, sealing):
    with database.write() as session:
        kept = create_monitor(session, TCP, NOW)
    with database.write() as session:
        delete_monitor(session, session.merge(kept), NOW)

    for late in (pause_monitor, resume_monitor):
        with database.write() as session, pytest.raises(NotFound):
            late(session, session.merge(kept, load=False), NOW)
