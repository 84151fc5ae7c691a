"""What one recorded slot does to a monitor's history of spans."""

from dataclasses import dataclass

from kener.core.instant import Instant
from kener.core.outcome import Reason
from kener.core.status import Status


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """The span that has no end yet."""

    status: Status
    from_at: Instant
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class NewSpan:
    """A span to write, [from_at, to_at); the open one has no `to_at`."""

    status: Status
    from_at: Instant
    to_at: Instant | None = None
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """`ends_at` is where the open span ends (None: it goes on); then `spans` are written, in their
    order, of which only the last is open. End the old one in the database before writing the new:
    a monitor has at most one open span. One that ends where it began is void; readers skip it."""

    ends_at: Instant | None = None
    spans: tuple[NewSpan, ...] = ()


GOES_ON = Advance()


def advance(
    span: OpenSpan | None,
    observed_until: Instant | None,
    new: NewSpan,
    slot: Instant,
) -> Advance:
    """What to do with the open `span` when a slot was recorded.

    `new` is what holds now: the confirmed status, its reason and detail, and in `from_at` the slot
    of the first probe that said so (the run's `since`; `slot` itself if not known). Its back-dating
    reaches at most to the start of the open span, and never over a stretch in which nobody watched.
    `observed_until` is that of the slot recorded before this one, None if there is none.
    """
    if observed_until is not None and slot > observed_until:
        return _after_gap(span, observed_until, new, slot)
    if span is None:
        return GOES_ON if new.status is Status.UNKNOWN else Advance(None, (new,))
    if _same(span, new):
        return GOES_ON
    start = max(span.from_at, min(new.from_at, slot))
    return Advance(start, (_from(new, start),))


def pause(span: OpenSpan | None, observed_until: Instant | None, at: Instant) -> Advance:
    """What to do with the open span when the monitor is paused at `at`."""
    paused = NewSpan(Status.UNKNOWN, at, reason=Reason.PAUSED)
    return advance(span, observed_until, paused, at) if span else Advance(None, (paused,))


def _after_gap(
    span: OpenSpan | None, observed_until: Instant, new: NewSpan, slot: Instant
) -> Advance:
    start = new.from_at if observed_until <= new.from_at <= slot else slot
    if span is None:
        return GOES_ON if new.status is Status.UNKNOWN else Advance(None, (_from(new, start),))
    if span.status is Status.UNKNOWN:
        start = max(span.from_at, start)
        return GOES_ON if _same(span, new) else Advance(start, (_from(new, start),))
    # A span begun after the last recorded slot's worth ran out would be void, not negative.
    ends_at = max(span.from_at, min(observed_until, start))
    silent = NewSpan(Status.UNKNOWN, ends_at, None, Reason.SILENT)
    if new.status is Status.UNKNOWN and new.reason is not Reason.PAUSED:
        return Advance(ends_at, (silent,))
    start = max(start, ends_at)
    gap = NewSpan(Status.UNKNOWN, ends_at, start, Reason.SILENT)
    return Advance(ends_at, (gap, _from(new, start)) if ends_at < start else (_from(new, start),))


def _same(span: OpenSpan, new: NewSpan) -> bool:
    """Does the open span say the same? A pause is a state of its own among the unknown."""
    pauses = (span.reason is Reason.PAUSED) == (new.reason is Reason.PAUSED)
    return span.status is new.status and pauses


def _from(new: NewSpan, start: Instant) -> NewSpan:
    return NewSpan(new.status, start, None, new.reason, new.detail)
