"""One occurrence of planned work: moved, made longer or shorter, or called off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Problem, read
from kener.actions.maintenance_fields import LONGEST, YEARS
from kener.actions.maintenance_windows import set_times
from kener.actions.maintenances import cancel_maintenance, latest
from kener.actions.planned_events import tell
from kener.actions.publishing import mark_dirty
from kener.actions.turns import tell_of
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import MINUTE, Instant, as_datetime, parse_iso
from kener.core.windows import WindowStatus, status_at
from kener.store.tables import Window

GONE = "This window was deleted in the meantime."
CHANGED = "Somebody else changed this window in the meantime. Look at it again, then save."
CANCELLED = "This window is cancelled."
OVER = "This window is over."
NOT_YET = "This window has not begun; cancel it or move it."


def _at(value: Any) -> Any:
    try:
        at = parse_iso(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a time with its zone, like 2026-01-31T10:30:00Z") from None
    if as_datetime(at).year not in YEARS:
        raise ValueError(f"must lie between the years {YEARS[0]} and {YEARS[-1]}")
    return at


class WindowFields(Fields):
    """When a window begins and ends, as ISO 8601 texts on the way in; None: as it is."""

    starts_at: Annotated[int, BeforeValidator(_at, json_schema_input_type=datetime)] | None = None
    ends_at: Annotated[int, BeforeValidator(_at, json_schema_input_type=datetime)] | None = None


class ExtendFields(Fields):
    """So many minutes more."""

    minutes: Annotated[int, Field(ge=1, le=LONGEST)]


def move_window(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    window: Window,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Window:
    """Let it take place at another time, whatever its rule says; with `starts_at` alone it stays as
    long as it is. One that is over may be moved too: history changes with it. Conflict when it is
    cancelled or `version` is old."""
    _latest(session, window, now)
    if version is not None and version != window.version:
        raise Conflict(CHANGED)
    fields = read(WindowFields, changes, exact=exact)
    starts_at = window.starts_at if fields.starts_at is None else fields.starts_at
    length = window.ends_at - window.starts_at
    ends_at = fields.ends_at
    if ends_at is None:
        ends_at = window.ends_at if fields.starts_at is None else starts_at + length
    if not 0 < ends_at - starts_at <= LONGEST * MINUTE:
        raise Invalid({"ends_at": Problem("must lie after starts_at, by at most 31 days")})
    return _change(session, window, starts_at, ends_at, now)


def extend_window(
    session: Session, window: Window, given: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Window:
    """Let it last `minutes` longer. Conflict when it is over or cancelled."""
    fields = read(ExtendFields, given, exact=exact)
    _latest(session, window, now)
    _refuse_over(window, now)
    ends_at = window.ends_at + fields.minutes * MINUTE
    if ends_at - window.starts_at > LONGEST * MINUTE:
        raise Invalid({"minutes": Problem("must not make it longer than 31 days")})
    return _change(session, window, window.starts_at, ends_at, now)


def finish_window(session: Session, window: Window, now: Instant) -> Window:
    """End it now. Conflict when it has not begun, is over or is cancelled."""
    _latest(session, window, now)
    _refuse_over(window, now)
    if now <= window.starts_at:
        raise Conflict(NOT_YET)
    window.edited = True
    set_times(window, window.maintenance, window.starts_at, now, now)
    tell_of(session, window, now)
    mark_dirty(session)
    return window


def cancel_window(session: Session, window: Window, now: Instant) -> Window:
    """Let it not take place: history says nothing of it, not even of what has passed of it. With
    its only window a maintenance is cancelled itself. Nothing happens to one that is cancelled
    already; Conflict when it is over."""
    _latest(session, window, now, cancelled_too=True)
    if window.told is WindowStatus.CANCELLED:
        return window
    _refuse_over(window, now)
    if not window.maintenance.rrule:
        cancel_maintenance(session, window.maintenance, now)
        return window
    window.told, window.turn_at = WindowStatus.CANCELLED, None
    window.version += 1
    session.flush()
    tell(session, "maintenance.cancelled", window.maintenance, window, now)
    mark_dirty(session)
    return window


def latest_window(session: Session, window: Window) -> None:
    """See it as it is now, with nobody else changing it; NotFound when it is gone."""
    latest(session, window.maintenance)
    try:
        session.refresh(window)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def _latest(session: Session, window: Window, now: Instant, *, cancelled_too: bool = False) -> None:
    """The same, and all told that was to be told."""
    latest_window(session, window)
    if window.told is WindowStatus.CANCELLED and not cancelled_too:
        raise Conflict(CANCELLED)
    tell_of(session, window, now)


def _refuse_over(window: Window, now: Instant) -> None:
    if status_at(window.progress, now) is WindowStatus.COMPLETED:
        raise Conflict(OVER)


def _change(
    session: Session, window: Window, starts_at: Instant, ends_at: Instant, now: Instant
) -> Window:
    if (starts_at, ends_at) == (window.starts_at, window.ends_at):
        return window
    window.edited = True
    set_times(window, window.maintenance, starts_at, ends_at, now)
    session.flush()
    tell(session, "maintenance.updated", window.maintenance, window, now)
    tell_of(session, window, now)
    mark_dirty(session)
    return window
