"""Questions about planned work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.core.windows import WindowStatus
from kener.store.tables import Maintenance, MaintenanceMonitor, Monitor, Window

WHOLE = (selectinload(Maintenance.affected).joinedload(MaintenanceMonitor.monitor),)
"""All that a maintenance shows but its windows, in a fixed number of queries."""
_TAKES_PLACE = Window.told != WindowStatus.CANCELLED


@dataclass(frozen=True, slots=True)
class MaintenanceSlice:
    """Some rows of a list; `more` when others follow; `total` of all that were asked for."""

    rows: Sequence[Maintenance]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class WindowSlice:
    """The same of windows."""

    rows: Sequence[Window]
    more: bool
    total: int


def find_maintenance(session: Session, public_id: str) -> Maintenance:
    """The maintenance of a public id with its monitors; NotFound when there is none."""
    found = session.scalars(
        select(Maintenance).where(Maintenance.public_id == public_id).options(*WHOLE)
    ).first()
    if found is None:
        raise NotFound(f"There is no maintenance {public_id!r}.")
    return found


def find_window(session: Session, public_id: str) -> Window:
    """The window of a public id with its maintenance; NotFound when there is none."""
    found = session.scalars(
        select(Window)
        .where(Window.public_id == public_id)
        .options(joinedload(Window.maintenance).options(*WHOLE))
    ).first()
    if found is None:
        raise NotFound(f"There is no window {public_id!r}.")
    return found


def slice_of_maintenances(  # noqa: PLR0913 - each is a filter
    session: Session,
    before_id: int | None,
    limit: int,
    now: Instant,
    *,
    upcoming: bool | None = None,
    active: bool | None = None,
    past: bool | None = None,
    draft: bool | None = None,
    monitor: str = "",
) -> MaintenanceSlice:
    """Maintenance, what was planned last first, from after a key. Upcoming has a window ahead,
    active one that is open, past neither; `monitor` is an id or a slug."""
    ahead = _has(Window.starts_at > now)
    is_open = _has(and_(Window.starts_at <= now, Window.ends_at > now))
    wanted: list[ColumnElement[bool]] = [
        condition if answer else ~condition
        for condition, answer in (
            (ahead, upcoming),
            (is_open, active),
            (~or_(ahead, is_open), past),
            (Maintenance.draft.is_(True), draft),
        )
        if answer is not None
    ]
    if monitor:
        wanted.append(_about(monitor))
    total = session.scalar(select(func.count()).select_from(Maintenance).where(*wanted)) or 0
    rows = select(Maintenance).where(*wanted).options(*WHOLE)
    if before_id is not None:
        rows = rows.where(Maintenance.id < before_id)
    found = session.scalars(rows.order_by(Maintenance.id.desc()).limit(limit + 1)).all()
    return MaintenanceSlice(found[:limit], len(found) > limit, total)


def slice_of_windows(  # noqa: PLR0913 - where in the list, and a filter by the clock
    session: Session,
    maintenance: Maintenance,
    after: tuple[Instant, int] | None,
    limit: int,
    now: Instant,
    *,
    over: bool | None = None,
) -> WindowSlice:
    """Its windows, the earliest first, from after (`starts_at`, key) of the last one seen; `over`
    asks for those whose time has passed, or has not."""
    wanted = [Window.maintenance_id == maintenance.id]
    if over is not None:
        wanted.append(Window.ends_at <= now if over else Window.ends_at > now)
    total = session.scalar(select(func.count()).select_from(Window).where(*wanted)) or 0
    rows = select(Window).where(*wanted).options(joinedload(Window.maintenance))
    if after is not None:
        rows = rows.where(tuple_(Window.starts_at, Window.id) > after)
    found = session.scalars(rows.order_by(Window.starts_at, Window.id).limit(limit + 1)).all()
    return WindowSlice(found[:limit], len(found) > limit, total)


def next_windows(session: Session, ids: Collection[int], now: Instant) -> Mapping[int, Window]:
    """The open window of each maintenance, else the next one, by the maintenance's key; no key for
    one that has neither. One query."""
    first = (
        select(Window.maintenance_id, func.min(Window.starts_at).label("starts_at"))
        .where(Window.maintenance_id.in_(ids), Window.ends_at > now, _TAKES_PLACE)
        .group_by(Window.maintenance_id)
        .subquery()
    )
    same = and_(
        Window.maintenance_id == first.c.maintenance_id, Window.starts_at == first.c.starts_at
    )
    rows = session.scalars(select(Window).join(first, same).where(_TAKES_PLACE))
    return {each.maintenance_id: each for each in rows}


def public_windows(
    session: Session, shown: ColumnElement[bool], now: Instant, ahead: int, most: int
) -> list[Window]:
    """Windows that are open or begin within `ahead` ms, the earliest first and at most so many,
    of maintenance that those may read who see the monitors of a condition
    (`store.visibility.shown_on`): no drafts, and none that only speaks of others."""
    question = _public(shown).where(Window.ends_at > now, Window.starts_at <= now + ahead)
    return list(session.scalars(question.order_by(Window.starts_at, Window.id).limit(most)))


def public_windows_before(
    session: Session, shown: ColumnElement[bool], now: Instant, most: int
) -> list[Window]:
    """The same of windows that are over, the newest first."""
    question = _public(shown).where(Window.ends_at <= now)
    newest = Window.ends_at.desc(), Window.id.desc()
    return list(session.scalars(question.order_by(*newest).limit(most)))


def _public(shown: ColumnElement[bool]) -> Select[Window]:
    return (
        select(Window)
        .join(Maintenance, Maintenance.id == Window.maintenance_id)
        .where(_TAKES_PLACE, Maintenance.draft.is_(False), _is_public(shown))
        .options(joinedload(Window.maintenance).options(*WHOLE))
    )


def shown_monitors(maintenance: Maintenance, shown: Collection[int]) -> list[MaintenanceMonitor]:
    """What a maintenance says of the monitors with these keys, by name."""
    told = [each for each in maintenance.affected if each.monitor_id in shown]
    return sorted(told, key=lambda each: (each.monitor.name.casefold(), each.monitor_id))


def only_about(session: Session, monitor_id: int) -> list[Maintenance]:
    """The maintenance that speaks of this monitor and of no other."""
    of_it = select(MaintenanceMonitor.maintenance_id).where(
        MaintenanceMonitor.monitor_id == monitor_id
    )
    rows = session.scalars(select(Maintenance).where(Maintenance.id.in_(of_it)).options(*WHOLE))
    return [each for each in rows if len(each.affected) == 1]


def windows_wait(session: Session, now: Instant) -> bool:
    """Whether there is something to tell of a window."""
    return bool(session.scalar(select(exists().where(Window.turn_at <= now))))


def whose_turn(session: Session, now: Instant, most: int) -> Sequence[int]:
    """The keys of maintenance of which there is something to tell, in order and at most so many."""
    due = select(Window.maintenance_id).where(Window.turn_at <= now).distinct()
    return session.scalars(due.order_by(Window.maintenance_id).limit(most)).all()


def wants_more(session: Session, now: Instant) -> int | None:
    """The key of a maintenance that may need more windows; None when there is none."""
    due = select(Maintenance.id).where(Maintenance.more_at <= now)
    return session.scalar(due.order_by(Maintenance.id).limit(1))


def _has(when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Window.maintenance_id == Maintenance.id, _TAKES_PLACE, when)


def _about(monitor: str) -> ColumnElement[bool]:
    named = or_(Monitor.public_id == monitor, Monitor.slug == monitor)
    return (
        exists()
        .where(MaintenanceMonitor.maintenance_id == Maintenance.id)
        .where(MaintenanceMonitor.monitor_id == Monitor.id, named)
    )


def _is_public(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    named = exists().where(MaintenanceMonitor.maintenance_id == Maintenance.id)
    shown = (
        exists()
        .where(MaintenanceMonitor.maintenance_id == Maintenance.id)
        .where(MaintenanceMonitor.monitor_id == Monitor.id, seen)
    )
    return or_(~named, shown)
