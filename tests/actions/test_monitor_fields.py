"""What may be said of a monitor, and what is refused by its name."""

import pytest
from actions.watched import TCP, problems_of
from factories import NOW
from sqlalchemy import func, select

from kener.actions.monitors import create_monitor, update_monitor
from kener.store.tables import Monitor

pytestmark = pytest.mark.usefixtures("sealing")


def test_the_default_timeout_fits_a_short_interval(session):
    assert create_monitor(session, TCP | {"interval": 5}, NOW).timeout == 4.0


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


def test_texts_that_cannot_be_kept_are_refused_in_settings(session):
    settings = {"host": "db\0", "port": 1}

    problems = problems_of(create_monitor, session, TCP | {"settings": settings}, NOW)

    assert set(problems) == {"settings.host"}
