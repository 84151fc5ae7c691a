"""What targets report to us."""

import hashlib
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kener.actions.monitors import check_now
from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.store.tables import Heartbeat, Monitor

KIND = "heartbeat"
MESSAGE_BYTES = 10_000
UNKNOWN = "No heartbeat has this address."


class Report(StrEnum):
    """What a job says: that it is done, that it begins, that it went wrong."""

    DONE = "done"
    START = "start"
    FAIL = "fail"


def monitor_of(session: Session, token: str) -> int:
    """The monitor whose address this is; NotFound for an unknown one. Only reads."""
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    found = session.scalar(
        select(Heartbeat.monitor_id)
        .join(Monitor, Monitor.id == Heartbeat.monitor_id)
        .where(Heartbeat.token_hash == digest, Monitor.kind == KIND)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def receive(session: Session, monitor_id: int, report: Report, body: bytes, now: Instant) -> None:
    """Note a report, and have it judged at once: a missed heartbeat recovers within a second.

    Of `body` the first 10 KB are kept. A start is noted, but is no sign of life. Reports of a
    paused monitor are noted too, and judged when it is resumed. NotFound: deleted meanwhile.
    """
    values: dict[str, object] = {"started_at": now}
    if report is not Report.START:
        message = body[:MESSAGE_BYTES].decode("utf-8", "replace").replace("\0", "")
        values = {"pinged_at": now, "failed": report is Report.FAIL, "message": message}
    monitor = session.get(Monitor, monitor_id, populate_existing=True)
    if monitor is None:
        raise NotFound(UNKNOWN)
    session.execute(update(Heartbeat).where(Heartbeat.monitor_id == monitor_id).values(**values))
    if report is not Report.START and not monitor.paused:
        check_now(session, monitor, now)
