"""A worn-out worker's last minute, by a clock of ours."""

import pytest

from kener.worker.farewell import LONGEST_S, Farewell


@pytest.fixture
def said():
    return []


@pytest.fixture
def farewell(said):
    return Farewell(lambda: said.append("replace me"), lambda: said.append("leave"))


def test_it_has_not_begun_by_itself(farewell, said):
    assert not farewell.has_begun
    assert said == []


def test_it_asks_once_and_leaves_once_when_all_is_done(farewell, said):
    for second, busy in enumerate([True, True, False, False]):
        farewell.go_on(float(second), busy=busy)

    assert farewell.has_begun
    assert said == ["replace me", "leave"]


def test_it_leaves_in_the_end_though_something_never_ends(farewell, said):
    farewell.go_on(0.0, busy=True)
    farewell.go_on(LONGEST_S - 0.1, busy=True)
    assert said == ["replace me"]

    farewell.go_on(LONGEST_S, busy=True)
    assert said == ["replace me", "leave"]
