"""What a window is at a time, and what is to be told of it."""

from dataclasses import replace

import pytest

from kener.core.instant import HOUR, MINUTE
from kener.core.windows import Progress, WindowStatus, next_turn, reminder_due, status_at

AT = 1_000 * HOUR
WINDOW = Progress(AT, AT + HOUR)
SCHEDULED, IN_PROGRESS, COMPLETED, CANCELLED = WindowStatus


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (AT - 1, SCHEDULED),
        (AT, IN_PROGRESS),
        (AT + HOUR - 1, IN_PROGRESS),
        (AT + HOUR, COMPLETED),
    ],
)
def test_the_clock_says_what_a_window_is_whoever_was_told(now, status):
    for told in (SCHEDULED, IN_PROGRESS, COMPLETED):
        assert status_at(replace(WINDOW, told=told), now) is status
    assert status_at(replace(WINDOW, told=CANCELLED), now) is CANCELLED


@pytest.mark.parametrize(
    ("minutes_before", "sent", "due"),
    [
        (61, None, None),
        (60, None, 60),
        (60, 60, None),
        (5, None, 10),
        (5, 60, 10),
        (5, 10, None),
        (0, None, None),
    ],
)
def test_the_shortest_reminder_is_sent_once_and_before_the_start(minutes_before, sent, due):
    window = replace(WINDOW, reminded=sent)

    assert reminder_due(window, [60, 10], AT - minutes_before * MINUTE) == due


def test_reminders_can_be_thought_of_anew():
    assert reminder_due(replace(WINDOW, reminded=10), [60, 10], AT - HOUR, anew=True) == 60


def test_the_next_turn_is_a_reminder_the_start_or_the_end():
    assert next_turn(WINDOW, [60, 10]) == AT - 60 * MINUTE
    assert next_turn(replace(WINDOW, reminded=60), [60, 10]) == AT - 10 * MINUTE
    assert next_turn(replace(WINDOW, reminded=10), [60, 10]) == AT
    assert next_turn(WINDOW, []) == AT
    assert next_turn(replace(WINDOW, told=IN_PROGRESS), [60]) == AT + HOUR
    assert next_turn(replace(WINDOW, told=COMPLETED), [60]) is None
    assert next_turn(replace(WINDOW, told=CANCELLED), [60]) is None
