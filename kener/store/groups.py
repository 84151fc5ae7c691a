"""Questions about groups: who is above whom, and what a group goes by."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.store.tables import GroupMember, Monitor


def groups_above(session: Session, ids: Collection[int]) -> set[int]:
    """Every group that these monitors are in, and the groups that those are in, and so on."""
    if not ids:
        return set()
    above = (
        select(GroupMember.group_id.label("id"))
        .where(GroupMember.member_id.in_(ids))
        .cte("above", recursive=True)
    )
    higher = select(GroupMember.group_id).join(above, GroupMember.member_id == above.c.id)
    return set(session.scalars(select(above.union(higher).c.id)))


def group_rows(session: Session, ids: Collection[int]) -> list[Any]:
    """Id, public id, settings and whether it is paused, of groups."""
    return list(
        session.execute(
            select(Monitor.id, Monitor.public_id, Monitor.settings, Monitor.paused).where(
                Monitor.id.in_(ids), Monitor.kind == "group"
            )
        )
    )
