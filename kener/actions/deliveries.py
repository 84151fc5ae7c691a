"""From an event to a receiver who knows: one delivery each, tried until it is taken.

The two jobs of the outbox; what an attempt is stands in `attempts`.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kener.actions.attempts import (
    AT_ONCE,
    Clock,
    Parcel,
    Sent,
    attempt,
    claim_deliveries,
    give_up_hopeless,
    record_attempts,
)
from kener.actions.webhooks import message_id
from kener.channels.webhook import Reply, Way
from kener.config import Config
from kener.core.instant import SECOND, Instant
from kener.queue import later
from kener.store.engine import Database
from kener.store.tables import Delivery, Event, Webhook
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import all_webhooks, deliveries_wait, undispatched

log = logging.getLogger(__name__)

BATCH = 100
GLANCE = 0.5
"""Seconds after which we look for new work while attempts are under way."""
TAKES_ON = 60 * SECOND
"""One job takes on new work for so long, then leaves it to the next: RQ ends a job after 120 s."""


def dispatch_events(session: Session, now: Instant) -> int:
    """Make a delivery to each receiver who wants to know, for the oldest events; how many events.

    Two at once make no delivery twice. What is left after a batch, and the deliveries, are jobs
    for after the commit.
    """
    events = undispatched(session, BATCH)
    if not events:
        return 0
    rows = [
        _delivery(event, webhook, now)
        for webhook in all_webhooks(session)
        for event in events
        if webhook.enabled and (not webhook.events or event.name in webhook.events)
    ]
    if rows:
        _insert_new(session, rows)
        later(session, "kener.jobs.deliver")
    for event in events:
        event.dispatched_at = now
    session.flush()
    if len(events) == BATCH:
        later(session, "kener.jobs.dispatch")
    return len(events)


def deliver(
    database: Database,
    config: Config,
    now: Clock,
    *,
    way: Way | None = None,
    jitter: Callable[[], float] = random.random,
) -> int:
    """Send what is due until nothing is, or until the shift is over; how many attempts.

    A few threads send; this one alone speaks to the database. `way` is how requests leave, for
    tests; `jitter` gives numbers from 0 to 1.
    """
    way = way or Way(config.private_networks)
    give_up_hopeless(database, now())
    over, attempts, under_way = now() + TAKES_ON, 0, dict[Future[Sent], Parcel]()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        while True:
            busy = Counter(parcel.webhook_id for parcel in under_way.values())
            for parcel in claim_deliveries(database, now(), busy) if now() < over else ():
                under_way[pool.submit(attempt, parcel, way, now)] = parcel
            if not under_way:
                break
            done, _ = wait(under_way, GLANCE, FIRST_COMPLETED)
            record_attempts(
                database, [_result(each, under_way.pop(each), now) for each in done], now(), jitter
            )
            attempts += len(done)
    _leave_rest(database, now())
    return attempts


def _delivery(event: Event, webhook: Webhook, now: Instant) -> dict[str, Any]:
    return {
        "public_id": message_id(),
        "event_id": event.id,
        "webhook_id": webhook.id,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }


def _insert_new(session: Session, rows: list[dict[str, Any]]) -> None:
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name]
    once = dialect.insert(Delivery).on_conflict_do_nothing(
        index_elements=["event_id", "webhook_id"]
    )
    session.execute(once, rows)


def _result(future: Future[Sent], parcel: Parcel, now: Clock) -> Sent:
    try:
        return future.result()
    except Exception:  # a bug of ours with one parcel must not stop the others
        log.exception("an attempt at delivery %s failed", parcel.message.id)
        return Sent(parcel, now(), Reply(None, "an error inside Kener; see its log", 0))


def _leave_rest(database: Database, now: Instant) -> None:
    """What came due at the very end is the next job's."""
    with database.read() as session:
        if deliveries_wait(session, now):
            later(session, "kener.jobs.deliver")
            session.commit()
