"""What is stored at once, and what may wait."""

import pytest
from factories import NOW

from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.claims import Claim
from kener.worker.promptness import AT_ONCE, CALM, Promptness

UP = Outcome(Status.UP)
DOWN = Outcome(Status.DOWN, Reason.REFUSED)


def a_claim(*, awaited=False):
    return Claim(1, 1, NOW, 1, awaited)


@pytest.fixture
def promptness():
    """Of a monitor that was up, which is stored."""
    promptness = Promptness()
    promptness.note(a_claim(), UP)
    promptness.stored()
    return promptness


def after(promptness, outcome, *, awaited=False):
    promptness.note(a_claim(awaited=awaited), outcome)
    pause = promptness.pause()
    promptness.stored()
    return pause


def test_still_up_is_no_news(promptness):
    assert after(promptness, UP) == CALM


def test_a_first_outcome_is_news():
    assert after(Promptness(), UP) == AT_ONCE


def test_a_failure_is_news_and_so_is_its_end(promptness):
    assert after(promptness, DOWN) == AT_ONCE
    assert after(promptness, DOWN) == AT_ONCE
    assert after(promptness, UP) == AT_ONCE
    assert after(promptness, UP) == CALM


def test_what_somebody_waits_for_is_news(promptness):
    assert after(promptness, UP, awaited=True) == AT_ONCE
