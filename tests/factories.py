"""Rows for tests: each function builds one with sensible values, adds it, and flushes it."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from kener.core.instant import HOUR, Instant, as_datetime, parse_iso
from kener.core.status import Impact, Status
from kener.core.windows import WindowStatus
from kener.store.tables import (
    Base,
    Incident,
    IncidentMonitor,
    Location,
    Maintenance,
    MaintenanceMonitor,
    Member,
    Monitor,
    Page,
    Schedule,
    Section,
    SectionMonitor,
    Span,
    Target,
    Update,
    Webhook,
    Window,
)
from kener.store.tables.incidents import Phase

NOW: Instant = parse_iso("2026-03-10T12:00:00Z")
"""A Tuesday noon on which nothing special happens to any clock."""

_numbers = count(1)


def add(session: Session, row: Base) -> Any:
    """Write a row at once, so that it has its number."""
    session.add(row)
    session.flush()
    return row


def the_location(session: Session) -> Location:
    """The one location every new database has."""
    return session.query(Location).filter_by(name="default").one()


def a_monitor(session: Session, *, due_at: Instant | None = None, **given: Any) -> Monitor:
    """A TCP monitor with its schedule at the default location, due at `due_at` (now if None)."""
    number = next(_numbers)
    own = {
        "public_id": f"mon{number:07}",
        "slug": f"monitor-{number}",
        "name": f"Monitor {number}",
        "kind": "tcp",
        "settings": {"host": "127.0.0.1", "port": 9},
        "created_at": NOW,
        "updated_at": NOW,
    }
    monitor = add(session, Monitor(**own | given))
    due = None if monitor.paused else NOW if due_at is None else due_at
    add(
        session,
        Schedule(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            due_at=due,
            regular_at=due,
            interval_ms=0 if monitor.cron else monitor.interval * 1000,
        ),
    )
    return monitor


def a_span(session: Session, monitor: Monitor, status: Status, from_at: Instant, **given) -> Span:
    """A stretch of one status; open unless `to_at` is given."""
    return add(session, Span(monitor_id=monitor.id, status=status, from_at=from_at, **given))


def an_incident(
    session: Session, *affected: tuple[Monitor, Status], message: str = "We look into it.", **given
) -> Incident:
    """An open incident with one update; `affected` are pairs of monitor and what it says of it."""
    own = {
        "public_id": f"inc{next(_numbers):07}",
        "title": "Errors at the checkout",
        "status": Phase.INVESTIGATING,
        "impact": Impact.MAJOR,
        "started_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    incident = Incident(**own | given)
    incident.updates.append(Update(status=incident.status, message=message, at=NOW))
    for monitor, status in affected:
        incident.affected.append(IncidentMonitor(monitor_id=monitor.id, impact=status))
    return add(session, incident)


def a_window(
    session: Session,
    *affected: tuple[Monitor, Status],
    starts_at: Instant = NOW,
    ends_at: Instant = NOW + HOUR,
    told: WindowStatus = WindowStatus.SCHEDULED,
    **given: Any,
) -> Window:
    """The one window of maintenance that takes place once; `affected` are pairs of monitor and
    what it says of it, `given` is of the maintenance."""
    number = next(_numbers)
    own = {
        "public_id": f"mnt{number:07}",
        "title": "Database upgrade",
        "starts": as_datetime(starts_at).replace(tzinfo=None).isoformat(timespec="seconds"),
        "duration": (ends_at - starts_at) // 60_000,
        "created_at": NOW,
        "updated_at": NOW,
    }
    maintenance = Maintenance(**own | given)
    for monitor, status in affected:
        maintenance.affected.append(MaintenanceMonitor(monitor_id=monitor.id, impact=status))
    window = Window(
        public_id=f"win{number:07}",
        maintenance=add(session, maintenance),
        original_at=starts_at,
        starts_at=starts_at,
        ends_at=ends_at,
        told=told,
    )
    return add(session, window)


def a_member(session: Session, **given: Any) -> Member:
    """The owner, with a password hash that fits no password."""
    own = {"email": f"owner{next(_numbers)}@example.org", "password_hash": "-", "created_at": NOW}
    return add(session, Member(**own | given))


def a_page(session: Session, *sections: tuple[str, list[Monitor]], **given: Any) -> Page:
    """A public page; `sections` are pairs of a name and the monitors in it."""
    number = next(_numbers)
    own = {
        "public_id": f"page{number:06}",
        "slug": f"page-{number}",
        "title": f"Page {number}",
        "created_at": NOW,
        "updated_at": NOW,
    }
    page = add(session, Page(**own | given))
    put_sections(session, page, *sections)
    return page


def put_sections(session: Session, page: Page, *sections: tuple[str, list[Monitor]]) -> None:
    """Sections for a page that has none; pairs of a name and the monitors in it."""
    for position, (name, monitors) in enumerate(sections):
        known_as = f"sec{next(_numbers):07}"
        row = Section(public_id=known_as, page_id=page.id, name=name, position=position)
        section = add(session, row)
        for place, monitor in enumerate(monitors):
            keys = {"page_id": page.id, "section_id": section.id, "monitor_id": monitor.id}
            add(session, SectionMonitor(**keys, position=place))


def a_webhook(session: Session, url: str, secret_sealed: str = "", **given: Any) -> Webhook:
    """A receiver of every event at `url`."""
    number = next(_numbers)
    own = {
        "public_id": f"hook{number:06}",
        "name": f"Receiver {number}",
        "url": url,
        "secret_sealed": secret_sealed,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return add(session, Webhook(**own | given))


def a_target(session: Session, **given: Any) -> Target:
    """A host of the default page, with settings that fit no kind."""
    own = {
        "public_id": f"target{next(_numbers):04}",
        "page_id": session.query(Page).filter_by(is_default=True).one().id,
        "name": "Bucket",
        "kind": "s3",
        "settings": {},
        "address": "",
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return add(session, Target(**own | given))
