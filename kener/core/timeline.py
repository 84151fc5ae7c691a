"""Stretches of time with one status each: cutting, filling, joining, and laying over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kener.core.instant import Instant
from kener.core.outcome import Reason
from kener.core.status import SEVERITY, Status, worst


@dataclass(frozen=True, slots=True)
class Stretch:
    """[from_at, to_at) with one status."""

    from_at: Instant
    to_at: Instant
    status: Status
    reason: Reason | None = None

    @property
    def length(self) -> int:
        """In ms."""
        return self.to_at - self.from_at


def cut(stretches: Iterable[Stretch], from_at: Instant, to_at: Instant) -> list[Stretch]:
    """What of the stretches lies in [from_at, to_at), in their order; empty ones are left out."""
    found = []
    for each in stretches:
        begin = max(each.from_at, from_at)
        end = min(each.to_at, to_at)
        if begin < end:
            whole = begin == each.from_at and end == each.to_at
            found.append(each if whole else Stretch(begin, end, each.status, each.reason))
    return found


def fill(stretches: Iterable[Stretch], from_at: Instant, to_at: Instant) -> list[Stretch]:
    """The whole of [from_at, to_at) without a hole: what no stretch covers is unknown.

    Stretches must not overlap; where they do nevertheless, the one that begins first stands.
    """
    filled: list[Stretch] = []
    at = from_at
    for each in sorted(cut(stretches, from_at, to_at), key=lambda each: each.from_at):
        if each.from_at > at:
            filled.append(Stretch(at, each.from_at, Status.UNKNOWN))
        if each.to_at > at:
            late = each.from_at < at
            filled.append(Stretch(at, each.to_at, each.status, each.reason) if late else each)
            at = each.to_at
    if at < to_at:
        filled.append(Stretch(at, to_at, Status.UNKNOWN))
    return filled


def merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same with neighbours joined that touch and say the same."""
    merged: list[Stretch] = []
    for each in stretches:
        last = merged[-1] if merged else None
        if last and (last.to_at, last.status, last.reason) == (
            each.from_at,
            each.status,
            each.reason,
        ):
            merged[-1] = Stretch(last.from_at, each.to_at, last.status, last.reason)
        else:
            merged.append(each)
    return merged


def displayed(confirmed: Status, impacts: Iterable[Status], *, in_window: bool = False) -> Status:
    """What is shown: maintenance inside a window, else the worse of confirmed and impacts.

    An impact of up changes nothing; where nothing is known, trouble that a human tells of counts.
    """
    if in_window:
        return Status.MAINTENANCE
    trouble = [each for each in impacts if each in SEVERITY and each is not Status.UP]
    return worst([confirmed, *trouble]) if trouble else confirmed


def overlay(
    base: Sequence[Stretch], impacts: Sequence[Stretch], windows: Sequence[Stretch]
) -> list[Stretch]:
    """The base with incidents' impacts and maintenance windows laid over it, neighbours joined.

    Covers exactly what the base covers. A reason stays where the base's status is the one shown.
    A window whose own status is not maintenance is laid over as an impact is.
    """
    if not impacts and not windows:
        return merge(base)
    return merge(piece for each in base for piece in _pieces(each, impacts, windows))


def _pieces(
    base: Stretch, impacts: Sequence[Stretch], windows: Sequence[Stretch]
) -> Iterable[Stretch]:
    impacts = cut(impacts, base.from_at, base.to_at)
    windows = cut(windows, base.from_at, base.to_at)
    laid = [*impacts, *windows]
    edges = sorted({base.from_at, base.to_at, *_starts(laid), *(each.to_at for each in laid)})
    for from_at, to_at in pairwise(edges):
        over = [each.status for each in laid if each.from_at <= from_at < each.to_at]
        status = displayed(base.status, over, in_window=Status.MAINTENANCE in over)
        reason = base.reason if status is base.status else None
        yield Stretch(from_at, to_at, status, reason)


def _starts(stretches: Iterable[Stretch]) -> Iterable[Instant]:
    return (each.from_at for each in stretches)
