"""Asking for many monitors at once."""

import pytest
from factories import NOW, a_monitor
from queries import counting
from sqlalchemy import select

from kener.core.instant import MINUTE
from kener.store._among import MANY, among, exactly
from kener.store._plain import plain
from kener.store.standing import standings
from kener.store.tables import Monitor, Observation


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.mark.parametrize("ask", [among, exactly])
def test_those_that_were_named_are_found_and_no_others(session, ask):
    first, second, third = (a_monitor(session, slug=each).id for each in ("a", "b", "c"))

    def found(ids):
        return set(session.scalars(select(Monitor.id).where(ask(Monitor.id, ids))))

    assert found({first, third, 999}) == {first, third}
    assert found([second]) == {second}
    assert found([]) == set()


def test_there_may_be_any_number_of_them(session):
    monitor = a_monitor(session)
    ids = range(monitor.id - 40_000, monitor.id + 40_000)

    found = session.scalars(select(Monitor.id).where(exactly(Monitor.id, ids))).all()

    assert found == [monitor.id]


def test_of_very_many_all_within_their_range_are_read(session):
    first, second, third = (a_monitor(session, slug=each).id for each in ("a", "b", "c"))
    ids = {first, *range(third, third + MANY)}

    assert set(session.scalars(select(Monitor.id).where(among(Monitor.id, ids)))) == {
        first,
        second,
        third,
    }


def test_the_statement_is_the_same_for_any_number(database):
    with database.read() as session, counting(database) as statements:
        for count in (1, 2, 50):
            session.execute(select(Monitor.id).where(among(Monitor.id, range(count)))).all()

    assert len(set(statements)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_looks_each_of_them_up(database):
    with database.read() as session, counting(database) as statements:
        session.execute(select(Observation.slot_at).where(among(Observation.monitor_id, [7])))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0]}", ("[7]",))

        steps = [each[-1] for each in plan]

    assert any(each.startswith("SEARCH observations USING INDEX") for each in steps), steps


def test_plain_rows_know_what_is_not_written_yet(database):
    with database.write() as session:
        monitor = a_monitor(session)
        session.flush()
        monitor.name = "Renamed"

        (row,) = plain(session, select(Monitor.name))

    assert row.name == "Renamed"


def test_what_is_known_is_fresh_until_its_first_observation_is_too_old(session):
    monitor, other = a_monitor(session, slug="a"), a_monitor(session, slug="b")
    for number, until in ((monitor.id, NOW + MINUTE), (other.id, NOW - 1)):
        session.add(_observation(number, until))
    session.flush()

    first, second = standings(session, NOW, monitors=[monitor, other])

    assert (first.fresh_until, second.fresh_until) == (NOW + MINUTE, None)


def _observation(monitor_id, until):
    up = {"observed": "up", "confirmed": "up", "run_status": "up"}
    return Observation(
        monitor_id=monitor_id, location_id=1, slot_at=NOW - MINUTE, observed_until=until, **up
    )
