"""Public ids."""

from collections import Counter

from kener.core.ids import ALPHABET, public_id


def test_ids_are_as_long_as_asked_and_of_our_letters():
    assert [len(public_id(length)) for length in (1, 10, 40)] == [1, 10, 40]
    assert set(public_id(2000)) == set(ALPHABET)


def test_no_two_are_the_same():
    assert len({public_id() for _ in range(10_000)}) == 10_000


def test_no_letter_is_likelier_than_another():
    counts = Counter(public_id(320_000))

    # Each is expected 10,000 times, with a deviation of 98: seven of those never happen.
    assert all(9_300 < count < 10_700 for count in counts.values())
