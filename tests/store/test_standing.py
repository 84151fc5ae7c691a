"""How monitors are, read by one function."""

import pytest
from factories import NOW, a_monitor, a_span, add, an_incident
from queries import counting

from kener.core.instant import MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.pages import default_page
from kener.store.standing import standings
from kener.store.tables import Location, Observation
from kener.store.visibility import shown_on

UP, DEGRADED, PARTIAL, DOWN, UNKNOWN = (
    Status.UP,
    Status.DEGRADED,
    Status.PARTIAL,
    Status.DOWN,
    Status.UNKNOWN,
)


def seen(session, monitor, observed=UP, confirmed=None, **given):
    """What the location saw a minute ago, good for one more."""
    own = {
        "monitor_id": monitor.id,
        "location_id": 1,
        "slot_at": NOW - MINUTE,
        "observed_until": NOW + MINUTE,
        "observed": observed,
        "confirmed": confirmed or observed,
        "run_status": observed,
    }
    return add(session, Observation(**own | given))


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def the_only(session, **given):
    [standing] = standings(session, NOW, **given)
    return standing


def test_a_watched_monitor_is_what_was_confirmed(session):
    monitor = a_monitor(session)
    seen(session, monitor, latency_us=42_500, phases={"dns": 1.5}, facts={"status": 200})
    a_span(session, monitor, UP, NOW - 50 * MINUTE)

    standing = the_only(session)

    assert standing.monitor is monitor
    assert (standing.confirmed, standing.displayed, standing.observed) == (UP, UP, UP)
    assert (standing.reason, standing.detail) == (None, "")
    assert standing.since == NOW - 50 * MINUTE
    assert standing.checked_at == NOW - MINUTE
    assert standing.latency_ms == 42.5
    assert (standing.phases, standing.facts) == ({"dns": 1.5}, {"status": 200})


def test_an_outage_says_why_in_the_words_of_the_newest_probe(session):
    monitor = a_monitor(session)
    seen(session, monitor, DOWN, reason=Reason.TIMEOUT, detail="no answer in 10 s")
    a_span(session, monitor, DOWN, NOW - MINUTE, reason=Reason.REFUSED, detail="refused")

    standing = the_only(session)

    assert (standing.confirmed, standing.reason) == (DOWN, Reason.TIMEOUT)
    assert standing.detail == "no answer in 10 s"


def test_while_a_recovery_is_not_confirmed_the_outage_keeps_its_own_words(session):
    monitor = a_monitor(session)
    seen(session, monitor, UP, DOWN)
    a_span(session, monitor, DOWN, NOW - MINUTE, reason=Reason.REFUSED, detail="refused")

    standing = the_only(session)

    assert (standing.confirmed, standing.observed) == (DOWN, UP)
    assert (standing.reason, standing.detail) == (Reason.REFUSED, "refused")


def test_a_failure_that_is_not_confirmed_is_observed_only(session):
    monitor = a_monitor(session)
    seen(session, monitor, DOWN, UP, reason=Reason.TIMEOUT, detail="no answer")

    standing = the_only(session)

    assert (standing.confirmed, standing.displayed, standing.observed) == (UP, UP, DOWN)
    assert (standing.reason, standing.detail) == (None, "")


def test_what_nobody_has_watched_lately_is_unknown(session):
    monitor = a_monitor(session)
    seen(session, monitor, observed_until=NOW)
    a_span(session, monitor, UP, NOW - 50 * MINUTE)

    standing = the_only(session)

    assert (standing.confirmed, standing.displayed) == (UNKNOWN, UNKNOWN)
    assert (standing.reason, standing.since) == (Reason.SILENT, NOW)
    assert standing.observed is UP


def test_a_new_monitor_waits(session):
    a_monitor(session)

    standing = the_only(session)

    assert (standing.confirmed, standing.reason) == (UNKNOWN, Reason.WAITING)
    assert (standing.checked_at, standing.latency_ms, standing.since) == (None, None, None)


def test_a_new_monitor_whose_first_failure_is_not_confirmed_waits(session):
    seen(session, a_monitor(session), DOWN, UNKNOWN, reason=Reason.REFUSED, detail="refused")

    assert the_only(session).reason is Reason.WAITING


