"""Log-linear buckets for whole numbers: each power of two in equal parts, in integers only.

So the same number falls into the same bucket on every machine, and buckets of fewer parts are
unions of buckets of more. Numbers below `parts` have a bucket each.
"""

from functools import cache


def bucket_of(value: int, parts: int) -> int:
    """The bucket of a number ≥ 0, with `parts` (a power of two) buckets for each doubling."""
    shift = max(0, value.bit_length() - parts.bit_length())
    return shift * parts + (value >> shift)


def middle_of(bucket: int, parts: int) -> int:
    """The number in the middle of a bucket; off by at most 1 ÷ (2 · parts) of any number in it."""
    shift = max(0, bucket // parts - 1)
    low = (bucket - shift * parts) << shift
    return low + ((1 << shift) >> 1)


@cache
def coarser(bucket: int, parts: int, fewer: int) -> int:
    """The bucket of `fewer` parts that a bucket of `parts` is in."""
    shift = max(0, bucket // parts - 1)
    return bucket_of((bucket - shift * parts) << shift, fewer)
