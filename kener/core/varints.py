"""Whole numbers in few bytes: seven bits a byte, the small ones in one."""

from collections.abc import Sequence
from itertools import groupby


class Corrupt(ValueError):
    """Packed bytes that are not what we once wrote; the message says what is wrong with them."""


class Writer:
    """Appends to `data`."""

    def __init__(self) -> None:
        self.data = bytearray()

    def number(self, value: int) -> None:
        """A number ≥ 0."""
        while value > 0x7F:
            self.data.append(value & 0x7F | 0x80)
            value >>= 7
        self.data.append(value)

    def text(self, value: str) -> None:
        """Any text, lone surrogates too."""
        encoded = value.encode("utf-8", "surrogatepass")
        self.number(len(encoded))
        self.data += encoded

    def runs(self, values: Sequence[int]) -> None:
        """Numbers ≥ 0 that repeat: each with how often it does. The reader knows how many."""
        if values and values.count(values[0]) == len(values):
            self.number(values[0])
            self.number(len(values))
            return
        for value, same in groupby(values):
            self.number(value)
            self.number(sum(1 for _ in same))


class Reader:
    """Reads what a Writer wrote, in the same order; Corrupt when it cannot be that."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self) -> int:
        """The next number."""
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise Corrupt("a number is too long")

    def numbers(self, count: int) -> list[int]:
        """The next `count` numbers."""
        end = self.at + count
        taken = self.data[self.at : end]
        if len(taken) == count and taken.isascii():  # each in a byte of its own, as nearly always
            self.at = end
            return list(taken)
        return [self.number() for _ in range(count)]

    def text(self) -> str:
        """The next text."""
        length = self.number()
        encoded = self.data[self.at : self.at + length]
        self.at += length
        if len(encoded) < length:
            raise Corrupt("the data is cut short")
        try:
            return encoded.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise Corrupt("a text is not UTF-8") from None

    def runs(self, count: int) -> list[int]:
        """The next `count` numbers written as runs."""
        values: list[int] = []
        while len(values) < count:
            value, times = self.number(), self.number()
            if not 0 < times <= count - len(values):
                raise Corrupt("a run has a wrong length")
            values += [value] * times
        return values

    def end(self) -> None:
        """There must be nothing more."""
        if self.at != len(self.data):
            raise Corrupt("there is something after the end")

    def _byte(self) -> int:
        if self.at >= len(self.data):
            raise Corrupt("the data is cut short")
        self.at += 1
        return self.data[self.at - 1]


def unzigzag(value: int) -> int:
    """A number of either sign, of which 2n (n ≥ 0) or 2·|n| - 1 (n < 0) was written: so it is
    small when it is near zero."""
    return value >> 1 if value & 1 == 0 else -(value + 1 >> 1)
