"""Spans: one after the other, never overlapping, and never telling of what nobody watched."""

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.confirm import NEW_RUN, Rule, Run, confirm, resume
from kener.core.outcome import Reason
from kener.core.spans import GOES_ON, Advance, NewSpan, OpenSpan, advance, pause
from kener.core.status import Status

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN
REACH = 20
"""How long an outcome is worth anything, where slots are 10 apart."""


def test_the_first_known_status_begins_the_history():
    assert advance(None, None, NewSpan(UNKNOWN, 5), 5) == GOES_ON
    assert advance(None, None, NewSpan(UP, 5), 5) == Advance(None, (NewSpan(UP, 5),))


def test_the_same_status_goes_on():
    assert advance(OpenSpan(UP, 0), 20, NewSpan(UP, 10), 10) == GOES_ON


def test_an_outage_is_dated_from_its_first_failing_probe():
    new = NewSpan(DOWN, 10, None, Reason.TIMEOUT, "no answer")

    assert advance(OpenSpan(UP, 0), 30, new, 20) == Advance(10, (new,))


def test_back_dating_stops_at_the_start_of_the_open_span():
    change = advance(OpenSpan(UP, 15), 30, NewSpan(DOWN, 10), 20)

    assert change == Advance(15, (NewSpan(DOWN, 15),))


def test_a_gap_is_written_down_even_when_nothing_changed():
    change = advance(OpenSpan(UP, 0), 30, NewSpan(UP, 100), 100)

    assert change == Advance(30, (NewSpan(UNKNOWN, 30, 100, Reason.SILENT), NewSpan(UP, 100, None)))


def test_a_gap_lasts_until_something_is_known_again():
    silent = NewSpan(UNKNOWN, 30, None, Reason.SILENT)

    assert advance(OpenSpan(UP, 0), 30, NewSpan(UNKNOWN, 100), 100) == Advance(30, (silent,))
    open_gap = OpenSpan(UNKNOWN, 30, Reason.SILENT)
    assert advance(open_gap, 120, NewSpan(DOWN, 100), 110) == Advance(100, (NewSpan(DOWN, 100),))


def test_back_dating_never_crosses_a_gap():
    # The first failing probe was before the gap: the outage is known only from after it.
    change = advance(OpenSpan(UP, 0), 30, NewSpan(DOWN, 10), 100)

    assert change.spans[-1] == NewSpan(DOWN, 100)
    again = advance(OpenSpan(UNKNOWN, 0), 30, NewSpan(DOWN, 10), 100)
    assert again == Advance(100, (NewSpan(DOWN, 100),))


def test_the_first_probe_after_a_pause_ends_it_whatever_it_saw():
    change = advance(OpenSpan(UNKNOWN, 0, Reason.PAUSED), 200, NewSpan(UNKNOWN, 100), 100)

    assert change == Advance(100, (NewSpan(UNKNOWN, 100),))


def test_a_pause_begins_where_it_was_asked_for():
    paused = NewSpan(UNKNOWN, 50, None, Reason.PAUSED)
    gap = NewSpan(UNKNOWN, 30, 50, Reason.SILENT)

    assert pause(OpenSpan(UP, 0), 60, 50) == Advance(50, (paused,))
    assert pause(OpenSpan(UP, 0), 30, 50) == Advance(30, (gap, paused))
    assert pause(None, None, 50) == Advance(None, (paused,))
    assert pause(OpenSpan(UNKNOWN, 0, Reason.PAUSED), 30, 50) == GOES_ON


@dataclass
class Book:
    """A monitor's spans, kept as the database would keep them."""

    spans: list[NewSpan] = field(default_factory=list)
    run: Run = NEW_RUN
    reach: int | None = None
    probes: list[tuple[int, Status]] = field(default_factory=list)

    @property
    def open(self):
        last = self.spans[-1] if self.spans and self.spans[-1].to_at is None else None
        return last and OpenSpan(last.status, last.from_at, last.reason)

    def record(self, slot, observed, rule):
        run = self.run if self.reach is None else resume(self.run, self.reach, slot)
        self.run = run = confirm(run, observed, slot, rule)
        since = run.unknown_since if run.confirmed is UNKNOWN else run.since
        new = NewSpan(run.confirmed, slot if since is None else since)
        self.write(advance(self.open, self.reach, new, slot))
        self.reach = slot + REACH
        self.probes.append((slot, observed))

    def pause(self, at):
        self.write(pause(self.open, self.reach, at))
        self.run = NEW_RUN

    def write(self, change):
        if change.ends_at is not None:
            last = self.spans[-1]
            assert change.ends_at >= last.from_at
            self.spans[-1] = NewSpan(
                last.status, last.from_at, change.ends_at, last.reason, last.detail
            )
        self.spans += change.spans


steps = st.lists(
    st.tuples(st.sampled_from([3, 10, 10, 10, 20, 21, 57]), st.sampled_from("uuugd?p")),
    max_size=40,
)
STATUS = {"u": UP, "g": DEGRADED, "d": DOWN, "?": UNKNOWN}
rules = st.builds(Rule, st.integers(1, 3), st.integers(1, 3))


def a_book(steps, rule):
    book, at = Book(), 0
    for wait, letter in steps:
        at += wait
        if letter == "p":
            book.pause(at)
        else:
            book.record(at, STATUS[letter], rule)
    return book


@given(steps, rules)
def test_spans_follow_each_other_without_hole_or_overlap_and_only_the_last_is_open(steps, rule):
    spans = a_book(steps, rule).spans

    for earlier, later in itertools.pairwise(spans):
        assert earlier.to_at == later.from_at
        assert earlier.from_at <= earlier.to_at
    assert [span for span in spans[:-1] if span.to_at is None] == []
    assert not spans or spans[-1].to_at is None


@given(steps, rules)
def test_uptime_is_never_invented(steps, rule):
    """Of every moment that counts as up, down or degraded somebody had looked shortly before; and
    a stretch of up begins with a probe that was up, a stretch of trouble with one that was not."""
    book = a_book(steps, rule)
    seen = dict(book.probes)
    for span in book.spans:
        if span.status is UNKNOWN or span.from_at == span.to_at:
            continue
        end = book.reach if span.to_at is None else span.to_at
        looks = [slot for slot in seen if span.from_at <= slot < end]
        assert looks[0] == span.from_at
        for look, following in zip(looks, [*looks[1:], end], strict=True):
            assert following - look <= REACH
        assert (seen[span.from_at] is UP) == (span.status is UP)


@given(steps, rules)
def test_no_stretch_nobody_watched_counts_as_anything(steps, rule):
    book = a_book(steps, rule)
    slots = [slot for slot, _ in book.probes]
    for earlier, later in itertools.pairwise(slots):
        for moment in range(earlier + REACH, later):
            [there] = [
                span
                for span in book.spans
                if span.from_at <= moment and (span.to_at is None or moment < span.to_at)
            ] or [NewSpan(UNKNOWN, 0)]
            assert there.status is UNKNOWN


@pytest.mark.parametrize("status", [UP, DOWN])
def test_a_gap_of_one_millisecond_is_a_gap(status):
    assert advance(OpenSpan(status, 0), 20, NewSpan(status, 20), 20) == GOES_ON
    assert advance(OpenSpan(status, 0), 20, NewSpan(status, 21), 21) != GOES_ON
