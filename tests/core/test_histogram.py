"""Histograms: mergeable in any order, and quantiles within the promised bound."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.buckets import bucket_of, middle_of
from kener.core.histogram import dump, histogram, load, merge, quantile
from kener.core.varints import Corrupt

latencies = st.lists(st.integers(0, 2**31 - 1), max_size=200)
BOUND = 1 / 32


@pytest.mark.parametrize("parts", [16, 64])
@given(value=st.integers(0, 2**40))
def test_a_buckets_middle_is_near_all_that_falls_into_it(parts, value):
    middle = middle_of(bucket_of(value, parts), parts)

    assert abs(middle - value) * 2 * parts <= value
    assert bucket_of(middle, parts) == bucket_of(value, parts)


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_buckets_are_in_order(a, b):
    low, high = sorted((a, b))

    assert bucket_of(low, 16) <= bucket_of(high, 16)


def test_no_bucket_is_left_out():
    assert sorted({bucket_of(value, 16) for value in range(4096)}) == list(
        range(bucket_of(4095, 16) + 1)
    )


@given(latencies, latencies)
def test_merged_histograms_are_the_histogram_of_all(a, b):
    assert merge(histogram(a), histogram(b)) == histogram(a + b)


@given(latencies, latencies, latencies)
def test_merging_may_be_done_in_any_order_and_grouping(a, b, c):
    a, b, c = histogram(a), histogram(b), histogram(c)

    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == merge(a, b, c)
    assert merge(a, {}) == a


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=200), st.floats(0, 1))
def test_quantiles_are_within_the_bound(several, q):
    exact = sorted(several)[max(1, ceil(round(q * len(several), 9))) - 1] / 1000

    assert abs(quantile(histogram(several), q) - exact) <= exact * BOUND + 1e-9


def test_quantiles_are_by_nearest_rank():
    ten = histogram([us * 1000 for us in range(1, 11)])

    assert quantile(ten, 0) == pytest.approx(1, rel=BOUND)
    assert quantile(ten, 0.5) == pytest.approx(5, rel=BOUND)
    assert quantile(ten, 0.95) == pytest.approx(10, rel=BOUND)
    assert quantile(histogram([7] * 100), 0.07) == 0.007


def test_nothing_has_no_quantile():
    assert quantile({}, 0.5) is None


@given(latencies)
def test_bytes_come_back_the_same(several):
    counts = histogram(several)

    assert load(dump(counts)) == counts


@pytest.mark.parametrize(
    "counts", [{}, {1: 127}, {1: 128}, {1: 2, 500: 1}, {1: 300, 9: 1, 10: 999}]
)
def test_counts_of_one_byte_and_of_more_come_back_alike(counts):
    assert load(dump(counts)) == counts


def test_an_hour_of_ordinary_latencies_takes_few_bytes():
    # 50 ms, give or take a fifth
    assert len(dump(histogram(range(40_000, 60_000, 333)))) <= 25


@pytest.mark.parametrize(
    "data",
    [b"", b"\x02\x00", b"\x01\x01", b"\x01\x00\x00", b"\x01\x7f\x01", b"\x01" + b"\xff" * 20],
)
def test_other_bytes_are_refused(data):
    with pytest.raises(Corrupt):
        load(data)
