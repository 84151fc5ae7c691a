"""Who is in a group: what is saved names monitors that exist, and no group is inside itself."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.core.errors import Invalid
from kener.store.groups import groups_above
from kener.store.incidents import monitors_named
from kener.store.tables import GroupMember, Monitor

KIND = "group"
FIELD = "members"


def with_members(
    session: Session, kind: str, settings: dict[str, Any], stored: Monitor | None
) -> dict[str, Any]:
    """Settings whose members are public ids, each once; those of other kinds stay as they are.

    Stored members that were deleted meanwhile are left out. Invalid names each other one that is
    not there, and each that would put the group inside itself.
    """
    if kind != KIND:
        return settings
    known = monitors_named(session, settings[FIELD])
    gone = set() if stored is None else set(stored.settings.get(FIELD, ()))
    above = set() if stored is None else groups_above(session, [stored.id]) | {stored.id}
    problems: dict[str, str] = {}
    found: dict[str, None] = {}
    for index, name in enumerate(settings[FIELD]):
        monitor = known.get(name)
        if monitor is not None and monitor.id not in above:
            found[monitor.public_id] = None
        elif monitor is not None:
            text = "would put the group inside itself"
            problems[f"settings.{FIELD}.{index}"] = Problem(text, "cycle")
        elif name not in gone:
            text = "there is no such monitor"
            problems[f"settings.{FIELD}.{index}"] = Problem(text, "not_found")
    if problems:
        raise Invalid(problems)
    return settings | {FIELD: list(found)}


def keep_members(session: Session, monitor: Monitor) -> None:
    """Write down whom a group watches, to be found from below; nobody when it is no group now."""
    wanted = _ids(session, monitor.settings) if monitor.kind == KIND else set[int]()
    mine = GroupMember.group_id == monitor.id
    known = set(session.scalars(select(GroupMember.member_id).where(mine)))
    if gone := known - wanted:
        session.execute(delete(GroupMember).where(mine, GroupMember.member_id.in_(gone)))
    if new := wanted - known:
        rows = [{"group_id": monitor.id, "member_id": each} for each in sorted(new)]
        session.execute(insert(GroupMember), rows)


def _ids(session: Session, settings: Mapping[str, Any]) -> set[int]:
    names = list(settings.get(FIELD, ()))
    return set(session.scalars(select(Monitor.id).where(Monitor.public_id.in_(names))))
