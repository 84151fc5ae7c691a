"""What is known of monitors just now: what each location saw last, and the spans that are open."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store._among import among
from kener.store._plain import plain
from kener.store.tables import Observation, Span


class Seen(NamedTuple):
    """What is known of one location: a row of observations, with names that are found at once."""

    monitor_id: int
    slot_at: Instant
    observed_until: Instant
    observed: Status
    confirmed: Status
    reason: Reason | None
    detail: str
    latency_us: int | None
    phases: Mapping[str, float] | None
    facts: Mapping[str, Any] | None


class OpenSpan(NamedTuple):
    """The span that is open."""

    monitor_id: int
    status: Status
    reason: Reason | None
    detail: str
    from_at: Instant


def observations(
    session: Session, ids: Collection[int], *, facts: bool
) -> Mapping[int, list[Seen]]:
    left_out = () if facts else ("phases", "facts")
    columns = [
        null().label(each) if each in left_out else getattr(Observation, each)
        for each in Seen._fields
    ]
    found = defaultdict(list)
    for row in plain(session, select(*columns).where(among(Observation.monitor_id, ids))):
        found[row[0]].append(Seen._make(row))
    return found


def open_spans(session: Session, ids: Collection[int]) -> Mapping[int, OpenSpan]:
    columns = [getattr(Span, each) for each in OpenSpan._fields]
    question = select(*columns).where(Span.to_at.is_(None), among(Span.monitor_id, ids))
    return {row[0]: OpenSpan._make(row) for row in plain(session, question)}
