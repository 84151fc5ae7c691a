"""Windows of maintenance as visitors see them: those that are open, and those of two weeks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kener.core.instant import DAY, Instant, iso
from kener.core.status import Status
from kener.store.maintenances import public_windows, public_windows_before, shown_monitors
from kener.store.tables import Page, Window
from kener.store.visibility import shown_on

AHEAD = 14 * DAY
MOST = 100
"""Windows that are read."""
LATEST = 50
"""Of those that are over."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a window says of a service that visitors may see."""

    public_id: str
    slug: str
    name: str
    impact: Status


@dataclass(frozen=True, slots=True)
class Planned:
    """A window, and what its maintenance tells of it. `public_id` is the window's."""

    public_id: str
    maintenance_id: str
    title: str
    message: str
    starts_at: Instant
    ends_at: Instant
    is_open: bool
    affected: Sequence[Touched]
    created_at: Instant
    updated_at: Instant
    version: int
    """Counts the changes of the window and of its maintenance."""


def planned_windows(
    session: Session, page: Page, shown: Collection[int], now: Instant
) -> tuple[Planned, ...]:
    """Windows that are open or begin within two weeks, the earliest first, as visitors of a page
    may read of them; `shown` are the keys of the monitors that they see."""
    rows = public_windows(session, shown_on(page), now, AHEAD, MOST)
    return tuple(_planned(each, shown, now) for each in rows)


def past_windows(
    session: Session, page: Page, shown: Collection[int], now: Instant
) -> tuple[Planned, ...]:
    """The newest windows that were over before `now`, the newest first."""
    rows = public_windows_before(session, shown_on(page), now, LATEST)
    return tuple(_planned(each, shown, now) for each in rows)


def next_of_each(planned: Iterable[Planned]) -> list[Planned]:
    """What the page shows: all that are open, and of each maintenance the next one."""
    seen: set[str] = set()
    shown = []
    for each in planned:
        if each.is_open or each.maintenance_id not in seen:
            shown.append(each)
        if not each.is_open:
            seen.add(each.maintenance_id)
    return shown


def planned_document(planned: Iterable[Planned]) -> dict[str, Any]:
    """The same for programs: `active` and `upcoming` windows."""
    every = list(planned)
    return {
        "active": [_document(each) for each in every if each.is_open],
        "upcoming": [_document(each) for each in every if not each.is_open],
    }


def _planned(window: Window, shown: Collection[int], now: Instant) -> Planned:
    about = window.maintenance
    return Planned(
        public_id=window.public_id,
        maintenance_id=about.public_id,
        title=about.title,
        message=about.message,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        is_open=window.starts_at <= now < window.ends_at,
        affected=tuple(
            Touched(each.monitor.public_id, each.monitor.slug, each.monitor.name, each.impact)
            for each in shown_monitors(about, shown)
        ),
        created_at=about.created_at,
        updated_at=about.updated_at,
        version=about.version + window.version,
    )


def _document(window: Planned) -> dict[str, Any]:
    return {
        "id": window.maintenance_id,
        "window_id": window.public_id,
        "title": window.title,
        "message": window.message,
        "status": "in_progress" if window.is_open else "scheduled",
        "starts_at": iso(window.starts_at),
        "ends_at": iso(window.ends_at),
        "monitors": [
            {
                "id": each.public_id,
                "slug": each.slug,
                "name": each.name,
                "impact": each.impact.value,
            }
            for each in window.affected
        ],
    }
