"""Slots: no drift, no backlog, and not all at once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kener.core.instant import MINUTE, SECOND
from kener.core.schedule import first_slot, next_slot, observed_until, phase

intervals = st.integers(5, 86_400).map(lambda seconds: seconds * SECOND)
instants = st.integers(1_700_000_000_000, 1_900_000_000_000)
names = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=10, max_size=10)


@given(instants, intervals, instants)
def test_a_slot_is_later_than_the_last_one_and_than_now(previous, interval, now):
    slot = next_slot(previous, interval, now)

    assert slot > previous
    assert slot > now


@given(instants, intervals, st.lists(st.integers(0, 10**9), max_size=20))
def test_slots_keep_their_phase_however_late_they_are_claimed(previous, interval, delays):
    slot = previous
    for delay in delays:
        slot = next_slot(slot, interval, slot + delay)
        assert (slot - previous) % interval == 0


@given(instants, intervals, st.integers(0, 10**9))
def test_missed_slots_are_skipped_but_no_more_than_those(previous, interval, delay):
    now = previous + delay

    assert next_slot(previous, interval, now) - now <= interval


@given(instants, intervals)
def test_who_is_punctual_misses_nothing(previous, interval):
    assert next_slot(previous, interval, previous + 1) == previous + interval


def test_a_clock_that_was_set_back_does_not_repeat_slots():
    assert next_slot(10 * MINUTE, MINUTE, 3 * MINUTE) == 11 * MINUTE


@given(names, intervals, instants)
def test_the_first_slot_is_in_phase_and_within_an_interval(name, interval, now):
    slot = first_slot(name, interval, now)

    assert now < slot <= now + interval
    assert slot % interval == phase(name, interval)


@given(names, intervals)
def test_the_phase_is_the_monitors_own(name, interval):
    assert 0 <= phase(name, interval) < interval
    assert phase(name, interval) == phase(name, interval)


def test_phases_are_stable_from_one_version_to_the_next():
    # A new hash would move every monitor's rhythm at the upgrade.
    assert phase("0123456789", MINUTE) == 5_950


def test_many_monitors_fire_spread_over_the_interval():
    seconds = Counter(phase(f"mon{n:07}", MINUTE) // SECOND for n in range(6000))

    assert len(seconds) == 60
    assert max(seconds.values()) < 160


def test_one_missed_slot_is_forgiven_and_a_long_timeout_too():
    assert observed_until(0, 60 * SECOND, 10) == 120 * SECOND
    assert observed_until(0, 10 * SECOND, 9.5) == 29.5 * SECOND
