"""The end of a probe that signed in somewhere and judged what it saw."""

from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from kener.checks._failures import Failure
from kener.checks._hiding import forms, scrub, without
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status


class Seen(NamedTuple):
    """What a probe found out; phases and latency in ms. `secret`: a password that was told to the
    server, who may send it back; it is taken out of all that is shown."""

    facts: Mapping[str, Fact]
    phases: Mapping[str, float]
    latency_ms: float
    secret: str = ""


def concluded(failure: Failure | None, seen: Seen) -> Outcome:
    """Up, with what was seen; or raises the failure, with the same."""
    if failure is not None:
        _raise(failure, seen)
    up = Outcome(Status.UP, latency_ms=seen.latency_ms, phases=seen.phases, facts=dict(seen.facts))
    return without(up, forms([seen.secret])) if seen.secret else up


def _raise(failure: Failure, seen: Seen) -> NoReturn:
    failure.facts |= seen.facts
    failure.phases, failure.latency_ms = dict(seen.phases), seen.latency_ms
    scrub(failure, [seen.secret] if seen.secret else [])
    raise failure
