"""What probes saw, whether it is still hot or packed already: readers need not know."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kener.core.histogram import Histogram, histogram, load
from kener.core.hours import COUNTED, hour_of
from kener.core.instant import HOUR, Instant
from kener.core.packing import Sample, unpack
from kener.core.varints import Corrupt
from kener.store._among import among
from kener.store.tables import Hour, Result

log = logging.getLogger(__name__)
Columns = TypeVarTuple("Columns")

SEEKS = 8800
"""Up to so many hours (a year has 8760) are sought one by one; more are read as a range. Hours lie
by time, so a range passes over those of all monitors."""


class Where(NamedTuple):
    """Whose sample it is."""

    monitor_id: int
    location_id: int


def samples(
    session: Session,
    monitor_id: int,
    from_at: Instant,
    to_at: Instant,
    *,
    location_id: int | None = None,
) -> list[Sample]:
    """All samples of a monitor in [from, to), of one location or of all, by slot.

    Of hours whose samples are pruned there are none. A damaged hour is logged and left out.
    """
    found = _samples(session, {monitor_id}, from_at, to_at)
    return sorted(
        (
            sample
            for where, sample in found
            if location_id is None or where.location_id == location_id
        ),
        key=lambda sample: sample.at,
    )


def latency(
    session: Session,
    monitor_ids: Collection[int],
    from_at: Instant,
    to_at: Instant,
    step: int,
) -> Mapping[int, Mapping[Instant, Histogram]]:
    """Latencies of up and degraded probes in [from, to) by monitor id and by the beginning of each
    `step` ms since `from_at`; only steps that have any are there, but every monitor is.

    Whole hours (`from_at` and `step`) come from the hours' histograms, which are kept longest, and
    the last hour counts whole; finer steps need samples. Two queries, whatever the number.
    """
    whole_hours = from_at % HOUR == 0 and step % HOUR == 0
    read = _by_hour if whole_hours else _by_sample
    found: dict[int, dict[Instant, dict[int, int]]] = {each: {} for each in monitor_ids}
    for monitor_id, at, counts in read(session, frozenset(monitor_ids), from_at, to_at):
        start = at - (at - from_at) % step
        mine = found[monitor_id].setdefault(start, {})
        for bucket, count in counts.items():
            mine[bucket] = mine.get(bucket, 0) + count
    return found


def _by_sample(
    session: Session, ids: Collection[int], from_at: Instant, to_at: Instant
) -> Iterator[tuple[int, Instant, Histogram]]:
    for where, sample in _samples(session, ids, from_at, to_at):
        if sample.latency_us is not None and sample.status in COUNTED:
            yield where.monitor_id, sample.at, histogram([sample.latency_us])


def _by_hour(
    session: Session, ids: Collection[int], from_at: Instant, to_at: Instant
) -> Iterator[tuple[int, Instant, Histogram]]:
    hot = hot_results(session, ids, from_at, to_at)
    packed = set()
    question = select(Hour.hour_at, Hour.monitor_id, Hour.location_id, Hour.histogram)
    for hour_at, monitor_id, location_id, data in session.execute(
        of_hours(question, ids, from_at, to_at)
    ):
        packed.add((Where(monitor_id, location_id), hour_at))
        if monitor_id in ids and (counts := loaded(data, monitor_id, hour_at)):
            yield monitor_id, hour_at, counts
    for where, each in hot.items():
        for sample in each:
            if (where, hour_of(sample.at)) in packed:
                continue  # packed, and about to be cleared away
            if sample.latency_us is not None and sample.status in COUNTED:
                yield where.monitor_id, sample.at, histogram([sample.latency_us])


def _samples(
    session: Session, ids: Collection[int], from_at: Instant, to_at: Instant
) -> Iterator[tuple[Where, Sample]]:
    # Hot ones first: what is packed between the two questions is then found twice, and not never.
    hot = hot_results(session, ids, from_at, to_at)
    known = {(where, each.at) for where, several in hot.items() for each in several}
    for where, several in hot.items():
        yield from ((where, each) for each in several)
    question = select(Hour.hour_at, Hour.monitor_id, Hour.location_id, Hour.samples)
    for hour_at, monitor_id, location_id, data in session.execute(
        of_hours(question, ids, from_at, to_at)
    ):
        where = Where(monitor_id, location_id)
        if monitor_id in ids and data is not None:
            for each in unpacked(data, monitor_id, hour_at):
                if from_at <= each.at < to_at and (where, each.at) not in known:
                    yield where, each


def hot_results(
    session: Session, ids: Collection[int], from_at: Instant, to_at: Instant
) -> Mapping[Where, list[Sample]]:
    """The results in [from, to) that are hot, of those that are asked for."""
    rows = session.execute(
        select(
            Result.monitor_id,
            Result.location_id,
            Result.due_at,
            Result.status,
            Result.latency_us,
            Result.reason,
            Result.detail,
        ).where(Result.due_at >= from_at, Result.due_at < to_at, among(Result.monitor_id, ids))
    )
    found = defaultdict(list)
    for monitor_id, location_id, at, status, us, reason, detail in rows:
        if monitor_id in ids:
            sample = Sample(at, status, us, reason, detail)
            found[Where(monitor_id, location_id)].append(sample)
    return found


def of_hours(
    question: Select[*Columns], ids: Collection[int], from_at: Instant, to_at: Instant
) -> Select[*Columns]:
    """A question about hours, for those that [from, to) touches. Of very many monitors the asker
    leaves out those it did not ask for."""
    hours = range(hour_of(from_at), to_at, HOUR)
    at = (
        Hour.hour_at.in_(list(hours))
        if len(hours) <= SEEKS
        else (Hour.hour_at >= hour_of(from_at)) & (Hour.hour_at < to_at)
    )
    return question.where(at, among(Hour.monitor_id, ids))


def unpacked(data: bytes, monitor_id: int, hour_at: Instant) -> list[Sample]:
    """An hour's samples; none, and a line in the log, when it is damaged."""
    try:
        return unpack(data, hour_at)
    except Corrupt as error:
        log.error("hour %s of monitor %s: %s", hour_at, monitor_id, error)  # noqa: TRY400
        return []


def loaded(data: bytes, monitor_id: int, hour_at: Instant) -> Histogram:
    """An hour's histogram; an empty one, and a line in the log, when it is damaged."""
    try:
        return load(data)
    except Corrupt as error:
        log.error("hour %s of monitor %s: %s", hour_at, monitor_id, error)  # noqa: TRY400
        return {}
