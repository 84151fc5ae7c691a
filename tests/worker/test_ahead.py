"""Claims that are held until they are due."""

import pytest
from factories import NOW
from servers import wait_until

from kener.core.instant import HOUR, SECOND
from kener.store.claims import Claim
from kener.worker.ahead import Ahead


@pytest.fixture
def ahead():
    return Ahead()


def a_claim(monitor_id=1, slot_at=NOW, version=1):
    return Claim(monitor_id, 1, slot_at, version)


def test_what_is_due_is_let_go_of_once(ahead):
    soon = a_claim(2, NOW + HOUR)
    ahead.hold([a_claim(), soon], NOW)

    assert ahead.due(NOW) == [a_claim()]
    assert ahead.due(NOW) == []
    assert ahead.all() == [soon]
    assert len(ahead) == 0


def test_it_is_due_when_its_time_has_come_whatever_the_clock_says(ahead):
    ahead.hold([a_claim(slot_at=NOW + 50)], NOW)
    assert ahead.due(NOW + 8 * SECOND) == []
    due = []
    wait_until(lambda: due.extend(ahead.due(NOW - HOUR)) or due)

    assert due == [a_claim(slot_at=NOW + 50)]


def test_a_changed_monitor_is_probed_once_at_the_earlier_slot_as_it_is_now(ahead):
    ahead.hold([a_claim(1, NOW + SECOND), a_claim(2, NOW)], NOW)
    ahead.hold([a_claim(1, NOW, version=2), a_claim(2, NOW + SECOND, version=2)], NOW)

    assert ahead.due(NOW) == [a_claim(1, NOW, version=2), a_claim(2, NOW, version=2)]
    assert len(ahead) == 0


def test_after_a_long_sleep_a_slot_is_dated_anew(ahead):
    ahead.hold([a_claim()], NOW)

    assert ahead.due(NOW + HOUR) == [a_claim(slot_at=NOW + HOUR)]
