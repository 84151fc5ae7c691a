"""How often a server's certificate is read for its dates."""

import pytest

from kener.checks._certificates import Certificate, Certificates, end_of
from kener.core.instant import DAY, HOUR, MINUTE

NOW = 1_800_000_000_000
SERVER = ("shop.test", 443)


@pytest.mark.parametrize(
    ("days_left", "is_read_after"),
    [(90, HOUR), (31, HOUR), (29, MINUTE), (0, MINUTE), (-3, MINUTE)],
)
def test_one_that_should_be_renewed_soon_is_read_more_often(days_left, is_read_after):
    known = Certificates()
    known.put(SERVER, Certificate(NOW + days_left * DAY), NOW)

    assert not known.is_due(SERVER, NOW + is_read_after - 1)
    assert known.is_due(SERVER, NOW + is_read_after)


def test_a_server_never_seen_or_seen_in_the_future_is_read():
    known = Certificates()
    assert known.is_due(SERVER, NOW)
    known.put(SERVER, Certificate(NOW + 90 * DAY), NOW)

    assert known.is_due(SERVER, NOW - 1)


@pytest.mark.parametrize(
    ("days_left", "told"),
    [(2, "ends in 2 days"), (1, "ends in 1 day"), (0, "ends in 0 days"), (-1, "ended 1 day ago")],
)
def test_the_days_left_are_told(days_left, told):
    assert end_of(days_left) == told