def test_our_own_trouble_is_unknown_with_its_reason(session):
    monitor = a_monitor(session)
    seen(session, monitor, UNKNOWN, reason=Reason.INTERNAL_ERROR, detail="too many open files")

    standing = the_only(session)

    assert (standing.confirmed, standing.reason) == (UNKNOWN, Reason.INTERNAL_ERROR)
    assert standing.detail == "too many open files"


def test_a_paused_monitor_is_unknown_however_fresh_its_last_probe(session):
    monitor = a_monitor(session, paused=True)
    seen(session, monitor)
    a_span(session, monitor, UNKNOWN, NOW - MINUTE, reason=Reason.PAUSED)

    standing = the_only(session)

    assert (standing.confirmed, standing.reason) == (UNKNOWN, Reason.PAUSED)
    assert standing.since == NOW - MINUTE


@pytest.mark.parametrize(
    ("confirmed", "impact", "displayed"),
    [(UP, PARTIAL, PARTIAL), (DOWN, DEGRADED, DOWN), (UP, UP, UP), (UNKNOWN, DOWN, DOWN)],
)
def test_open_incidents_are_laid_over(session, confirmed, impact, displayed):
    monitor = a_monitor(session)
    seen(session, monitor, confirmed)
    an_incident(session, (monitor, impact), started_at=NOW)

    standing = the_only(session)

    assert (standing.confirmed, standing.displayed) == (confirmed, displayed)


@pytest.mark.parametrize(
    "when", [{"started_at": NOW + 1}, {"started_at": NOW - 9, "resolved_at": NOW}]
)
def test_incidents_that_are_over_or_to_come_are_not(session, when):
    monitor = a_monitor(session)
    seen(session, monitor)
    an_incident(session, (monitor, DOWN), **when)

    assert the_only(session).displayed is UP


def test_a_location_that_is_silent_has_no_vote(session):
    monitor = a_monitor(session)
    elsewhere = add(session, Location(name="elsewhere"))
    seen(session, monitor, UP, observed_until=NOW - 1, slot_at=NOW - 9 * MINUTE)
    seen(session, monitor, DOWN, location_id=elsewhere.id)

    assert the_only(session).confirmed is DOWN


def test_they_come_by_position_and_name_and_the_public_sees_no_hidden_ones(session):
    a_monitor(session, name="b", position=1)
    a_monitor(session, name="C", position=1)
    a_monitor(session, name="z", position=0)
    a_monitor(session, name="a", position=1, hidden=True)

    visitors = shown_on(default_page(session))
    names = [each.monitor.name for each in standings(session, NOW)]
    public = [each.monitor.name for each in standings(session, NOW, shown=visitors)]

    assert names == ["z", "a", "b", "C"]
    assert public == ["z", "b", "C"]


def test_only_those_given_are_read(session):
    first, second = a_monitor(session), a_monitor(session)
    seen(session, first)
    seen(session, second, DOWN)

    assert the_only(session, monitors=[second]).confirmed is DOWN
    assert standings(session, NOW, monitors=[]) == []


@pytest.mark.parametrize("number", [1, 40])
def test_four_questions_whatever_the_number_of_monitors(database, number):
    with database.write() as session:
        for _ in range(number):
            monitor = a_monitor(session)
            seen(session, monitor)
            a_span(session, monitor, UP, NOW - MINUTE)
            an_incident(session, (monitor, DEGRADED))

    with database.read() as session, counting(database) as queries:
        found = standings(session, NOW)

    assert {each.displayed for each in found} == {DEGRADED}
    assert len(found) == number
    assert len(queries) == 4


def test_more_monitors_than_the_database_takes_parameters(database):
    with database.write() as session:
        monitor = a_monitor(session)
        seen(session, monitor)
        many = [monitor]
        many += [
            type(monitor)(id=number, name="x", position=9) for number in range(10**6, 10**6 + 6000)
        ]
        session.autoflush = False

        found = standings(session, NOW, monitors=many)

        assert (len(found), found[0].confirmed) == (6001, UP)
