"""Lists are given again without asking the database, but not when time has made them old, and not
more of them than memory is meant for."""

import pytest
from factories import a_window, an_incident

from kener.actions.keys import create_key, mark_used
from kener.core.instant import DAY, HOUR, MINUTE, SECOND
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import ApiKey
from kener.web import remembered

pytestmark = pytest.mark.usefixtures("seen_shop")
LIST = "/api/monitors"


class Clock:
    """What the server takes for the time."""

    def __init__(self):
        self.at = now()

    def __call__(self):
        return self.at


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    for place in ("_keys", "_monitor", "monitors"):
        monkeypatch.setattr(f"kener.api.{place}.now", clock)
    monkeypatch.setattr(remembered, "now", clock)
    return clock


def status_of(answer):
    return answer.json["data"][0]["status"]


def test_a_monitor_nobody_watches_any_more_becomes_unknown(learned, ask, used_key, clock):
    key = used_key()
    assert status_of(learned(key)) == "up"

    clock.at += 50 * SECOND
    assert (status_of(ask(key)[0]), ask(key)[1]) == ("up", 0)
    clock.at += 5 * MINUTE
    answer, statements = ask(key)

    assert (status_of(answer), statements > 0) == ("unknown", True)


@pytest.fixture(params=["window begins", "window ends", "incident begins"])
def planned(request, database, seen_shop, clock):
    """When something begins or ends, how the shop is until then, and how from then on."""
    at = clock.at + 20 * SECOND
    affected = (seen_shop, Status.MAINTENANCE)
    with database.write() as session:
        if request.param == "incident begins":
            an_incident(session, (seen_shop, Status.DOWN), started_at=at)
            return at, "up", "down"
        if request.param == "window begins":
            a_window(session, affected, starts_at=at, ends_at=at + HOUR)
            return at, "up", "maintenance"
        a_window(session, affected, starts_at=at - HOUR, ends_at=at)
        return at, "maintenance", "up"


def test_what_begins_or_ends_is_seen_at_its_moment(learned, ask, used_key, clock, planned):
    at, before, after = planned
    key = used_key()
    assert status_of(learned(key)) == before

    clock.at = at - 1
    answer, statements = ask(key)
    assert (status_of(answer), statements) == (before, 0)
    clock.at = at
    assert status_of(ask(key)[0]) == after


def test_a_key_expires_at_its_moment(learned, call, clock, database):
    with database.write() as session:
        key, text = create_key(session, "Test", ["read:monitors"], clock.at + 20 * SECOND, clock.at)
        mark_used(session, key.id, clock.at)
    learned(text)

    clock.at += 20 * SECOND

    assert call("get", LIST, text).json["error"]["code"] == "KEY_EXPIRED"


def test_the_use_of_a_key_is_noted_each_minute(learned, ask, used_key, clock, database):
    key = used_key()
    learned(key)

    clock.at += MINUTE + SECOND
    ask(key)

    with database.read() as session:
        assert session.query(ApiKey).one().used_at == clock.at


def test_a_clock_that_was_set_back_is_not_believed(learned, ask, used_key, clock):
    key = used_key()
    learned(key)

    clock.at -= DAY

    assert ask(key)[1] > 0


def test_memory_is_bounded(app, learned, used_key, monkeypatch):
    memory = app.extensions["kener.remembered"].memory
    key = used_key(rate_limit=1000)
    monkeypatch.setattr(remembered, "MOST_NAMES", 3)
    for limit in range(1, 9):
        learned(key, f"{LIST}?limit={limit}")
    assert len(memory) == 3

    learned(key)
    monkeypatch.setattr(remembered, "MOST", memory.size)
    learned(key, f"{LIST}?limit=9")

    assert 0 < memory.size <= remembered.MOST


def test_a_long_answer_is_not_kept(app, ask, used_key, monkeypatch):
    monkeypatch.setattr(remembered, "LONGEST", 100)
    key = used_key()

    assert all(ask(key)[1] > 0 for _ in range(4))
    assert app.extensions["kener.remembered"].memory.size == 0


def test_keys_are_not_in_memory(app, learned, used_key):
    key = used_key()
    learned(key)

    memory = app.extensions["kener.remembered"].memory
    assert key.rpartition("_")[2] not in repr(vars(memory))
