"""Response times that can be added up."""

from hypothesis import given
from hypothesis import strategies as st

from kener.core.latency import Latencies, latencies_of, together

values = st.lists(st.integers(0, 10**9), max_size=50)


def test_figures_are_exact_and_percentiles_near():
    found = latencies_of([1000, 2000, 3000, 100_000])

    assert (found.count, found.average_ms, found.min_us, found.max_us) == (4, 26.5, 1000, 100_000)
    assert abs(found.percentile_ms(50) - 2) <= 2 / 32
    assert found.percentile_ms(100) <= 100


def test_of_nothing_nothing_is_known():
    nothing = together([])

    assert nothing == Latencies()
    assert (nothing.count, nothing.average_ms, nothing.percentile_ms(50)) == (0, None, None)


def test_a_percentile_of_one_probe_is_that_probe():
    assert latencies_of([99_999]).percentile_ms(50) == 99.999


@given(values, values)
def test_together_is_as_if_counted_at_once(some, others):
    assert together([latencies_of(some), latencies_of(others)]) == latencies_of([*some, *others])


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.floats(0.1, 100))
def test_a_percentile_lies_between_least_and_most(some, percent):
    found = latencies_of(some)

    assert min(some) / 1000 <= found.percentile_ms(percent) <= max(some) / 1000
