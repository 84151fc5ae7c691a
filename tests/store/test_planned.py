"""What planned work says of monitors, in the one function by which status and history are read."""

import pytest
from factories import NOW, a_monitor, a_span, a_window, add, an_incident
from queries import counting

from kener.core.instant import HOUR, MINUTE
from kener.core.status import Status
from kener.core.uptime import uptime
from kener.core.windows import WindowStatus
from kener.store.history import stretches
from kener.store.planned import monitors_in_maintenance
from kener.store.standing import standings
from kener.store.tables import Observation

UP, DEGRADED, DOWN, MAINTENANCE = Status.UP, Status.DEGRADED, Status.DOWN, Status.MAINTENANCE


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def watched(session, status, since=NOW - 10 * HOUR, **given):
    """A monitor that has been like this for ten hours, and is seen to be for two more."""
    monitor = a_monitor(session, **given)
    a_span(session, monitor, status, since)
    seen = {"observed": status, "confirmed": status, "run_status": status}
    times = {"slot_at": NOW - MINUTE, "observed_until": NOW + 2 * HOUR}
    add(session, Observation(monitor_id=monitor.id, location_id=1, **seen, **times))
    return monitor


def shown(session, now=NOW):
    return [each.displayed for each in standings(session, now)]


def past(session, monitor, **given):
    found = stretches(session, [monitor.id], NOW - 4 * HOUR, NOW, NOW, **given)[monitor.id]
    return [
        ((each.from_at - NOW) // HOUR, (each.to_at - NOW) // HOUR, each.status) for each in found
    ]


@pytest.mark.parametrize(
    ("confirmed", "impact", "displayed"),
    [
        (UP, MAINTENANCE, MAINTENANCE),
        (DOWN, MAINTENANCE, MAINTENANCE),
        (UP, DEGRADED, DEGRADED),
        (DOWN, DEGRADED, DOWN),
        (UP, DOWN, DOWN),
        (DOWN, UP, DOWN),
    ],
)
def test_an_open_window_shows_its_impact(session, confirmed, impact, displayed):
    monitor = watched(session, confirmed)
    a_window(session, (monitor, impact))

    assert shown(session) == [displayed]
    assert [each.confirmed for each in standings(session, NOW)] == [confirmed]


def test_a_window_begins_and_ends_by_the_clock_whatever_was_told(session):
    monitor = watched(session, UP)
    a_window(session, (monitor, MAINTENANCE), starts_at=NOW, ends_at=NOW + HOUR)

    assert shown(session, NOW - 1) == [UP]
    assert shown(session, NOW) == [MAINTENANCE]
    assert shown(session, NOW + HOUR - 1) == [MAINTENANCE]
    assert shown(session, NOW + HOUR) == [UP]


def test_maintenance_wins_over_incidents(session):
    monitor = watched(session, UP)
    an_incident(session, (monitor, DOWN))
    a_window(session, (monitor, MAINTENANCE))

    assert shown(session) == [MAINTENANCE]


@pytest.mark.parametrize("how", [{"draft": True}, {"told": WindowStatus.CANCELLED}])
def test_drafts_and_what_was_cancelled_say_nothing(session, how):
    monitor = watched(session, UP)
    a_window(session, (monitor, MAINTENANCE), starts_at=NOW - 2 * HOUR, **how)

    assert shown(session) == [UP]
    assert past(session, monitor) == [(-4, 0, UP)]
    assert monitors_in_maintenance(session, NOW) == set()


def test_history_is_coloured_and_the_time_counts_for_neither_side(session):
    monitor = watched(session, DOWN)
    a_window(session, (monitor, MAINTENANCE), starts_at=NOW - 3 * HOUR, ends_at=NOW - HOUR)

    assert past(session, monitor) == [(-4, -3, DOWN), (-3, -1, MAINTENANCE), (-1, 0, DOWN)]
    assert past(session, monitor, displayed=False) == [(-4, 0, DOWN)]
    whole = stretches(session, [monitor.id], NOW - 4 * HOUR, NOW, NOW)[monitor.id]
    assert (uptime(whole).up_ms, uptime(whole).down_ms) == (0, 2 * HOUR)


def test_editing_a_window_colours_history_anew(session):
    monitor = watched(session, UP)
    window = a_window(session, (monitor, MAINTENANCE), starts_at=NOW - 3 * HOUR, ends_at=NOW)
    window.ends_at = NOW - 2 * HOUR
    session.flush()

    assert past(session, monitor) == [(-4, -3, UP), (-3, -2, MAINTENANCE), (-2, 0, UP)]


def test_alerts_can_ask_whom_not_to_wake_for(session):
    shop, mail, other = (watched(session, UP) for _ in range(3))
    a_window(session, (shop, MAINTENANCE), (mail, UP))
    a_window(session, (other, MAINTENANCE), starts_at=NOW + 1, ends_at=NOW + 2 * HOUR)

    assert monitors_in_maintenance(session, NOW) == {shop.id, mail.id}
    assert monitors_in_maintenance(session, NOW + HOUR) == {other.id}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_number_of_queries_does_not_depend_on_the_number_of_windows(database):
    def asked():
        with counting(database) as statements, database.read() as session:
            ids = [each.monitor.id for each in standings(session, NOW)]
            stretches(session, ids, NOW - HOUR, NOW, NOW)
        return len(statements)

    with database.write() as session:
        a_window(session, (watched(session, UP), MAINTENANCE))
    few = asked()
    with database.write() as session:
        for _ in range(20):
            a_window(session, (watched(session, UP), MAINTENANCE))

    assert asked() == few
    assert few <= 9
