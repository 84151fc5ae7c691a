"""Upkeep as the job calls it: everything, in turns, until nothing is left."""

from factories import NOW, a_monitor, add
from sqlalchemy import func, select

from kener.actions.upkeep import BUDGET, keep_up
from kener.config import Config
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status
from kener.store.tables import Hour, Result

OLD = NOW - 4 * HOUR
CONFIG = Config(_env_file=None, results_days=90, history_days=730)


def some_results(session, monitor, hour_at):
    for at in range(hour_at, hour_at + HOUR, 10 * MINUTE):
        add(
            session,
            Result(
                due_at=at, monitor_id=monitor.id, location_id=1, status=Status.UP, latency_us=2000
            ),
        )


def test_upkeep_packs_and_prunes_until_nothing_is_left(database):
    with database.write() as session:
        monitor = a_monitor(session)
        some_results(session, monitor, OLD)
        old = {"hour_at": NOW - 731 * DAY, "monitor_id": monitor.id, "location_id": 1}
        add(session, Hour(**old, histogram=b""))

    assert keep_up(database, CONFIG, lambda: NOW) == 1 + 6 + 1
    assert keep_up(database, CONFIG, lambda: NOW) == 0

    with database.read() as session:
        assert [hour.hour_at for hour in session.scalars(select(Hour))] == [OLD]


def test_upkeep_stops_when_it_has_taken_long_enough_and_goes_on_next_time(database):
    with database.write() as session:
        monitor = a_monitor(session)
        some_results(session, monitor, OLD)
        some_results(session, monitor, OLD - HOUR)
    times = iter([NOW, NOW, NOW, NOW, NOW + BUDGET + 1])

    assert keep_up(database, CONFIG, lambda: next(times)) == 1

    assert keep_up(database, CONFIG, lambda: NOW) == 6 + 1 + 6
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Result)) == 0
