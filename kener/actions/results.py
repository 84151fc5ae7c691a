"""From outcomes to all they mean: results, confirmed statuses, spans, events, re-checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from kener.actions import groups
from kener.actions.transitions import Transition, announce, follow
from kener.checks import next_cron
from kener.core.confirm import NEW_RUN, Run, confirm, pending, resume
from kener.core.instant import SECOND, Instant
from kener.core.outcome import Fact, Outcome, Reason
from kener.core.quorum import quorum
from kener.core.schedule import observed_until
from kener.core.spans import NewSpan
from kener.core.status import CODE_OF_STATUS, Status
from kener.store import claims, recording
from kener.store.bulk import Row
from kener.store.recording import Seen, Watched

GROUP = "group"
DETAIL = 500
"""Characters of a detail that are kept."""
COUNTED = frozenset({Status.UP, Status.DEGRADED})
"""The statuses whose latency says something about the target."""


TROUBLE = frozenset({Status.DEGRADED, Status.DOWN})


class Probed(NamedTuple):
    """An outcome and where it belongs; `version` is the monitor's that was probed, if one was."""

    monitor_id: int
    location_id: int
    slot_at: Instant
    outcome: Outcome
    version: int | None = None


@dataclass(slots=True)
class _Batch:
    """What one recording is going to write; of observations only the newest of each place."""

    results: list[Row] = field(default_factory=list)
    observations: dict[tuple[int, int], Row] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)
    again: dict[tuple[int, int], Instant] = field(default_factory=dict)


def record(session: Session, probed: Sequence[Probed], now: Instant) -> None:
    """Store outcomes, many at a time, and everything that follows from them.

    The session must have begun as a writer. An outcome is dropped when its monitor is gone or
    paused, or was changed since (it was made due again then), or when its slot is not newer than
    the last one recorded for its location. The number of statements does not grow with the number
    of outcomes.
    """
    recording.alone(session)
    watched = recording.watched(session, {each.monitor_id for each in probed})
    batch, of_groups = _Batch(), []
    for each in sorted(probed, key=_slot):
        monitor = watched.get(each.monitor_id)
        if monitor is None or monitor.paused or each.version not in {None, monitor.version}:
            continue
        if monitor.kind == GROUP:
            of_groups.append(each)
        else:
            _take_in(monitor, each, batch)
    _write(session, watched, batch, now)
    if of_groups or batch.transitions:
        _follow(session, of_groups, batch, now)


def _write(session: Session, watched: dict[int, Watched], batch: _Batch, now: Instant) -> None:
    recording.insert_results(session, batch.results)
    recording.save_observations(session, batch.observations.values())
    claims.add_slots(session, _extra_slots(watched, batch))
    announce(session, batch.transitions, now)


def _follow(session: Session, probed: Sequence[Probed], members: _Batch, now: Instant) -> None:
    """Record the groups whose members changed, and those that were probed. A probe of a group has
    read its members before this transaction, so it only asks: they are judged here once more."""
    judged = groups.judge(
        session, _changes(members.transitions), {each.monitor_id for each in probed}, now
    )
    if not judged and not probed:
        return
    watched = recording.watched(session, judged.keys() | {each.monitor_id for each in probed})
    batch = _Batch()
    for each in probed:
        group = judged.get(each.monitor_id)
        if group is None:
            _take_in(watched[each.monitor_id], each, batch)
        elif not group.moved:
            _take_in(watched[each.monitor_id], each._replace(outcome=group.outcome), batch)
    here = next(iter(members.observations), (0, probed[0].location_id if probed else 0))[1]
    for monitor_id, group in judged.items():
        if group.moved:
            _take_in_everywhere(watched[monitor_id], group, here, now, batch)
    _write(session, watched, batch, now)


def _take_in_everywhere(
    monitor: Watched, group: groups.Judged, here: int, now: Instant, batch: _Batch
) -> None:
    """A group is the same wherever it is looked at from."""
    slot = max([now, *(seen.slot_at + 1 for seen in monitor.seen.values())])
    for location_id in list(monitor.seen) or [here]:
        probed = Probed(monitor.id, location_id, slot, group.outcome)
        _take_in(monitor, probed, batch, group.since)


