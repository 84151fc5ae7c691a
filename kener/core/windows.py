"""One occurrence of planned work: what it is at a time, and what is to be told of it next."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kener.core.instant import MINUTE, Instant


class WindowStatus(StrEnum):
    """A window begins and ends by the clock; only cancelling needs somebody."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far telling of a window, [starts_at, ends_at), has come: the status that was `told` last,
    and the shortest reminder (minutes before) that was sent or came too late to be sent."""

    starts_at: Instant
    ends_at: Instant
    told: WindowStatus = WindowStatus.SCHEDULED
    reminded: int | None = None


def status_at(progress: Progress, now: Instant) -> WindowStatus:
    """What a window is, whether or not anybody was told."""
    if progress.told is WindowStatus.CANCELLED:
        return WindowStatus.CANCELLED
    if now < progress.starts_at:
        return WindowStatus.SCHEDULED
    return WindowStatus.IN_PROGRESS if now < progress.ends_at else WindowStatus.COMPLETED


def reminder_due(
    progress: Progress, reminders: Iterable[int], now: Instant, *, anew: bool = False
) -> int | None:
    """The shortest reminder whose time has come and that was not sent, in minutes; None when there
    is none or the window has begun. `anew`: as if none had been sent."""
    if now >= progress.starts_at or progress.told is not WindowStatus.SCHEDULED:
        return None
    sent = None if anew else progress.reminded
    due = [
        each
        for each in reminders
        if progress.starts_at - each * MINUTE <= now and (sent is None or each < sent)
    ]
    return min(due, default=None)


def next_turn(progress: Progress, reminders: Iterable[int]) -> Instant | None:
    """When there is something to tell of it again: a reminder, its start or its end."""
    if progress.told is WindowStatus.IN_PROGRESS:
        return progress.ends_at
    if progress.told is not WindowStatus.SCHEDULED:
        return None
    left = [each for each in reminders if progress.reminded is None or each < progress.reminded]
    return progress.starts_at - max(left, default=0) * MINUTE
