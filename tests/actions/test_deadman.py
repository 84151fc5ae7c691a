"""The dead-man's switch: called while all is well, by one of all, and by nobody when it is not."""

import threading

import pytest
from factories import NOW, a_monitor
from receivers import a_receiver
from servers import a_free_port
from sqlalchemy import update

from kener import queue
from kener.actions.deadman import tell_deadman
from kener.core.instant import MINUTE
from kener.store.tables import Publication, Schedule

SECRET = "/ping/0d6ae3f4-a-secret"


@pytest.fixture(autouse=True)
def _redis(redis_url):
    queue.connect(redis_url)
    yield
    queue.connect("")


@pytest.fixture(autouse=True)
def _well(database):
    """The page was published just now."""
    with database.write() as session:
        session.execute(update(Publication).values(published_at=NOW))


@pytest.fixture
def switch():
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def tell(config, database, switch):
    config = config.model_copy(update={"deadman_url": switch.url(path=SECRET)})
    return lambda at=NOW: tell_deadman(database, config, at)


def test_while_all_is_well_it_is_called_once_a_minute(tell, switch):
    assert [tell(), tell(), tell(NOW + MINUTE), tell(NOW + MINUTE)] == [True, False, True, False]
    assert [each.path for each in switch.got] == [SECRET] * 2
    assert switch.got[0].headers["user-agent"].startswith("Kener/")


def test_of_many_at_once_one_calls(tell, switch):
    barrier = threading.Barrier(6)

    def at_once():
        barrier.wait()
        tell()

    threads = [threading.Thread(target=at_once) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(switch.got) == 1


def test_without_an_address_nothing_happens(config, database):
    assert config.deadman_url == ""
    assert tell_deadman(database, config, NOW) is False


def test_a_check_that_waits_too_long_is_not_well(tell, switch, database, caplog):
    with database.write() as session:
        a_monitor(session, due_at=NOW - 2 * MINUTE)

    assert tell() is False
    assert switch.got == []
    assert "A check has been due for 120 s" in caplog.text


def test_checks_that_are_not_recorded_are_not_well(tell, switch, database, caplog):
    with database.write() as session:
        monitor = a_monitor(session, due_at=NOW + MINUTE)
        session.execute(
            update(Schedule).where(Schedule.monitor_id == monitor.id).values(slot_at=NOW)
        )

    assert tell() is False
    assert "no recent result was stored" in caplog.text


def test_an_old_page_is_not_well(tell, switch):
    assert tell(NOW + 3 * MINUTE) is False
    assert switch.got == []


def test_a_redis_that_is_away_is_not_well(tell, switch, caplog):
    queue.connect("unix:///nowhere/redis.sock")

    assert tell() is False
    assert switch.got == []
    assert "Redis does not answer" in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_is_not_well(tell, switch, database, caplog):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE schedules RENAME TO gone")

    assert tell() is False
    assert "The database does not answer." in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_redirects_are_not_followed_and_the_address_is_not_logged(config, database, caplog):
    with (
        a_receiver() as other,
        a_receiver(lambda _: (302, {"Location": other.url()}, b"")) as switch,
    ):
        config = config.model_copy(update={"deadman_url": switch.url(path=SECRET)})
        tell_deadman(database, config, NOW)

    assert (len(switch.got), len(other.got)) == (1, 0)
    assert "it answered 302" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_switch_that_is_away_is_told_of_without_its_address(config, database, caplog):
    url = f"http://127.0.0.1:{a_free_port()}{SECRET}"
    tell_deadman(database, config.model_copy(update={"deadman_url": url}), NOW)

    assert "could not be told that all is well: the connection was refused" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(config.model_copy(update={"deadman_url": url}))
