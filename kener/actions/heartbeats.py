"""What targets report to us, and at which addresses."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.core.errors import Invalid, NotFound
from kener.core.instant import Instant
from kener.store import claims
from kener.store.monitors import places_of
from kener.store.secrets import SecretLost, seal, unseal
from kener.store.tables import Heartbeat, Monitor

KIND = "heartbeat"
FIELD = "push_token"
MESSAGE_BYTES = 10_000
LONGEST_PING = 24 * 3_600_000.0
"""Milliseconds; what a target says it measured and is more, or less than nothing, is left out."""
UNKNOWN = "No heartbeat has this address."


class Report(StrEnum):
    """What a job says: that it is done, that it begins, that it went wrong, or just something."""

    DONE = "done"
    START = "start"
    FAIL = "fail"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Said:
    """A report with all that came along: the first bytes of a body, and what is known besides."""

    report: Report
    body: bytes = b""
    exit_code: int | None = None
    ping_ms: float | None = None


def monitor_of(session: Session, token: str, *, pushes: bool = False) -> int:
    """The monitor whose address this is; NotFound for an unknown one. Only reads. With `pushes`
    the token that it had at Uptime Kuma is as good."""
    digest = _hash(token)
    mine = Heartbeat.token_hash == digest
    found = session.scalar(
        select(Heartbeat.monitor_id)
        .join(Monitor, Monitor.id == Heartbeat.monitor_id)
        .where(or_(mine, Heartbeat.push_hash == digest) if pushes else mine, Monitor.kind == KIND)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def receive(session: Session, monitor_id: int, said: Said, now: Instant) -> None:
    """Note a report, and have it judged at once: a missed heartbeat recovers within a second.

    Of the body the first 10 KB are kept. A start and a log are noted, but are no signs of life.
    Reports of a paused monitor are noted too, and judged when it is resumed. NotFound: deleted
    meanwhile.
    """
    row = session.scalar(
        select(Heartbeat)
        .where(Heartbeat.monitor_id == monitor_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(UNKNOWN)
    session.execute(
        update(Heartbeat).where(Heartbeat.monitor_id == monitor_id).values(_noted(row, said, now))
    )
    if said.report is not Report.LOG:
        claims.add_slots(
            session, [(monitor_id, place, now) for place in places_of(session, monitor_id)]
        )


def _noted(row: Heartbeat, said: Said, now: Instant) -> dict[str, Any]:
    message = said.body[:MESSAGE_BYTES].decode("utf-8", "replace").replace("\0", "")
    if said.report is Report.START:
        since = now if row.running_since is None else row.running_since
        return {"started_at": now, "running_since": since}
    if said.report is Report.LOG:
        return {"note": message}
    was_running = row.running_since is not None and row.started_at is not None
    return {
        "pinged_at": now,
        "failed": said.report is Report.FAIL,
        "message": message,
        "exit_code": said.exit_code,
        "ping_ms": _sane(said.ping_ms),
        "running_since": None,
        "run_ms": max(0, now - (row.started_at or now)) if was_running else None,
    }


def _sane(ping_ms: float | None) -> float | None:
    return ping_ms if ping_ms is not None and 0 < ping_ms <= LONGEST_PING else None


def give_address(session: Session, monitor: Monitor) -> None:
    """Let a heartbeat have its own address, the same for ever, and answer to its old token.

    Invalid when another one answers to that already. The monitor must be in the database.
    """
    row = session.get(Heartbeat, monitor.id)
    if monitor.kind != KIND:
        if row is not None:
            row.push_hash = None
        return
    if row is None:
        token = secrets.token_urlsafe(24)
        row = Heartbeat(monitor_id=monitor.id, token_hash=_hash(token), token_sealed=seal(token))
        session.add(row)
    try:
        pushed = unseal(monitor.settings[FIELD]) if monitor.settings.get(FIELD) else ""
    except SecretLost:
        return  # it answers to it all the same
    row.push_hash = _free_hash(session, monitor, pushed) if pushed else None
    session.flush()


def _free_hash(session: Session, monitor: Monitor, token: str) -> str:
    digest = _hash(token)
    taken = select(Heartbeat.monitor_id).where(
        or_(Heartbeat.token_hash == digest, Heartbeat.push_hash == digest),
        Heartbeat.monitor_id != monitor.id,
    )
    with session.no_autoflush:
        if session.scalar(taken.limit(1)) is not None:
            problem = Problem("is already used by another monitor", "taken")
            raise Invalid({f"settings.{FIELD}": problem})
    return digest


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
