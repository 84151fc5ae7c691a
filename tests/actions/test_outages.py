"""From probes to news: what is confirmed, dated, interrupted by a gap, or no news at all."""

from actions.outcomes import BROKEN, DOWN, MINUTE, SLOW, UP, rows, spans, told, watch
from factories import NOW, a_monitor, the_location
from sqlalchemy import select

from kener.actions.results import Probed, record
from kener.core.instant import iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.tables import Event, Location, Observation, Span

__all__ = ["watch"]
WORSE = Outcome(Status.DOWN, Reason.TIMEOUT, "no answer within 10 s")


def test_a_new_monitor_that_is_up_says_so_in_history_but_is_no_news(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, UP)

    assert spans(session, monitor) == [(Status.UP, 0, None)]
    assert told(session) == []


def test_one_failure_changes_nothing(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, DOWN, UP)

    assert spans(session, monitor) == [(Status.UP, 0, None)]
    assert told(session) == []


def test_a_confirmed_outage_is_dated_from_its_first_failure(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, UP, DOWN, WORSE, DOWN)

    assert spans(session, monitor) == [(Status.UP, 0, 2), (Status.DOWN, 2, None)]
    assert told(session) == ["monitor.down"]
    (open_one,) = rows(session, Span, to_at=None)
    assert (open_one.reason, open_one.detail) == (Reason.TIMEOUT, "no answer within 10 s")


def test_a_recovery_ends_the_outage(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, DOWN, DOWN, UP)

    assert spans(session, monitor) == [(Status.UP, 0, 1), (Status.DOWN, 1, 3), (Status.UP, 3, None)]
    assert told(session) == ["monitor.down", "monitor.up"]


def test_slow_and_down_together_confirm_the_milder(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, DOWN, SLOW)

    assert told(session) == ["monitor.degraded"]


def test_the_event_tells_what_receivers_were_promised(session, watch):
    monitor = a_monitor(session, name="Shop", slug="shop")
    watch(monitor, UP, DOWN, DOWN)

    (event,) = session.scalars(select(Event))
    assert event.data == {
        "monitor_id": monitor.public_id,
        "name": "Shop",
        "slug": "shop",
        "status": "down",
        "reason": "refused",
        "detail": "connection refused",
        "since": iso(NOW + MINUTE),
    }
    assert event.at == NOW + 2 * MINUTE + 50


def test_a_gap_is_written_down_as_unknown(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)
    watch(monitor, UP, first=60)

    assert spans(session, monitor) == [
        (Status.UP, 0, 2),
        (Status.UNKNOWN, 2, 60),
        (Status.UP, 60, None),
    ]
    assert told(session) == []


def test_one_failure_after_a_gap_claims_neither_up_nor_down(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)
    watch(monitor, DOWN, first=60)
    assert spans(session, monitor) == [(Status.UP, 0, 2), (Status.UNKNOWN, 2, None)]

    watch(monitor, DOWN, first=61)
    assert spans(session, monitor)[1:] == [(Status.UNKNOWN, 2, 60), (Status.DOWN, 60, None)]
    assert told(session) == ["monitor.down"]


def test_an_outage_that_goes_on_after_a_gap_is_no_news(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, DOWN, DOWN)
    watch(monitor, DOWN, DOWN, UP, first=60)

    assert told(session) == ["monitor.down", "monitor.up"]


def test_trouble_of_our_own_is_unknown_and_no_news(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, BROKEN, BROKEN, UP)

    assert spans(session, monitor) == [
        (Status.UP, 0, 1),
        (Status.UNKNOWN, 1, 3),
        (Status.UP, 3, None),
    ]
    (unknown,) = rows(session, Span, status=Status.UNKNOWN)
    assert unknown.reason is Reason.INTERNAL_ERROR
    assert told(session) == []


def test_a_monitor_down_from_the_start_is_news(session, watch):
    monitor = a_monitor(session)
    watch(monitor, DOWN, DOWN)

    assert spans(session, monitor) == [(Status.DOWN, 0, None)]
    assert told(session) == ["monitor.down"]


def test_two_locations_that_differ_show_the_milder(session):
    here = the_location(session).id
    elsewhere = Location(name="elsewhere")
    session.add(elsewhere)
    session.flush()
    monitor = a_monitor(session)
    for minute in range(4):
        slot = NOW + minute * MINUTE
        both = [
            Probed(monitor.id, here, slot, UP),
            Probed(monitor.id, elsewhere.id, slot + 1, DOWN),
        ]
        record(session, both, slot)

    assert [each.confirmed for each in rows(session, Observation)] == [Status.UP, Status.DOWN]
    assert spans(session, monitor) == [(Status.UP, 0, None)]


def test_a_silent_location_has_no_vote(session, watch):
    elsewhere = Location(name="elsewhere")
    session.add(elsewhere)
    session.flush()
    monitor = a_monitor(session)
    record(session, [Probed(monitor.id, elsewhere.id, NOW, UP)], NOW)
    watch(monitor, *[DOWN] * 5, first=1)

    assert told(session) == ["monitor.down"]
