"""The windows of planned work as rows: made ahead of their time, and made anew when it changes."""

from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.actions.maintenance_fields import FAR
from kener.actions.recurrence import occurrences
from kener.core.ids import public_id
from kener.core.instant import DAY, MINUTE, Instant
from kener.core.walltime import instant_of
from kener.core.windows import Progress, WindowStatus, next_turn, reminder_due, status_at
from kener.store.tables import Maintenance, Window

AHEAD = 100
"""Windows that are kept ready."""
HORIZON = 400 * DAY
"""How far ahead they may lie."""
AGAIN = DAY
"""How often a rule is asked for more."""
TO_BE_TOLD = {
    (WindowStatus.SCHEDULED, WindowStatus.IN_PROGRESS),
    (WindowStatus.IN_PROGRESS, WindowStatus.COMPLETED),
}
"""What was told last and what is so: the one follows from the other, and others wait to hear it."""


def fill_up(session: Session, maintenance: Maintenance, now: Instant) -> int:
    """Write down the windows that are missing, the one that is open among them; how many. A window
    that was moved or cancelled is not missing. Whoever calls holds the maintenance's row."""
    wanted = _wanted(maintenance, now)
    session.flush()
    known = session.scalars(
        select(Window.original_at).where(
            Window.maintenance_id == maintenance.id, Window.original_at.in_(wanted)
        )
    ).all()
    missing = [each for each in wanted if each not in set(known)]
    session.add_all(_a_window(maintenance, at, now) for at in missing)
    session.flush()
    return len(missing)


def make_anew(session: Session, maintenance: Maintenance, now: Instant, *, was_once: bool) -> None:
    """After its schedule has changed: windows to come are where it now says, but for those that
    were moved or cancelled by themselves and are still in it. What has begun stays as it was; the
    one window of what took place once goes along, whenever it is."""
    wanted = _wanted(maintenance, now)
    rows = session.scalars(select(Window).where(Window.maintenance_id == maintenance.id)).all()
    if was_once and not maintenance.rrule and len(rows) == 1:
        (only,) = rows
        only.original_at = wanted[0]
        only.edited = False
        set_times(only, maintenance, wanted[0], _end(maintenance, wanted[0]), now)
        return
    for each in rows:
        if each.starts_at <= now:
            continue
        if each.original_at not in wanted:
            session.delete(each)
        elif not each.edited and each.told is not WindowStatus.CANCELLED:
            at = each.original_at
            set_times(each, maintenance, at, _end(maintenance, at), now)
    fill_up(session, maintenance, now)


def set_times(
    window: Window, maintenance: Maintenance, starts_at: Instant, ends_at: Instant, now: Instant
) -> None:
    """Let a window take place then. Reminders that would have come already are not sent; what was
    told of it and is no longer so is told again when it is time."""
    if (window.starts_at, window.ends_at) != (starts_at, ends_at):
        window.version += 1
    window.starts_at, window.ends_at = starts_at, ends_at
    is_at = status_at(window.progress, now)
    if (window.told, is_at) not in TO_BE_TOLD:
        window.told = is_at
    rearm(window, maintenance, now)


def rearm(window: Window, maintenance: Maintenance, now: Instant) -> None:
    """Note when there is something to tell of it next, and which reminders would come too late."""
    window.reminded = reminder_due(window.progress, maintenance.reminders, now, anew=True)
    window.turn_at = turn_of(window, maintenance)


def turn_of(window: Window, maintenance: Maintenance) -> Instant | None:
    """When there is something to tell of a window next; of a draft there never is."""
    return None if maintenance.draft else next_turn(window.progress, maintenance.reminders)


def _wanted(maintenance: Maintenance, now: Instant) -> list[Instant]:
    """When its windows begin, of a rule those that are not over; and notes when to look again."""
    starts, zone = datetime.fromisoformat(maintenance.starts), maintenance.time_zone
    first = instant_of(starts, zone)
    if not maintenance.rrule:
        maintenance.more_at = None
        return [first]
    begin = max(now, first)
    every = occurrences(starts, zone, maintenance.rrule, maintenance.exceptions, begin + FAR)
    length = maintenance.duration * MINUTE
    left = list(islice((each for each in every if each + length > now), AHEAD + 1))
    wanted = [each for each in left[:AHEAD] if each <= begin + HORIZON]
    maintenance.more_at = now + AGAIN if len(wanted) < len(left) else None
    return wanted


def _a_window(maintenance: Maintenance, at: Instant, now: Instant) -> Window:
    end = _end(maintenance, at)
    told = status_at(Progress(at, end), now)
    window = Window(
        public_id=public_id(),
        maintenance=maintenance,
        original_at=at,
        starts_at=at,
        ends_at=end,
        # One that is over was nobody's news; one that has begun is about to be told of.
        told=told if told is WindowStatus.COMPLETED else WindowStatus.SCHEDULED,
        edited=False,
        version=1,
    )
    rearm(window, maintenance, now)
    return window


def _end(maintenance: Maintenance, at: Instant) -> Instant:
    return at + maintenance.duration * MINUTE
