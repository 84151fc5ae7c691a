"""Packed hours: what goes in comes out, and nothing else does."""

import random
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.histogram import histogram, load, quantile
from kener.core.hours import Packed, add_late, hour_of, pack_hour
from kener.core.instant import HOUR, MINUTE, parse_iso
from kener.core.outcome import Reason
from kener.core.packing import Sample, pack, unpack
from kener.core.status import Status
from kener.core.varints import Corrupt

AT = parse_iso("2026-03-10T12:00:00Z")
UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN

samples = st.builds(
    Sample,
    at=st.integers(AT, AT + HOUR - 1),
    status=st.sampled_from([UP, DEGRADED, DOWN, UNKNOWN]),
    latency_us=st.none() | st.integers(0, 2**31 - 1),
    reason=st.none() | st.sampled_from(Reason),
    detail=st.none() | st.text(max_size=20),
)
hours = st.lists(samples, max_size=60, unique_by=lambda each: each.at)
full_hours = st.lists(samples, min_size=1, max_size=60, unique_by=lambda each: each.at)


def by_slot(several):
    return sorted(several, key=lambda each: each.at)


def without_latency(several):
    return [(each.at, each.status, each.reason, each.detail) for each in several]


@given(hours)
def test_what_is_packed_comes_back(hour):
    back = unpack(pack(hour, AT), AT)

    assert without_latency(back) == without_latency(by_slot(hour))
    for before, after in zip(by_slot(hour), back, strict=True):
        if before.latency_us is None:
            assert after.latency_us is None
        else:
            assert abs(after.latency_us - before.latency_us) <= before.latency_us / 128


@given(hours)
def test_packing_what_was_unpacked_gives_the_same_bytes(hour):
    once = pack(hour, AT)

    assert pack(unpack(once, AT), AT) == once


@given(hours, st.randoms())
def test_the_order_they_come_in_does_not_matter(hour, shuffle):
    assert pack(shuffle.sample(hour, len(hour)), AT) == pack(hour, AT)


def test_an_ordinary_hour_takes_less_than_two_bytes_a_sample():
    noise = random.Random(1)
    hour = [
        Sample(AT + minute * MINUTE + 137, UP, int(noise.gauss(50_000, 8_000)))
        for minute in range(60)
    ]

    assert len(pack(hour, AT)) < 100


def test_an_hour_of_outage_keeps_its_words_once():
    hour = [
        Sample(AT + minute * MINUTE, DOWN, None, Reason.REFUSED, "connection refused by 10.0.0.7")
        for minute in range(60)
    ]

    assert len(pack(hour, AT)) < 130


@given(full_hours, st.data())
def test_a_changed_byte_is_noticed(hour, data):
    packed = bytearray(pack(hour, AT))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Corrupt):
        unpack(bytes(packed), AT)


@given(st.binary(max_size=60))
def test_any_bytes_under_a_right_checksum_are_samples_or_corrupt(body):
    try:
        found = unpack(body + crc32(body).to_bytes(4), AT)
    except Corrupt:
        return
    assert all(isinstance(each, Sample) for each in found)


def test_a_version_we_do_not_know_is_refused_in_words():
    body = b"\x02" + pack([], AT)[1:-4]

    with pytest.raises(Corrupt, match="of an unknown version"):
        unpack(body + crc32(body).to_bytes(4), AT)


def test_nothing_is_refused_too():
    with pytest.raises(Corrupt):
        unpack(b"", AT)


@given(full_hours)
def test_an_hour_counts_what_it_holds(hour):
    packed = pack_hour(hour)
    timed = [s.latency_us for s in hour if s.status in {UP, DEGRADED} and s.latency_us is not None]

    assert packed.up == sum(each.status is UP for each in hour)
    assert packed.up + packed.degraded + packed.down + packed.unknown == len(hour)
    assert packed.sum_us == sum(timed)
    assert (packed.min_us, packed.max_us) == (
        min(timed, default=None),
        max(timed, default=None),
    )
    assert load(packed.histogram) == histogram(timed)


@given(full_hours, st.data())
def test_an_hour_packed_in_two_steps_is_as_if_packed_in_one(hour, data):
    split = data.draw(st.integers(1, len(hour)))

    assert add_late(pack_hour(hour[:split]), hour[split:]) == pack_hour(hour)


@given(full_hours)
def test_samples_that_are_there_already_change_nothing(hour):
    packed = pack_hour(hour)

    assert add_late(packed, hour) == packed
    assert pack_hour([*hour, *hour]) == packed


def test_of_one_slot_the_first_counts():
    first, second = Sample(AT, UP, 1000), Sample(AT, DOWN)

    assert pack_hour([first, second]) == pack_hour([first])
    assert add_late(pack_hour([first]), [second]) == pack_hour([first])


def test_an_hour_without_samples_any_more_stays_as_it_is():
    whole = pack_hour([Sample(AT, UP, 1000)])
    pruned = Packed(1, 0, 0, 0, 1000, 1000, 1000, whole.histogram, None)

    assert add_late(pruned, [Sample(AT + 1, DOWN)]) == pruned


def test_late_samples_keep_the_statistics_exact():
    packed = pack_hour([Sample(AT, UP, 123_457)])
    for minute in range(1, 30):
        packed = add_late(packed, [Sample(AT + minute * MINUTE, UP, 123_457)])

    assert (packed.sum_us, packed.max_us) == (30 * 123_457, 123_457)
    assert quantile(load(packed.histogram), 0.5) == pytest.approx(123.457, rel=1 / 32)


def test_an_hour_begins_on_the_hour():
    assert hour_of(AT + HOUR - 1) == AT
    assert hour_of(AT) == AT
