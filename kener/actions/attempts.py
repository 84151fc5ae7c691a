"""Attempts at deliveries: claimed, made, and written down.

The database holds the truth. A claim moves `next_attempt_at` to the end of a lease, so whatever
dies in between is tried again, under the same id. No transaction is open while we send.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from kener.channels.webhook import Message, Reply, Way, send
from kener.core.instant import HOUR, MINUTE, SECOND, Instant
from kener.store.engine import Database
from kener.store.secrets import SecretLost, unseal
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import PENDING, due, hopeless

WAITS = (
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    1 * HOUR,
    3 * HOUR,
    8 * HOUR,
    24 * HOUR,
)
"""After the first attempt, and after each that follows."""
MOST_ATTEMPTS = len(WAITS) + 1
JITTER = 0.1
"""A wait is up to so much longer, lest all receivers of one outage be tried in step."""
LEASE = 60 * SECOND
"""How long a claimed delivery is nobody else's: longer than any attempt takes."""
AT_ONCE = 8
EACH = 2
"""Attempts under way in one process: in all, and to one receiver."""
KEPT = 4096
GONE = 410

Clock = Callable[[], Instant]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery: `attempt` and `lease_until` prove the claim when its end is recorded."""

    delivery_id: int
    webhook_id: int
    attempt: int
    lease_until: Instant
    url: str
    secret_sealed: str
    message: Message


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt, when it began and what came of it."""

    parcel: Parcel
    at: Instant
    reply: Reply


def claim_deliveries(
    database: Database, now: Instant, busy: Mapping[int, int] | None = None
) -> list[Parcel]:
    """Take what is due, as far as there is room: `busy` counts attempts under way by webhook id.

    A look that finds nothing takes no write lock, and of several claims at once each delivery
    is in one only.
    """
    busy = busy or {}
    room = AT_ONCE - sum(busy.values())
    if room <= 0:
        return []
    full = [webhook_id for webhook_id, count in busy.items() if count >= EACH]
    with database.read() as session:
        found = due(session, now, AT_ONCE + room, EACH, full)
    ids = _that_fit(found, busy, room)
    if not ids:
        return []
    with database.write() as session:
        taken = session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(ids), PENDING, Delivery.next_attempt_at <= now)
            .values(next_attempt_at=now + LEASE, attempts=Delivery.attempts + 1)
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        ).all()
        return [_parcel(each) for each in _with_all(session, taken)]


def attempt(parcel: Parcel, way: Way, now: Clock) -> Sent:
    """Try once to hand a parcel over. Touches no database."""
    at = now()
    try:
        secret = unseal(parcel.secret_sealed)
    except SecretLost as lost:
        return Sent(parcel, at, Reply(None, lost.message, 0))
    return Sent(parcel, at, send(parcel.url, secret, parcel.message, at, way))


def record_attempts(
    database: Database, sent: Sequence[Sent], now: Instant, jitter: Callable[[], float]
) -> None:
    """Write down how attempts went and what follows from it. What was deleted meanwhile, or is
    somebody else's since our lease ended, is left alone; but 2xx is final whoever heard it."""
    if not sent:
        return
    with database.write() as session:
        found = {row.id: row for row in _locked(session, sent)}
        for each in sent:
            if each.parcel.delivery_id in found:
                _record(session, found[each.parcel.delivery_id], each, now, jitter())


def next_attempt(attempts: int, now: Instant, jitter: float) -> Instant | None:
    """When to try again after so many attempts; None when that was the last. `jitter` is 0 to 1."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + round(WAITS[attempts - 1] * (1 + JITTER * jitter))


def give_up_hopeless(database: Database, now: Instant) -> None:
    """End what is due but will not be sent: to receivers switched off, or killed at its last
    attempt."""
    condition = hopeless(now, MOST_ATTEMPTS)
    with database.read() as session:
        if session.scalar(select(Delivery.id).where(condition).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(
            update(Delivery)
            .where(condition)
            .values(state=DeliveryState.EXHAUSTED, finished_at=now)
            .execution_options(synchronize_session=False)
        )


def _that_fit(found: Sequence[tuple[int, int]], busy: Mapping[int, int], room: int) -> list[int]:
    """The first of them for which their receiver, and we, have a hand free."""
    hands, fit = Counter(busy), list[int]()
    for delivery_id, webhook_id in found:
        if len(fit) < room and hands[webhook_id] < EACH:
            hands[webhook_id] += 1
            fit.append(delivery_id)
    return fit


def _with_all(session: Session, ids: Sequence[int]) -> Sequence[Delivery]:
    return session.scalars(
        select(Delivery)
        .where(Delivery.id.in_(ids))
        .options(joinedload(Delivery.event), joinedload(Delivery.webhook))
        .order_by(Delivery.event_id)
    ).all()


def _parcel(delivery: Delivery) -> Parcel:
    event, webhook = delivery.event, delivery.webhook
    return Parcel(
        delivery_id=delivery.id,
        webhook_id=webhook.id,
        attempt=delivery.attempts,
        lease_until=delivery.next_attempt_at,
        url=webhook.url,
        secret_sealed=webhook.secret_sealed,
        message=Message(delivery.public_id, event.name, event.at, event.id, event.data),
    )


def _locked(session: Session, sent: Sequence[Sent]) -> Sequence[Delivery]:
    """The deliveries, and before them their receivers: a receiver's removal takes them in this
    order, and who takes them in another would wait for it while it waits for us."""
    receivers = {each.parcel.webhook_id for each in sent}
    first = select(Webhook.id).where(Webhook.id.in_(receivers)).order_by(Webhook.id)
    session.execute(first.with_for_update(key_share=True))
    ids = [each.parcel.delivery_id for each in sent]
    then = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id)
    return session.scalars(then.with_for_update()).all()


def _record(session: Session, delivery: Delivery, sent: Sent, now: Instant, jitter: float) -> None:
    reply, parcel = sent.reply, sent.parcel
    session.add(
        Attempt(
            delivery_id=delivery.id,
            at=sent.at,
            took_ms=reply.took_ms,
            status_code=reply.status,
            error=reply.error or _refusal(reply.status),
            answer=_storable(reply.body),
        )
    )
    ours = (delivery.attempts, delivery.next_attempt_at) == (parcel.attempt, parcel.lease_until)
    if delivery.state is not DeliveryState.PENDING:
        return
    if _is_taken(reply.status):
        delivery.state, delivery.finished_at = DeliveryState.DELIVERED, now
    elif ours:
        _try_again_or_end(session, delivery, reply, now, jitter)


def _try_again_or_end(
    session: Session, delivery: Delivery, reply: Reply, now: Instant, jitter: float
) -> None:
    at = next_attempt(delivery.attempts, now, jitter)
    if reply.status == GONE:
        at = None
        webhook = session.get_one(Webhook, delivery.webhook_id)
        webhook.enabled, webhook.updated_at = False, now
        webhook.version += 1
    if at is None:
        delivery.state, delivery.finished_at = DeliveryState.EXHAUSTED, now
    else:
        delivery.next_attempt_at = at


def _is_taken(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _refusal(status: int | None) -> str:
    if status is None or _is_taken(status):
        return ""
    if 300 <= status < 400:
        return f"answered {status}, a redirect, which is not followed"
    if status == GONE:
        return "answered 410, gone: the webhook was switched off"
    return f"answered {status}"


def _storable(text: str) -> str:
    return text[:KEPT].replace("\x00", "\N{REPLACEMENT CHARACTER}")
