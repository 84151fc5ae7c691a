"""A monitor's response times over a window, whether hot, packed or only counted by now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.core.hours import COUNTED, hour_of
from kener.core.instant import HOUR, Instant
from kener.core.latency import Latencies, latencies_of, together
from kener.core.packing import Sample
from kener.store.results import Where, hot_results, loaded, of_hours, samples
from kener.store.tables import Hour


def latencies(
    session: Session, monitor_id: int, from_at: Instant, to_at: Instant, step: int
) -> dict[Instant, Latencies]:
    """Of the up and degraded probes in [from, to), by the beginning of each `step` ms since
    `from_at`, in order; only steps that have any are there.

    Whole hours (`from_at`, `to_at` and `step`) come from the hours' own figures, which are kept
    longest and of which there are few; finer steps open the samples. Two queries.
    """
    whole_hours = from_at % HOUR == to_at % HOUR == step % HOUR == 0
    read = _by_hour if whole_hours else _by_sample
    found: dict[Instant, list[Latencies]] = defaultdict(list)
    for at, each in read(session, monitor_id, from_at, to_at):
        found[at - (at - from_at) % step].append(each)
    return {at: together(found[at]) for at in sorted(found)}


def _by_sample(
    session: Session, monitor_id: int, from_at: Instant, to_at: Instant
) -> Iterator[tuple[Instant, Latencies]]:
    for each in samples(session, monitor_id, from_at, to_at):
        if (us := _counted(each)) is not None:
            yield each.at, latencies_of([us])


def _by_hour(
    session: Session, monitor_id: int, from_at: Instant, to_at: Instant
) -> Iterator[tuple[Instant, Latencies]]:
    # Hot ones first: what is packed between the two questions is then found twice, and not never.
    hot = hot_results(session, {monitor_id}, from_at, to_at)
    question = select(
        Hour.hour_at, Hour.location_id, Hour.histogram, Hour.sum_us, Hour.min_us, Hour.max_us
    )
    packed = set()
    for hour_at, location_id, data, sum_us, min_us, max_us in session.execute(
        of_hours(question, {monitor_id}, from_at, to_at)
    ):
        packed.add((Where(monitor_id, location_id), hour_at))
        if counts := loaded(data, monitor_id, hour_at):
            yield hour_at, Latencies(counts, sum_us, min_us, max_us)
    for hour_at, several in _hours_of(hot, packed).items():
        yield hour_at, latencies_of(several)


def _hours_of(
    hot: Mapping[Where, list[Sample]], packed: set[tuple[Where, Instant]]
) -> Mapping[Instant, list[int]]:
    """The latencies of hours that are not packed yet; those of others are about to be cleared."""
    found = defaultdict(list)
    for where, several in hot.items():
        for each in several:
            hour_at = hour_of(each.at)
            if (where, hour_at) not in packed and (us := _counted(each)) is not None:
                found[hour_at].append(us)
    return found


def _counted(sample: Sample) -> int | None:
    """The latency, unless it was of a probe that says nothing about the service."""
    return sample.latency_us if sample.status in COUNTED else None
