"""Latencies as counts in buckets: a few bytes, mergeable, with quantiles good to 1/32 (3.2 %)."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from math import ceil

from kener.core.buckets import bucket_of, middle_of
from kener.core.varints import Corrupt, Reader, Writer

PARTS = 16
VERSION = 1

Histogram = Mapping[int, int]
"""How many latencies each bucket holds; a bucket that holds none is not in it."""


def histogram(latencies_us: Iterable[int]) -> Histogram:
    """Count latencies, in µs ≥ 0."""
    counts: dict[int, int] = {}
    for each in latencies_us:
        bucket = bucket_of(each, PARTS)
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts


def merge(*histograms: Histogram) -> Histogram:
    """The histogram of all their latencies together, in any order or grouping the same."""
    merged: dict[int, int] = {}
    for each in histograms:
        for bucket, count in each.items():
            merged[bucket] = merged.get(bucket, 0) + count
    return merged


def quantile(counts: Histogram, q: float) -> float | None:
    """The latency in ms that a part q (0 … 1) of all do not exceed, off by at most 1/32 of it.

    By nearest rank: of n latencies the ⌈q·n⌉th. None when there are none.
    """
    total = sum(counts.values())
    # Rounded first: 0.07 * 100 is 7.000000000000001 to a computer.
    rank = max(1, ceil(round(q * total, 9)))
    for bucket in sorted(counts):
        rank -= counts[bucket]
        if rank <= 0:
            return middle_of(bucket, PARTS) / 1000
    return None


def dump(counts: Histogram) -> bytes:
    """As bytes: about two for each bucket in use."""
    writer = Writer()
    writer.number(VERSION)
    writer.number(len(counts))
    previous = 0
    for bucket in sorted(counts):
        writer.number(bucket - previous)
        writer.number(counts[bucket])
        previous = bucket
    return bytes(writer.data)


def load(data: bytes) -> Histogram:
    """What `dump` wrote; Corrupt if it did not write this."""
    reader = Reader(data)
    if reader.number() != VERSION:
        raise Corrupt("the histogram is of an unknown version")
    numbers = reader.numbers(2 * reader.number())
    reader.end()
    return dict(zip(accumulate(numbers[::2]), numbers[1::2], strict=True))
