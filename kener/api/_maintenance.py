"""What the API shows of planned work."""

from collections.abc import Sequence
from typing import Annotated, Any

from sqlalchemy.orm import Session

from kener.actions.fields import words_of
from kener.actions.maintenance_fields import IMPACTS, WORD_OF_IMPACT, MaintenanceFields
from kener.actions.windows import WindowFields
from kener.api._shapes import Moment, Named, Shown, VersionedChange
from kener.core.instant import Instant, iso, iso_or_none
from kener.core.windows import WindowStatus, status_at
from kener.store.maintenances import next_windows
from kener.store.tables import Maintenance, Window


class PlannedDocument(Named):
    """A monitor, and what it is while a window lasts."""

    impact: Annotated[str, words_of(IMPACTS)]


class WindowDocument(Shown):
    """One occurrence of planned work."""

    id: str
    maintenance_id: str
    status: WindowStatus
    starts_at: Moment
    ends_at: Moment
    original_at: Moment
    """When it would begin by the rule."""
    edited: bool
    version: int


class WindowChange(VersionedChange, WindowFields):
    """When it is to begin or end."""


class MaintenanceDocument(Shown):
    """Planned work. `starts` is on the clocks of `time_zone`; minutes for `duration` and
    `reminders`."""

    id: str
    title: str
    message: str
    status: WindowStatus
    time_zone: str
    starts: str
    duration: int
    rrule: str | None
    exceptions: list[str]
    monitors: list[PlannedDocument]
    reminders: list[int]
    notify: bool
    draft: bool
    window: WindowDocument | None
    """The one that is open, or else the next."""
    cancelled_at: Moment | None
    version: int
    created_at: Moment
    updated_at: Moment


class MaintenanceChange(VersionedChange, MaintenanceFields):
    """Any fields of planned work."""


def documents(
    session: Session, maintenances: Sequence[Maintenance], now: Instant
) -> list[dict[str, Any]]:
    """All of them, in their order, for those who hold a key; the number of queries is fixed."""
    following = next_windows(session, [each.id for each in maintenances], now)
    return [_document(each, following.get(each.id), now) for each in maintenances]


def window_document(window: Window, now: Instant) -> dict[str, Any]:
    """One window."""
    return {
        "id": window.public_id,
        "maintenance_id": window.maintenance.public_id,
        "status": status_at(window.progress, now).value,
        "starts_at": iso(window.starts_at),
        "ends_at": iso(window.ends_at),
        "original_at": iso(window.original_at),
        "edited": window.edited,
        "version": window.version,
    }


def _document(maintenance: Maintenance, window: Window | None, now: Instant) -> dict[str, Any]:
    return {
        "id": maintenance.public_id,
        "title": maintenance.title,
        "message": maintenance.message,
        "status": _status(maintenance, window, now).value,
        "time_zone": maintenance.time_zone,
        "starts": maintenance.starts,
        "duration": maintenance.duration,
        "rrule": maintenance.rrule or None,
        "exceptions": maintenance.exceptions,
        "monitors": _affected(maintenance),
        "reminders": maintenance.reminders,
        "notify": maintenance.notify,
        "draft": maintenance.draft,
        "window": None if window is None else window_document(window, now),
        "cancelled_at": iso_or_none(maintenance.cancelled_at),
        "version": maintenance.version,
        "created_at": iso(maintenance.created_at),
        "updated_at": iso(maintenance.updated_at),
    }


def _status(maintenance: Maintenance, window: Window | None, now: Instant) -> WindowStatus:
    """That of its open window, else of the next; a rule whose next one lies very far goes on."""
    if maintenance.cancelled_at is not None:
        return WindowStatus.CANCELLED
    if window is not None:
        return status_at(window.progress, now)
    goes_on = maintenance.more_at is not None
    return WindowStatus.SCHEDULED if goes_on else WindowStatus.COMPLETED


def _affected(maintenance: Maintenance) -> list[dict[str, str]]:
    return [
        {
            "id": each.monitor.public_id,
            "slug": each.monitor.slug,
            "name": each.monitor.name,
            "impact": WORD_OF_IMPACT[each.impact],
        }
        for each in sorted(maintenance.affected, key=lambda each: each.monitor.name)
    ]
