"""Forgetting what is too old, by the settings."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_, update
from sqlalchemy.orm import Session

from kener.actions.replays import KEPT
from kener.config import Config
from kener.core.hours import hour_of
from kener.core.instant import DAY, HOUR, MINUTE, Instant
from kener.store.tables import Event, Hour, Monitor, Replay, SignIn, Span, Window

EVENTS = 90 * DAY
"""How long events that were dispatched are kept, and the log of their deliveries with them."""
FEWEST_TURNS = 61


def prune_some(session: Session, now: Instant, config: Config, limit: int = 1000) -> int:
    """Forget up to `limit` rows of each sort; how many rows it did. The session must have begun as
    a writer; whoever calls goes on until nothing is left.

    Samples go after `results_days`; hours, and spans and windows that are over, after
    `history_days`; sign-ins when they expire, answers kept for an Idempotency-Key after a day. What
    only a look at each hour can tell (hours of monitors that are gone, samples left from before a
    setting was lowered) is looked for on one day of the past at a time, another each minute.
    """
    recent = now - config.results_days * DAY
    old = now - config.history_days * DAY
    return (
        _delete(session, Hour, _HOUR, Hour.hour_at < hour_of(old), limit)
        + _delete(session, Span, (Span.id,), Span.to_at < old, limit)
        + _delete(session, Window, (Window.id,), Window.ends_at < old, limit)
        + _delete(session, Event, (Event.id,), _told_before(now - EVENTS), limit)
        + _delete(session, SignIn, (SignIn.token_hash,), SignIn.expires_at < now, limit)
        + _delete(session, Replay, (Replay.wish_hash,), Replay.answered_at <= now - KEPT, limit)
        + _drop_samples(session, hour_of(recent) - 2 * HOUR, hour_of(recent), limit)
        + _tidy_a_day(session, now, config, limit)
    )


_HOUR = (Hour.hour_at, Hour.monitor_id, Hour.location_id)


def _told_before(at: Instant) -> ColumnElement[bool]:
    return (Event.at < at) & Event.dispatched_at.is_not(None)


def _tidy_a_day(session: Session, now: Instant, config: Config, limit: int) -> int:
    """Look at the one day of the past whose turn it is in this minute."""
    turns = _prime_from(max(config.history_days + 2, FEWEST_TURNS))
    today = now // DAY
    from_at = (today - (today - now // MINUTE) % turns) * DAY
    gone = (
        (Hour.hour_at >= from_at)
        & (Hour.hour_at < from_at + DAY)
        & Hour.monitor_id.not_in(select(Monitor.id))
    )
    recent = hour_of(now - config.results_days * DAY)
    return _delete(session, Hour, _HOUR, gone, limit) + _drop_samples(
        session, from_at, min(from_at + DAY, recent), limit
    )


def _prime_from(least: int) -> int:
    """The first prime from `least` on: so many turns have no rhythm in common with any timer, so
    that every day gets its turn whether upkeep is called each minute, ten minutes or hour."""
    return next(
        number
        for number in range(least, 2 * least)
        if all(number % each for each in range(2, int(number**0.5) + 1))
    )


def _drop_samples(session: Session, from_at: Instant, to_at: Instant, limit: int) -> int:
    some = (
        select(*_HOUR)
        .where(Hour.hour_at >= from_at, Hour.hour_at < to_at, Hour.samples.is_not(None))
        .limit(limit)
    )
    statement = update(Hour).where(tuple_(*_HOUR).in_(some)).values(samples=None)
    return _run(session, statement)


def _delete(
    session: Session, table: Any, key: tuple[Any, ...], which: ColumnElement[bool], limit: int
) -> int:
    some = select(*key).where(which).limit(limit)
    column = tuple_(*key) if len(key) > 1 else key[0]
    return _run(session, delete(table).where(column.in_(some)))


def _run(session: Session, statement: Any) -> int:
    quick = statement.execution_options(synchronize_session=False)
    return session.connection().execute(quick).rowcount
