"""When a monitor's status changes: its spans, and who is told."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from kener.actions.events import emit
from kener.actions.publishing import mark_dirty
from kener.core.instant import Instant, iso
from kener.core.spans import NewSpan, OpenSpan, advance
from kener.core.status import Status
from kener.store import recording
from kener.store.recording import Stay, Watched

NAMES = {
    Status.UP: "monitor.up",
    Status.DEGRADED: "monitor.degraded",
    Status.DOWN: "monitor.down",
}


class Transition(NamedTuple):
    """A monitor's open span ended, if it had one, and others begun, of which the last is open."""

    monitor: Watched
    ended: Stay | None
    begun: tuple[Stay, ...]


def follow(
    monitor: Watched, reach: Instant | None, new: NewSpan, slot: Instant
) -> Transition | None:
    """Hold the monitor's open span against what holds since `slot`; None when nothing changed.

    `reach` is how far the monitor counted as watched before this slot: None when it is new.
    """
    span = monitor.span
    if span and span.status is new.status and reach is not None and slot <= reach:
        return None  # nearly always: nothing else costs anything here
    opened = OpenSpan(span.status, span.from_at, span.reason) if span else None
    change = advance(opened, reach, new, slot)
    if change.ends_at is None and not change.spans:
        return None
    if span is not None:
        span.to_at = change.ends_at
    begun = tuple(
        Stay(each.status, each.from_at, each.reason, each.detail, each.to_at)
        for each in change.spans
    )
    monitor.span = begun[-1]
    return Transition(monitor, span, begun)


def announce(session: Session, transitions: Sequence[Transition], now: Instant) -> None:
    """Write transitions down, oldest first, and emit what others are to hear of."""
    if not transitions:
        return
    told = _told_before(session, transitions)
    recording.save_spans(session, list(_stays(transitions)))
    names = recording.names_of(session, {each.monitor.id for each in transitions})
    for monitor, _, begun in transitions:
        stay = begun[-1]
        if stay.status not in NAMES:
            continue  # that we do not know is no news of the target
        if stay.status is not told.get(monitor.id, Status.UP):
            _tell(session, names[monitor.id], stay, now)
        told[monitor.id] = stay.status
    mark_dirty(session)


def _told_before(session: Session, transitions: Iterable[Transition]) -> dict[int, Status]:
    """What others were told last, by monitor: over a gap it is the status before the gap. A new
    monitor is missing here and counts as up: that it is well is no news."""
    told: dict[int, Status] = {}
    unclear = set()
    for monitor, ended, _ in transitions:
        if monitor.id in told or monitor.id in unclear:
            continue
        if ended is not None and ended.status in NAMES:
            told[monitor.id] = ended.status
        else:
            unclear.add(monitor.id)
    return told | recording.last_known(session, unclear) if unclear else told


def _stays(transitions: Iterable[Transition]) -> Iterator[tuple[int, Stay]]:
    """Each span once, though one that began in this batch may have ended in it too."""
    seen = set()
    for monitor, ended, begun in transitions:
        for stay in (ended, *begun):
            if stay is not None and id(stay) not in seen:
                seen.add(id(stay))
                yield monitor.id, stay


def _tell(session: Session, monitor: Any, stay: Stay, now: Instant) -> None:
    data = {
        "monitor_id": monitor.public_id,
        "name": monitor.name,
        "slug": monitor.slug,
        "status": stay.status,
        "reason": stay.reason,
        "detail": stay.detail,
        "since": iso(stay.from_at),
    }
    emit(session, NAMES[stay.status], data, now)