def _changes(transitions: Sequence[Transition]) -> dict[int, groups.Change]:
    """By monitor, from what it was before the batch to what it is after it."""
    found: dict[int, groups.Change] = {}
    for monitor, ended, begun in transitions:
        last = begun[-2] if len(begun) > 1 else ended
        was = Status.UNKNOWN if last is None else last.status
        before = found[monitor.id].before if monitor.id in found else was
        found[monitor.id] = groups.Change(before, begun[-1].status, begun[-1].from_at)
    return found


def _slot(probed: Probed) -> Instant:
    return probed.slot_at


def _take_in(monitor: Watched, probed: Probed, batch: _Batch, since: Instant | None = None) -> None:
    """`since`: when it became so, where that is known better than by its own probes."""
    if probed.outcome.again_at is not None:  # true of one that came too late to count, as well
        batch.again[probed.monitor_id, probed.location_id] = probed.outcome.again_at
    before = monitor.seen.get(probed.location_id)
    if before is not None and probed.slot_at <= before.slot_at:
        return
    reach = max((seen.observed_until for seen in monitor.seen.values()), default=None)
    run = NEW_RUN if before is None else resume(before.run, before.observed_until, probed.slot_at)
    run = confirm(run, probed.outcome.status, probed.slot_at, monitor.rule)
    seen = Seen(probed.slot_at, _watched_until(monitor, probed), run)
    monitor.seen[probed.location_id] = seen
    batch.results.append(_result(probed))
    batch.observations[probed.monitor_id, probed.location_id] = _observation(monitor, probed, seen)
    new = _holds_now(_status_of(monitor, seen), probed, run)
    if since is not None:
        new = replace(new, from_at=since)
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


def _watched_until(monitor: Watched, probed: Probed) -> Instant:
    """How long the outcome is worth anything; if it will not be true any more by itself, no longer
    than until somebody should have looked again."""
    slot_at, again_at = probed.slot_at, probed.outcome.again_at
    looks = int(monitor.timeout * SECOND) + 10 * SECOND
    if monitor.cron:
        until = next_cron(monitor.cron, monitor.time_zone, slot_at) + looks
    else:
        until = observed_until(slot_at, monitor.interval_ms, monitor.timeout)
    return until if again_at is None else min(until, again_at + looks)


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
        "status": CODE_OF_STATUS[outcome.status],
        "latency_us": _latency_us(outcome),
        "reason": None if is_up else _word(outcome.reason),
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
        "observed": CODE_OF_STATUS[outcome.status],
        "confirmed": CODE_OF_STATUS[run.confirmed],
        "run_length": run.length,
        "run_status": CODE_OF_STATUS[run.status],
        "run_since": run.since,
        "unknown_length": run.unknown_length,
        "unknown_since": run.unknown_since,
        "reason": None if is_up else _word(outcome.reason),
        "detail": "" if is_up else _detail(outcome),
        "latency_us": _latency_us(outcome),
        "phases": dict(outcome.phases),
        "facts": {name: _clean(fact) for name, fact in outcome.facts.items()},
    }


def _latency_us(outcome: Outcome) -> int | None:
    if outcome.latency_ms is None or outcome.status not in COUNTED:
        return None
    return round(outcome.latency_ms * 1000)


def _word(reason: Reason | None) -> str | None:
    return None if reason is None else reason.value


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


def _extra_slots(watched: dict[int, Watched], batch: _Batch) -> list[tuple[int, int, Instant]]:
    """An extra slot soon, wherever a failure waits to be confirmed; and where an outcome will not
    be true any more by itself, unless a regular slot comes first."""
    slots = []
    for monitor_id, location_id in batch.observations:
        monitor = watched[monitor_id]
        seen = monitor.seen[location_id]
        if monitor.retry_ms and pending(seen.run, monitor.rule):
            slots.append((monitor_id, location_id, seen.slot_at + monitor.retry_ms))
    for (monitor_id, location_id), at in batch.again.items():
        monitor = watched[monitor_id]
        if monitor.cron or at < monitor.seen[location_id].slot_at + monitor.interval_ms:
            slots.append((monitor_id, location_id, at))
    return slots
