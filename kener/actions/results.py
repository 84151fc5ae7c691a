"""From outcomes to all they mean: results, confirmed statuses, spans, events, re-checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from kener.actions.cron import next_cron
from kener.actions.transitions import Transition, announce, follow
from kener.core.confirm import NEW_RUN, Run, confirm, pending, resume
from kener.core.instant import SECOND, Instant
from kener.core.outcome import Fact, Outcome
from kener.core.quorum import quorum
from kener.core.schedule import observed_until
from kener.core.spans import NewSpan
from kener.core.status import Status
from kener.store import claims, recording
from kener.store.recording import Row, Seen, Watched

DETAIL = 500
"""Characters of a detail that are kept."""
COUNTED = frozenset({Status.UP, Status.DEGRADED})
"""The statuses whose latency says something about the target."""


TROUBLE = frozenset({Status.DEGRADED, Status.DOWN})


class Probed(NamedTuple):
    """An outcome and where it belongs."""

    monitor_id: int
    location_id: int
    slot_at: Instant
    outcome: Outcome


@dataclass(slots=True)
class _Batch:
    """What one recording is going to write; of observations only the newest of each place."""

    results: list[Row] = field(default_factory=list)
    observations: dict[tuple[int, int], Row] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)


def record(session: Session, probed: Sequence[Probed], now: Instant) -> None:
    """Store outcomes, many at a time, and everything that follows from them.

    The session must have begun as a writer. An outcome is dropped when its monitor is gone or
    paused, or when its slot is not newer than the last one recorded for its location. The number
    of statements does not grow with the number of outcomes.
    """
    recording.alone(session)
    watched = recording.watched(session, {each.monitor_id for each in probed})
    batch = _Batch()
    for each in sorted(probed, key=_slot):
        monitor = watched.get(each.monitor_id)
        if monitor is not None and not monitor.paused:
            _take_in(monitor, each, batch)
    recording.insert_results(session, batch.results)
    recording.save_observations(session, batch.observations.values())
    claims.add_slots(session, _rechecks(watched, batch))
    announce(session, batch.transitions, now)


def _slot(probed: Probed) -> Instant:
    return probed.slot_at


def _take_in(monitor: Watched, probed: Probed, batch: _Batch) -> None:
    before = monitor.seen.get(probed.location_id)
    if before is not None and probed.slot_at <= before.slot_at:
        return
    reach = max((seen.observed_until for seen in monitor.seen.values()), default=None)
    run = NEW_RUN if before is None else resume(before.run, before.observed_until, probed.slot_at)
    run = confirm(run, probed.outcome.status, probed.slot_at, monitor.rule)
    seen = Seen(probed.slot_at, _watched_until(monitor, probed.slot_at), run)
    monitor.seen[probed.location_id] = seen
    batch.results.append(_result(probed))
    batch.observations[probed.monitor_id, probed.location_id] = _observation(monitor, probed, seen)
    new = _holds_now(_status_of(monitor, seen), probed, run)
    transition = follow(monitor, reach, new, probed.slot_at)
    if transition is not None:
        batch.transitions.append(transition)


def _holds_now(status: Status, probed: Probed, run: Run) -> NewSpan:
    since = run.unknown_since if status is Status.UNKNOWN else run.since
    begun = probed.slot_at if since is None else since
    outcome = probed.outcome
    speaks_of_it = outcome.status is status or (status in TROUBLE and outcome.status in TROUBLE)
    if status is Status.UP or not speaks_of_it:
        return NewSpan(status, begun)
    return NewSpan(status, begun, None, outcome.reason, _detail(outcome))


def _watched_until(monitor: Watched, slot_at: Instant) -> Instant:
    if not monitor.cron:
        return observed_until(slot_at, monitor.interval_ms, monitor.timeout)
    following = next_cron(monitor.cron, monitor.time_zone, slot_at)
    return following + int(monitor.timeout * SECOND) + 10 * SECOND


def _status_of(monitor: Watched, newest: Seen) -> Status:
    """The locations' quorum; one that has been silent for too long has no vote."""
    if len(monitor.seen) == 1:
        return quorum([newest.run.confirmed])
    votes = [s for s in monitor.seen.values() if s is newest or s.observed_until >= newest.slot_at]
    return quorum([each.run.confirmed for each in votes])


def _result(probed: Probed) -> Row:
    outcome = probed.outcome
    is_up = outcome.status is Status.UP
    return {
        "due_at": probed.slot_at,
        "monitor_id": probed.monitor_id,
        "location_id": probed.location_id,
        "status": outcome.status,
        "latency_us": _latency_us(outcome),
        "reason": None if is_up else outcome.reason,
        "detail": None if is_up else _detail(outcome),
    }


def _observation(monitor: Watched, probed: Probed, seen: Seen) -> Row:
    outcome, run = probed.outcome, seen.run
    is_up = outcome.status is Status.UP
    return {
        "monitor_id": probed.monitor_id,
        "location_id": probed.location_id,
        "phase_ms": monitor.phase_ms,
        "slot_at": seen.slot_at,
        "observed_until": seen.observed_until,
        "observed": outcome.status,
        "confirmed": run.confirmed,
        "run_length": run.length,
        "run_status": run.status,
        "run_since": run.since,
        "unknown_length": run.unknown_length,
        "unknown_since": run.unknown_since,
        "reason": None if is_up else outcome.reason,
        "detail": "" if is_up else _detail(outcome),
        "latency_us": _latency_us(outcome),
        "phases": dict(outcome.phases),
        "facts": {name: _clean(fact) for name, fact in outcome.facts.items()},
    }


def _latency_us(outcome: Outcome) -> int | None:
    if outcome.latency_ms is None or outcome.status not in COUNTED:
        return None
    return round(outcome.latency_ms * 1000)


def _detail(outcome: Outcome) -> str:
    return _plain(outcome.detail[:DETAIL])


def _clean(fact: Fact) -> Fact:
    if isinstance(fact, str):
        return _plain(fact)
    return [_plain(each) for each in fact] if isinstance(fact, list) else fact


def _plain(text: str) -> str:
    """What a target sent, without NUL, which PostgreSQL refuses, and without the signs that would
    colour a terminal or turn round the text beside it."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " for each in text.replace("\0", ""))


def _rechecks(watched: dict[int, Watched], batch: _Batch) -> list[tuple[int, int, Instant]]:
    """An extra slot soon, wherever a failure waits to be confirmed."""
    slots = []
    for monitor_id, location_id in batch.observations:
        monitor = watched[monitor_id]
        seen = monitor.seen[location_id]
        if monitor.retry_ms and pending(seen.run, monitor.rule):
            slots.append((monitor_id, location_id, seen.slot_at + monitor.retry_ms))
    return slots
