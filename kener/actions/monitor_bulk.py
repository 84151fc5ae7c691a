"""One thing done to many monitors: in one transaction, and in a number of statements that does not
grow with them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Problem, one_of, read
from kener.actions.groups import wake
from kener.actions.monitor_search import MonitorFilter, matching
from kener.actions.monitors import PAUSED, due_now
from kener.actions.pausing import begin_pauses, end_pauses, reschedule
from kener.actions.publishing import mark_dirty
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.store import recording
from kener.store.groups import groups_above
from kener.store.incidents import monitors_named
from kener.store.tables import (
    Heartbeat,
    Incident,
    IncidentMonitor,
    Maintenance,
    MaintenanceMonitor,
    Monitor,
)
from kener.store.visibility import seen

MOST_NAMED = 500
MOST_FOUND = 5000
"""Monitors that a filter may fit: nothing is recorded while they are changed."""
MOST_TAGS = 20


class Action(StrEnum):
    """What can be done to many."""

    PAUSE = "pause"
    RESUME = "resume"
    CHECK = "check"
    TAG = "tag"
    UNTAG = "untag"
    DELETE = "delete"


TAGGING = frozenset({Action.TAG, Action.UNTAG})


def _without_comma(tag: str) -> str:
    if "," in tag:
        raise ValueError("must not contain commas")
    return tag


Name = Annotated[Line, Field(min_length=1, max_length=60)]
Tag = Annotated[Line, Field(min_length=1, max_length=40), AfterValidator(_without_comma)]


class BulkFields(Fields):
    """What to do, and to which: named by ids or slugs, or all that a filter fits. `tags` are for
    (un)tagging."""

    action: Annotated[Action, one_of(Action)]
    ids: Annotated[list[Name], Field(min_length=1, max_length=MOST_NAMED)] | None = None
    filter: MonitorFilter | None = None
    tags: Annotated[list[Tag], Field(min_length=1, max_length=MOST_TAGS)] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one was left as it is; `name` is what the asker called it."""

    name: str
    code: str
    message: str


@dataclass(slots=True)
class Done:
    """What became of each: changed, already as wanted, or refused. `asked_as` are the names by
    which monitors were asked for, by their number."""

    changed: list[Monitor] = field(default_factory=list)
    unchanged: list[Monitor] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    asked_as: dict[int, str] = field(default_factory=dict)

    def refuse(self, monitor: Monitor, code: str, message: str) -> None:
        """Leave one as it is, by the name that the asker gave it, if he gave any."""
        name = self.asked_as.get(monitor.id, monitor.public_id)
        self.refused.append(Refusal(name, code, message))


def read_bulk(given: Mapping[str, Any], *, exact: bool = False) -> BulkFields:
    """What is wanted; Invalid names every bad field."""
    fields = read(BulkFields, given, exact=exact)
    problems: dict[str, str] = {}
    if fields.ids is None and fields.filter is None:
        problems["ids"] = Problem("is needed, or a filter", "required")
    if fields.ids is not None and fields.filter is not None:
        problems["filter"] = Problem("give either this or ids")
    elif fields.filter is not None and fields.filter.is_empty:
        problems["filter"] = Problem("must say something: an empty one would fit every monitor")
    if fields.action in TAGGING and fields.tags is None:
        problems["tags"] = Problem("is needed", "required")
    if fields.action not in TAGGING and fields.tags is not None:
        problems["tags"] = Problem("is only for tag and untag")
    if problems:
        raise Invalid(problems)
    return fields


def change_many(session: Session, wanted: BulkFields, now: Instant) -> Done:
    """Do it to all that it can be done to; the others are told of. Nothing of it is seen by anybody
    before the commit, and all of it afterwards.

    The session must have begun as a writer. Invalid when a filter fits more than `MOST_FOUND`.
    """
    recording.alone(session)
    done = Done()
    monitors = _chosen(session, wanted, now, done)
    _DO[wanted.action](session, monitors, wanted, now, done)
    if done.changed and wanted.action is not Action.CHECK:
        mark_dirty(session)
    return done


def _chosen(session: Session, wanted: BulkFields, now: Instant, done: Done) -> list[Monitor]:
    """In the order of their making, each once."""
    if wanted.filter is not None:
        fitting = matching(session, wanted.filter, now)
        if len(fitting) > MOST_FOUND:
            text = f"fits {len(fitting)} monitors; at most {MOST_FOUND} are changed at once"
            raise Invalid({"filter": Problem(text)})
        return fitting
    names = dict.fromkeys(wanted.ids or ())
    known = monitors_named(session, list(names))
    done.refused += [
        Refusal(name, "not_found", f"There is no monitor {name!r}.")
        for name in names
        if name not in known
    ]
    found = {name: known[name] for name in names if name in known}
    done.asked_as = {each.id: name for name, each in reversed(found.items())}
    return sorted(set(found.values()), key=lambda each: each.id)


