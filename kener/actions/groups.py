"""How groups follow their members: judged where the members' changes are recorded."""

import logging
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from sqlalchemy.orm import Session

from kener.actions.needs import member_status
from kener.checks import MemberStatus
from kener.checks.group import GroupCheck
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store import claims, groups, needs
from kener.store.monitors import schedules_of

log = logging.getLogger(__name__)


class Change(NamedTuple):
    """The confirmed status of a monitor changed, and since when it is what it is now."""

    before: Status
    after: Status
    at: Instant


class Judged(NamedTuple):
    """A group's outcome. `since` is the change of a member that made it so, if one did; `moved`
    when any member changed."""

    outcome: Outcome
    since: Instant | None
    moved: bool


def judge(
    session: Session, changes: Mapping[int, Change], asked: Collection[int], now: Instant
) -> dict[int, Judged]:
    """Groups that are asked for, and all above what changed, by monitor id: each once, those
    inside others first. What changed must have been written. Paused groups, and those that cannot
    be read, are left out."""
    ids = groups.groups_above(session, {*changes, *asked}) | set(asked)
    if not ids:
        return {}
    rows = {row.public_id: row for row in groups.group_rows(session, ids)}
    checks = {row.public_id: check for row in rows.values() if (check := _check(row))}
    named = {each for check in checks.values() for each in check.members}
    members = needs.members(session, named | set(checks), now)
    changed, found = dict(changes), {}
    for public_id in _inside_out(checks):
        row, known = rows[public_id], _known(checks[public_id], members)
        moved = [changed[each.id] for each in known.values() if each.id in changed]
        if row.paused or not (moved or row.id in asked):
            continue
        outcome, since = _outcome(checks[public_id], known, changed)
        found[row.id] = Judged(outcome, since, bool(moved))
        before = members[public_id]
        members[public_id] = before._replace(status=outcome.status)
        if before.status is not outcome.status:
            at = now if since is None else since
            changed[row.id] = Change(before.status, outcome.status, at)
    return found


def wake(session: Session, above: Collection[int], now: Instant) -> None:
    """Let groups look at their members soon: one of them is not watched any more, or again."""
    if above:
        places = schedules_of(session, list(above))
        claims.add_slots(session, [(group, place, now) for group, place in places])


def _check(row: object) -> GroupCheck | None:
    try:
        return GroupCheck.parse(row.settings)  # type: ignore[attr-defined]
    except Invalid:
        return None  # its own probe says so


def _inside_out(checks: Mapping[str, GroupCheck]) -> list[str]:
    """Groups after those that they contain."""
    graph = {
        key: [each for each in check.members if each in checks] for key, check in checks.items()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:
        # Nobody can save such groups; should they be there all the same, the others must go on.
        log.error("groups contain each other: %s", ", ".join(sorted(graph)))  # noqa: TRY400
        return []


def _known(check: GroupCheck, members: Mapping[str, needs.Member]) -> dict[str, needs.Member]:
    return {each: members[each] for each in check.members if each in members}


def _outcome(
    check: GroupCheck, known: Mapping[str, needs.Member], changed: Mapping[int, Change]
) -> tuple[Outcome, Instant | None]:
    found: dict[str, MemberStatus] = {key: member_status(each) for key, each in known.items()}
    outcome = check.judge(found)
    watched = {each.id: each.status for each in known.values() if not each.paused}
    moves = {key: change for key, change in changed.items() if key in watched}
    return outcome, _since(check, watched, moves, outcome.status)


def _since(
    check: GroupCheck,
    now: Mapping[int, Status],
    moves: Mapping[int, Change],
    final: Status,
) -> Instant | None:
    """When the members' changes, one after the other, made the group what it is. None when it was
    that before them."""
    statuses = dict(now) | {key: change.before for key, change in moves.items()}
    held, since = check.roll_up(list(statuses.values())) is final, None
    for key, change in sorted(moves.items(), key=lambda each: each[1].at):
        statuses[key] = now[key]
        if check.roll_up(list(statuses.values())) is not final:
            held = False
        elif not held:
            held, since = True, change.at
    return since
