"""What checks of some kinds need besides the network: one question for all of a claim."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.quorum import quorum
from kener.core.status import Status
from kener.store._among import MANY
from kener.store.tables import Heartbeat, Monitor, Observation, PushedStatus


class Member(NamedTuple):
    """A monitor as the groups above it see it; unknown when nobody looked lately."""

    id: int
    name: str
    hidden: bool
    paused: bool
    status: Status


def last_pings(session: Session, ids: Collection[int]) -> Mapping[int, Any]:
    """The last reports of heartbeats, by monitor id."""
    rows = session.execute(
        select(
            Heartbeat.monitor_id,
            Heartbeat.pinged_at,
            Heartbeat.failed,
            Heartbeat.message,
            Heartbeat.started_at,
            Heartbeat.running_since,
            Heartbeat.run_ms,
            Heartbeat.exit_code,
            Heartbeat.ping_ms,
            Heartbeat.note,
        ).where(Heartbeat.monitor_id.in_(ids))
    )
    return {row.monitor_id: row for row in rows}


def pushed_statuses(session: Session, ids: Collection[int]) -> Mapping[int, Any]:
    """What was said last of monitors that are told how they are, by monitor id."""
    rows = session.execute(
        select(
            PushedStatus.monitor_id,
            PushedStatus.status,
            PushedStatus.message,
            PushedStatus.pushed_at,
            PushedStatus.expires_at,
        ).where(PushedStatus.monitor_id.in_(ids))
    )
    return {row.monitor_id: row for row in rows}


def last_facts(
    session: Session, ids: Collection[int], location_id: int | None = None
) -> Mapping[int, tuple[dict[str, Any], Instant]]:
    """The facts of the newest probe of a location, or of any, and its slot, by monitor id."""
    question = select(Observation.monitor_id, Observation.facts, Observation.slot_at).where(
        Observation.monitor_id.in_(ids)
    )
    if location_id is not None:
        question = question.where(Observation.location_id == location_id)
    rows = session.execute(question.order_by(Observation.slot_at))
    return {row.monitor_id: (row.facts or {}, row.slot_at) for row in rows}


def members(session: Session, public_ids: Collection[str], now: Instant) -> dict[str, Member]:
    """Monitors by their public ids, as they are at an instant; those that are gone are missing."""
    wanted = list(public_ids)
    found: dict[str, Member] = {}
    for start in range(0, len(wanted), MANY):
        found |= _members(session, wanted[start : start + MANY], now)
    return found


def _members(session: Session, wanted: Collection[str], now: Instant) -> dict[str, Member]:
    rows = session.execute(
        select(
            Monitor.public_id,
            Monitor.id,
            Monitor.name,
            Monitor.hidden,
            Monitor.paused,
            Observation.confirmed,
            Observation.observed_until,
        )
        .outerjoin(Observation, Observation.monitor_id == Monitor.id)
        .where(Monitor.public_id.in_(wanted))
    )
    own: dict[str, Any] = {}
    votes: dict[str, list[Status]] = defaultdict(list)
    for row in rows:
        own[row.public_id] = row
        if row.observed_until is not None and now < row.observed_until:
            votes[row.public_id].append(row.confirmed)
    return {
        key: Member(row.id, row.name, row.hidden, row.paused, quorum(votes[key]))
        for key, row in own.items()
    }
