"""When does a change of mind count? Only after enough probes in a row agree."""

from dataclasses import dataclass, replace

from kener.core.instant import Instant
from kener.core.status import SEVERITY, Status, mildest


@dataclass(frozen=True, slots=True)
class Rule:
    """How many probes in a row it takes, at least 1 each."""

    to_fail: int = 2
    to_recover: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """How far one location has come with one monitor: what is confirmed, and the current run.

    A run is outcomes in a row that say the same of `confirmed`: as it, better, or worse. `status`
    is the mildest of the run, `since` the slot of its first probe. Unknown outcomes are our own
    trouble and say nothing of the target: they neither end a run nor count in it, but have a count
    of their own (`unknown_length`, `unknown_since`), which any other outcome ends.
    """

    confirmed: Status
    length: int
    status: Status
    since: Instant | None
    unknown_length: int = 0
    unknown_since: Instant | None = None


NEW_RUN = Run(Status.UNKNOWN, 0, Status.UNKNOWN, None)


def resume(run: Run, observed_until: Instant, slot: Instant) -> Run:
    """The run to go on with at `slot`: a new one when nobody had watched for too long.

    What was confirmed before a gap is no longer known, and probes on its two sides are not in a
    row. To be called before `confirm`, with the `observed_until` of the last recorded slot.
    """
    return NEW_RUN if slot > observed_until else run


def confirm(run: Run, observed: Status, slot: Instant, rule: Rule) -> Run:
    """The run after one more outcome. When `confirmed` has changed, back-date to `since`
    (`unknown_since` if it is now unknown).

    Not-up outcomes count together and the mildest of `to_fail` in a row is confirmed; so does a
    change between confirmed degraded and down. Up takes `to_recover` in a row, or one when
    nothing was known. `to_fail` unknown ones in a row confirm unknown.
    """
    if observed not in SEVERITY:
        return _with_unknown(run, slot, rule)
    if run.length and _side(run.confirmed, run.status) == _side(run.confirmed, observed):
        length, status, since = run.length + 1, mildest([run.status, observed]), run.since
    else:
        length, status, since = 1, observed, slot
    enough = length >= _needed(run.confirmed, status, rule)
    return Run(status if enough else run.confirmed, length, status, since)


def pending(run: Run, rule: Rule) -> bool:
    """Is a failure, or a worse one, seen but not confirmed yet? Then a quick re-check is wanted."""
    if run.status not in SEVERITY or run.status is Status.UP or run.length >= rule.to_fail:
        return False
    return run.confirmed is Status.UNKNOWN or SEVERITY[run.status] > SEVERITY[run.confirmed]


def _with_unknown(run: Run, slot: Instant, rule: Rule) -> Run:
    length = run.unknown_length + 1
    since = slot if run.unknown_since is None else run.unknown_since
    if length < rule.to_fail:
        return replace(run, unknown_length=length, unknown_since=since)
    return replace(NEW_RUN, unknown_length=length, unknown_since=since)


def _side(confirmed: Status, status: Status) -> tuple[bool, int]:
    """What an outcome says of the confirmed status: (is it up, milder -1, the same 0, worse 1).

    Up against not-up is one question, and among the not-up ones how bad it is the other.
    """
    is_up = status is Status.UP
    if is_up or confirmed not in SEVERITY or confirmed is Status.UP:
        return is_up, 0
    difference = SEVERITY[status] - SEVERITY[confirmed]
    return False, (difference > 0) - (difference < 0)


def _needed(confirmed: Status, status: Status, rule: Rule) -> int:
    if status is not Status.UP:
        return rule.to_fail
    return rule.to_recover if confirmed in SEVERITY else 1
