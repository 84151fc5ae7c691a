"""Instants, and how they look outside."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kener.core.instant import DAY, as_datetime, iso, parse_iso

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


@given(st.integers((FIRST - EPOCH) // MS, (LAST - EPOCH) // MS))
@example(0)
@example(-1)
@example(-DAY)
@example(951_782_400_000)
@example(1_706_697_000_007)
def test_a_text_is_what_pythons_own_calendar_says(at):
    exact = as_datetime(at).isoformat(timespec="milliseconds" if at % 1000 else "seconds")

    assert iso(at) == exact.replace("+00:00", "Z")
    assert parse_iso(iso(at)) == at


def test_a_time_without_a_zone_is_none():
    with pytest.raises(ValueError, match="without a zone"):
        parse_iso("2026-01-31T10:30:00")
