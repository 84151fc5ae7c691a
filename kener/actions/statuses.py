"""Telling a monitor how it is."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Paragraph, Problem, read, words_of
from kener.actions.incident_fields import At
from kener.actions.monitors import PAUSED, latest
from kener.actions.results import Probed, record
from kener.checks import PushedStatus
from kener.checks.manual import judge
from kener.core.errors import Conflict, Invalid
from kener.core.instant import DAY, SECOND, Instant
from kener.core.status import Status
from kener.store import claims, recording, tables
from kener.store.monitors import places_of
from kener.store.tables import Monitor

KIND = "manual"
NOT_MANUAL = "This monitor is checked; only one of kind manual is told how it is."
LONGEST = 366 * DAY
PUSHED = (Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN)


def _observable(value: Any) -> Any:
    if value not in PUSHED:
        raise ValueError(f"must be one of {', '.join(PUSHED)}")
    return Status(value)


class StatusFields(Fields):
    """A status as somebody tells it. `expires_in` in seconds, or `expires_at` as ISO 8601; without
    both what the monitor's settings say, 0: until the next one."""

    status: Annotated[Status, BeforeValidator(_observable), words_of(PUSHED)]
    message: Annotated[Paragraph, Field(max_length=500)] = ""
    expires_in: Annotated[int, Field(ge=0, le=LONGEST // SECOND)] | None = None
    expires_at: At = None


def push_status(
    session: Session,
    monitor: Monitor,
    given: Mapping[str, Any],
    now: Instant,
    *,
    exact: bool = False,
) -> PushedStatus:
    """Set the status of a manual monitor: it is that at once, and so are the groups above it.

    The session must have begun as a writer. Conflict for another kind or a paused one; Invalid
    names every bad field.
    """
    fields = read(StatusFields, given, exact=exact)
    latest(session, monitor)
    if monitor.kind != KIND:
        raise Conflict(NOT_MANUAL)
    if monitor.paused:
        raise Conflict(PAUSED)
    pushed = PushedStatus(
        fields.status, " ".join(fields.message.split()), now, _expiry(fields, monitor, now)
    )
    _store(session, monitor, pushed)
    _record(session, monitor, pushed, now)
    return pushed


def _expiry(fields: StatusFields, monitor: Monitor, now: Instant) -> Instant | None:
    if fields.expires_at is None:
        seconds = fields.expires_in
        if seconds is None:
            seconds = monitor.settings.get("expires_in", 0)
        return now + seconds * SECOND if seconds else None
    if fields.expires_in is not None:
        raise Invalid({"expires_at": Problem("give either this or expires_in")})
    if not now < fields.expires_at <= now + LONGEST:
        raise Invalid({"expires_at": Problem("must be in the future, at most 366 days ahead")})
    return fields.expires_at


def _store(session: Session, monitor: Monitor, pushed: PushedStatus) -> None:
    session.merge(
        tables.PushedStatus(
            monitor_id=monitor.id,
            status=pushed.status,
            message=pushed.message,
            pushed_at=pushed.pushed_at,
            expires_at=pushed.expires_at,
        )
    )
    session.flush()


def _record(session: Session, monitor: Monitor, pushed: PushedStatus, now: Instant) -> None:
    """Recorded like a probe's outcome; then looked at again, which also undoes what a probe that
    had read the old status may still record."""
    seen = recording.watched(session, [monitor.id])[monitor.id].seen
    slot = max([now, *(each.slot_at + 1 for each in seen.values())])
    places = places_of(session, monitor.id)
    outcome = judge(pushed, now)
    record(session, [Probed(monitor.id, place, slot, outcome) for place in places], now)
    claims.add_slots(session, [(monitor.id, place, slot + 1) for place in places])