def _pause(
    session: Session, monitors: Sequence[Monitor], _wanted: BulkFields, now: Instant, done: Done
) -> None:
    done.changed = [each for each in monitors if not each.paused]
    done.unchanged = [each for each in monitors if each.paused]
    for each in done.changed:
        each.paused = True
        _touch(each, now)
    if done.changed:
        begin_pauses(session, done.changed, now)
        reschedule(session, done.changed, now)


def _resume(
    session: Session, monitors: Sequence[Monitor], _wanted: BulkFields, now: Instant, done: Done
) -> None:
    done.changed = [each for each in monitors if each.paused]
    done.unchanged = [each for each in monitors if not each.paused]
    for each in done.changed:
        each.paused = False
        _touch(each, now)
    if done.changed:
        end_pauses(session, done.changed, now)
        reschedule(session, done.changed, now)


def _check(
    session: Session, monitors: Sequence[Monitor], _wanted: BulkFields, now: Instant, done: Done
) -> None:
    done.changed = [each for each in monitors if not each.paused]
    for each in monitors:
        if each.paused:
            done.refuse(each, "paused", PAUSED)
    due_now(session, done.changed, now)


def _tag(
    session: Session, monitors: Sequence[Monitor], wanted: BulkFields, now: Instant, done: Done
) -> None:
    """Changed like any other field: with a new version, and looked at again."""
    for each in monitors:
        tags = _tags(each, wanted)
        if tags == each.tags:
            done.unchanged.append(each)
        elif len(tags) > MOST_TAGS:
            text = f"It would have {len(tags)} tags; at most {MOST_TAGS} are possible."
            done.refuse(each, "too_many_tags", text)
        else:
            each.tags = tags
            _touch(each, now)
            done.changed.append(each)
    session.flush()
    due_now(session, done.changed, now)


def _touch(monitor: Monitor, now: Instant) -> None:
    monitor.version += 1
    monitor.updated_at = now


def _tags(monitor: Monitor, wanted: BulkFields) -> list[str]:
    given = wanted.tags or []
    if wanted.action is Action.TAG:
        return list(dict.fromkeys([*monitor.tags, *given]))
    return [each for each in monitor.tags if each not in given]


def _delete(
    session: Session, monitors: Sequence[Monitor], _wanted: BulkFields, now: Instant, done: Done
) -> None:
    ids = {each.id for each in monitors}
    # Whoever receives a heartbeat holds its row and then asks for the schedule's: so do we.
    session.execute(
        select(Heartbeat.monitor_id)
        .where(Heartbeat.monitor_id.in_(ids))
        .order_by(Heartbeat.monitor_id)
        .with_for_update()
    ).all()
    incidents = _told_to_nobody(session, ids, IncidentMonitor.incident_id, IncidentMonitor)
    session.execute(_plain(delete(Incident).where(Incident.id.in_(incidents))))
    planned = _told_to_nobody(session, ids, MaintenanceMonitor.maintenance_id, MaintenanceMonitor)
    session.execute(_plain(delete(Maintenance).where(Maintenance.id.in_(planned))))
    above = groups_above(session, ids) - ids
    session.execute(_plain(delete(Monitor).where(Monitor.id.in_(ids))))
    for each in monitors:
        session.expunge(each)
    wake(session, above, now)
    done.changed = list(monitors)


def _told_to_nobody(session: Session, ids: set[int], key: Any, affected: Any) -> list[int]:
    """The incidents, or maintenance, that speak of nothing but these, which no visitor sees:
    without any monitor they would be for everybody to read. `affected` says of what each speaks,
    and its `key` names it."""
    spoken_of = select(key).where(affected.monitor_id.in_(ids))
    rows = session.execute(
        select(key, Monitor.id, seen())
        .join(Monitor, Monitor.id == affected.monitor_id)
        .where(key.in_(spoken_of))
    )
    found: dict[int, bool] = defaultdict(lambda: True)
    for row_id, monitor_id, is_seen in rows:
        found[row_id] &= not is_seen and monitor_id in ids
    return [key for key, is_untold in found.items() if is_untold]


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


_Do = Callable[[Session, Sequence[Monitor], BulkFields, Instant, Done], None]
_DO: dict[Action, _Do] = {
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.CHECK: _check,
    Action.TAG: _tag,
    Action.UNTAG: _tag,
    Action.DELETE: _delete,
}
