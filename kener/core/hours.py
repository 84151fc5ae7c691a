"""Closed hours: all samples of a monitor and a location in an hour, counted and packed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kener.core.buckets import coarser
from kener.core.histogram import PARTS, Histogram, dump, load, merge
from kener.core.instant import HOUR, Instant
from kener.core.packing import (
    LATENCY_PARTS,
    Columns,
    Sample,
    buckets_of,
    columns,
    pack,
    pack_columns,
    unpack,
)
from kener.core.status import CODE_OF_STATUS, Status

UP, DEGRADED, PARTIAL, DOWN, MAINTENANCE, UNKNOWN = (CODE_OF_STATUS[each] for each in Status)

COUNTED = frozenset({Status.UP, Status.DEGRADED, Status.PARTIAL})
"""The latency of nothing else counts: how fast a refusal came says nothing about a service."""
COUNTED_CODES = frozenset({UP, DEGRADED, PARTIAL})


@dataclass(frozen=True, slots=True)
class Packed:
    """An hour's counts by status, its latencies' sum, least and most in µs (of up and degraded
    probes only) with their histogram, and the samples; `samples` are None once they are pruned."""

    up: int
    degraded: int
    down: int
    unknown: int
    sum_us: int
    min_us: int | None
    max_us: int | None
    histogram: bytes
    samples: bytes | None


def hour_of(at: Instant) -> Instant:
    """The beginning of an instant's hour, UTC."""
    return at - at % HOUR


def pack_hour(samples: Sequence[Sample]) -> Packed:
    """Pack at least one sample, all of the same hour; of one slot the first counts."""
    return pack_hour_columns(columns(_by_slot(samples), hour_of(samples[0].at)))


def pack_hour_columns(ordered: Columns) -> Packed:
    """Pack at least one sample, all of the same hour and each of another slot."""
    codes, latencies = ordered.codes, ordered.latencies
    buckets = counted = buckets_of(latencies)
    if codes.count(UP) < len(codes) or -1 in latencies:
        timed = [
            each
            for each in zip(codes, latencies, buckets, strict=True)
            if each[0] in COUNTED_CODES and each[1] >= 0
        ]
        latencies, counted = [each[1] for each in timed], [each[2] for each in timed]
    return Packed(
        up=codes.count(UP),
        degraded=codes.count(DEGRADED) + codes.count(PARTIAL),
        down=codes.count(DOWN),
        unknown=codes.count(UNKNOWN) + codes.count(MAINTENANCE),
        sum_us=sum(latencies),
        min_us=min(latencies, default=None),
        max_us=max(latencies, default=None),
        histogram=dump(_coarse(counted)),
        samples=pack_columns(ordered, buckets),
    )


def _coarse(buckets: Iterable[int]) -> Histogram:
    counts: dict[int, int] = {}
    for fine, count in Counter(buckets).items():
        bucket = coarser(fine, LATENCY_PARTS, PARTS)
        counts[bucket] = counts.get(bucket, 0) + count
    return counts


def add_late(packed: Packed, samples: Sequence[Sample]) -> Packed:
    """The packed hour with samples that came later. Those it has already change nothing, so this
    may be done twice. Sum, least and most stay exact: only what is new is added to them.

    Corrupt when the hour's bytes are damaged. An hour whose samples are pruned stays as it is:
    what it has can no longer be told.
    """
    if packed.samples is None or not samples:
        return packed
    hour_at = hour_of(samples[0].at)
    old = unpack(packed.samples, hour_at)
    known = {each.at for each in old}
    new = _by_slot(each for each in samples if each.at not in known)
    if not new:
        return packed
    late = pack_hour(new)
    return Packed(
        up=packed.up + late.up,
        degraded=packed.degraded + late.degraded,
        down=packed.down + late.down,
        unknown=packed.unknown + late.unknown,
        sum_us=packed.sum_us + late.sum_us,
        min_us=min(_known(packed.min_us, late.min_us), default=None),
        max_us=max(_known(packed.max_us, late.max_us), default=None),
        histogram=dump(merge(load(packed.histogram), load(late.histogram))),
        samples=pack([*old, *new], hour_at),
    )


def _by_slot(samples: Iterable[Sample]) -> list[Sample]:
    first: dict[Instant, Sample] = {}
    for each in samples:
        first.setdefault(each.at, each)
    return sorted(first.values(), key=lambda each: each.at)


def _known(*values: int | None) -> list[int]:
    return [each for each in values if each is not None]
