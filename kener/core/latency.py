"""Response times that can be added up: percentiles from a histogram, all else exact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kener.core.histogram import Histogram, histogram, merge, quantile


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of some probes: how many are in which bucket, and their sum, least and most in µs."""

    histogram: Histogram = field(default_factory=dict)
    sum_us: int = 0
    min_us: int | None = None
    max_us: int | None = None

    @property
    def count(self) -> int:
        """How many probes."""
        return sum(self.histogram.values())

    @property
    def average_ms(self) -> float | None:
        """The mean; None when there are none."""
        return self.sum_us / self.count / 1000 if self.histogram else None

    def percentile_ms(self, percent: float) -> float | None:
        """What so many percent do not exceed, off by at most 1/32; never outside of least and
        most. None when there are none."""
        found = quantile(self.histogram, percent / 100)
        if found is None or self.min_us is None or self.max_us is None:
            return found
        return min(max(found, self.min_us / 1000), self.max_us / 1000)


def latencies_of(values_us: Sequence[int]) -> Latencies:
    """Of single probes, in µs."""
    return Latencies(
        histogram(values_us),
        sum(values_us),
        min(values_us, default=None),
        max(values_us, default=None),
    )


def together(several: Iterable[Latencies]) -> Latencies:
    """All of them as one, in any order or grouping the same."""
    parts = list(several)
    return Latencies(
        merge(*(each.histogram for each in parts)),
        sum(each.sum_us for each in parts),
        min((each.min_us for each in parts if each.min_us is not None), default=None),
        max((each.max_us for each in parts if each.max_us is not None), default=None),
    )
