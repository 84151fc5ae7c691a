"""What is said in an incident, one message after another, and what follows for it: the newest says
how it stands, and when it ended."""

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Problem
from kener.actions.incident_changes import last_message, latest, tell, touch
from kener.actions.incident_fields import (
    NOT_OVER,
    ONLY_AFTER,
    SLACK,
    At,
    Message,
    Step,
    note_promise,
    read_or_note,
)
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import Instant, iso
from kener.store.tables import Incident, Update
from kener.store.tables.incidents import Phase

LAST = "This is all that the incident says. Change it, or delete the whole incident."
STILL_DRAFT = "This incident is a draft. Publish it first, or change the message that it has."
GONE = "This update was deleted in the meantime."
NEW = sys.maxsize
"""In place of the number of a message that has none yet."""


class EditFields(Fields):
    """A dated message, and the step that the incident is at."""

    status: Step
    message: Message
    at: At = None
    notify: bool = True


class UpdateFields(EditFields):
    """The same, new; and by when the next one is promised."""

    next_update_by: At = None


class Said(NamedTuple):
    """A message in its place: the order of these is that of what was said."""

    at: Instant
    number: int
    status: Phase


def post_update(
    session: Session,
    incident: Incident,
    fields: Mapping[str, Any],
    now: Instant,
    *,
    exact: bool = False,
) -> Update:
    """Say more. The newest message's status is the incident's; `resolved` ends it, and anything
    but a postmortem after that opens it again. `at` dates it back. `next_update_by` holds until
    something newer is said. Invalid names bad fields; Conflict for a draft."""
    latest(session, incident)
    if incident.draft:
        raise Conflict(STILL_DRAFT)
    problems: dict[str, str] = {}
    given = read_or_note(UpdateFields, fields, problems, exact=exact)
    at = min(given.at or now, now)
    before, new = _said(incident), Said(at, NEW, given.status)
    _note_time(incident, given.at, now, problems)
    note_promise(given.next_update_by, now, problems)
    if given.next_update_by is not None and given.status.is_over:
        problems["next_update_by"] = Problem(NOT_OVER)
    _refuse(problems, [*before, new])
    was_over = incident.status.is_over
    update = Update(status=given.status, message=given.message, at=at)
    incident.updates.append(update)
    _settle(incident, before, [*before, new])
    if max([*before, new]) is new:
        incident.next_update_by = given.next_update_by
    _tell(session, incident, given.message, now, was_over=was_over, notify=given.notify)
    return update


def edit_update(  # noqa: PLR0913 - `exact` is an option of both doors
    session: Session,
    incident: Incident,
    update: Update,
    changes: Mapping[str, Any],
    now: Instant,
    *,
    exact: bool = False,
) -> Update:
    """Change the status, message or time of what was said; what is not named keeps its value.
    Invalid names bad fields; NotFound when it is gone."""
    _mine(session, incident, update)
    problems: dict[str, str] = {}
    stored = {"status": update.status, "message": update.message, "at": iso(update.at)}
    given = read_or_note(EditFields, {**stored, **changes}, problems, exact=exact)
    is_moved = given.at is not None and given.at != update.at
    at = min(given.at or now, now) if is_moved else update.at
    before = _said(incident)
    after = [
        Said(at, each.number, given.status) if each.number == update.id else each for each in before
    ]
    if is_moved:
        _note_time(incident, given.at, now, problems)
    _refuse(problems, after)
    was_over = incident.status.is_over
    update.status, update.message, update.at = given.status, given.message, at
    _settle(incident, before, after)
    _tell(session, incident, given.message, now, was_over=was_over, notify=given.notify)
    return update


def delete_update(
    session: Session, incident: Incident, update: Update, now: Instant, *, notify: bool = True
) -> None:
    """Take back what was said: the incident stands as the others say. Conflict when there is no
    other, or when a postmortem would follow nothing that is over."""
    _mine(session, incident, update)
    before = _said(incident)
    after = [each for each in before if each.number != update.id]
    if not after:
        raise Conflict(LAST)
    if not _is_sound(after):
        raise Conflict(f"Without this update the order would be wrong: {ONLY_AFTER}.")
    was_over = incident.status.is_over
    incident.updates.remove(update)
    _settle(incident, before, after)
    _tell(session, incident, last_message(incident), now, was_over=was_over, notify=notify)


def _mine(session: Session, incident: Incident, update: Update) -> None:
    latest(session, incident)
    if update not in incident.updates:
        raise NotFound(GONE)


def _said(incident: Incident) -> list[Said]:
    return [Said(each.at, each.id, each.status) for each in incident.updates]


def _note_time(
    incident: Incident, at: Instant | None, now: Instant, problems: dict[str, str]
) -> None:
    if at is None:
        return
    if incident.draft:
        problems["at"] = Problem("is set when the incident is published", "not_here")
    elif not incident.started_at <= at <= now + SLACK:
        problems["at"] = Problem("must lie between the incident's start and now")


def _refuse(problems: dict[str, str], said: Sequence[Said]) -> None:
    if not {"status", "at"} & set(problems) and not _is_sound(said):
        problems["status"] = Problem(ONLY_AFTER)
    if problems:
        raise Invalid(problems)


def _is_sound(said: Sequence[Said]) -> bool:
    """Whether every postmortem comes right after what ended the incident."""
    steps = [Phase.INVESTIGATING, *(each.status for each in sorted(said))]
    return all(before.is_over for before, each in pairwise(steps) if each is Phase.POSTMORTEM)


def _ended_at(said: Sequence[Said]) -> Instant | None:
    """When it ended: with the first of those messages at the end that say so."""
    ended = None
    for each in sorted(said):
        if not each.status.is_over:
            ended = None
        elif ended is None:
            ended = each.at
    return ended


def _settle(incident: Incident, before: Sequence[Said], after: Sequence[Said]) -> None:
    """Let the incident stand as its newest message says. An end that somebody wrote down by hand
    stays while the messages still tell of the same one."""
    incident.status = max(after).status
    ended = _ended_at(after)
    if incident.status.is_over:
        incident.next_update_by = None
    if incident.draft:
        incident.resolved_at = incident.resolved_at if incident.status.is_over else None
    elif ended != _ended_at(before):
        incident.resolved_at = None if ended is None else max(ended, incident.started_at)


def _tell(  # noqa: PLR0913 - as `tell`
    session: Session,
    incident: Incident,
    message: str,
    now: Instant,
    *,
    was_over: bool,
    notify: bool,
) -> None:
    touch(incident, now)
    is_over = incident.status.is_over and not was_over
    name = "incident.resolved" if is_over else "incident.updated"
    tell(session, name, incident, message, now, notify=notify)
    session.expire(incident, ["updates"])  # read again, in their order
