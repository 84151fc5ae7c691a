"""An hour of samples in about a byte and a half each.

Slots, statuses, reasons and details come back exactly, latencies within 0.8 % (exactly below
64 µs). Layout: version, then as varints the number of samples, their slots' deltas, statuses and
notes as runs, the notes' table, the latencies as deltas of log-linear buckets; last a CRC-32.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from zlib import crc32

from kener.core.buckets import middle_of
from kener.core.instant import Instant
from kener.core.outcome import Reason
from kener.core.status import CODE_OF_STATUS, STATUS_OF_CODE, Status
from kener.core.varints import Corrupt, Reader, Writer, unzigzag

VERSION = 1
LATENCY_PARTS = 64
BITS = LATENCY_PARTS.bit_length()
CHECKSUM = 4

Note = tuple[Reason | None, str | None]
NOTHING: Note = (None, None)


@dataclass(frozen=True, slots=True)
class Sample:
    """A result on its own: slot, status, latency in µs, and of what was not up the why."""

    at: Instant
    status: Status
    latency_us: int | None = None
    reason: Reason | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Samples of an hour by column, in the order of their slots: how many ms after the hour's
    beginning, the statuses' codes, the latencies in µs (-1 for none), and by index the notes of
    those that have one."""

    offsets: Sequence[int]
    codes: Sequence[int]
    latencies: Sequence[int]
    notes: Mapping[int, tuple[str | None, str | None]]


def columns(samples: Iterable[Sample], hour_at: Instant) -> Columns:
    """Samples as columns, put in the order of their slots; none may be before `hour_at`."""
    ordered = sorted(samples, key=lambda each: each.at)
    notes = {i: (each.reason, each.detail) for i, each in enumerate(ordered)}
    return Columns(
        [each.at - hour_at for each in ordered],
        [CODE_OF_STATUS[each.status] for each in ordered],
        [-1 if each.latency_us is None else each.latency_us for each in ordered],
        {i: note for i, note in notes.items() if note != NOTHING},
    )


def samples_of(ordered: Columns, hour_at: Instant) -> list[Sample]:
    """The reverse of `columns`; Corrupt for a status or a reason that we do not know."""
    rows = zip(ordered.offsets, ordered.codes, ordered.latencies, strict=True)
    return [
        Sample(
            hour_at + offset,
            _status(code),
            us if us >= 0 else None,
            *_note(*ordered.notes.get(index, NOTHING)),
        )
        for index, (offset, code, us) in enumerate(rows)
    ]


def buckets_of(latencies: Iterable[int]) -> list[int]:
    """`bucket_of` each latency; -1 stays what it is. Written out, for there are very many."""
    return [
        ((shift := us.bit_length() - BITS) << BITS - 1) + (us >> shift)
        if us >= 2 * LATENCY_PARTS
        else us
        for us in latencies
    ]


def pack(samples: Iterable[Sample], hour_at: Instant) -> bytes:
    """Samples as bytes, put in the order of their slots; none may be before `hour_at`."""
    ordered = columns(samples, hour_at)
    return pack_columns(ordered, buckets_of(ordered.latencies))


def pack_columns(ordered: Columns, buckets: Iterable[int]) -> bytes:
    """Columns as bytes; `buckets` are `buckets_of` their latencies."""
    writer = Writer()
    writer.number(VERSION)
    writer.number(len(ordered.offsets))
    writer.runs(list(map(sub, ordered.offsets, (0, *ordered.offsets))))
    writer.runs(ordered.codes)
    _write_notes(writer, ordered)
    _write_latencies(writer, buckets)
    return bytes(writer.data) + crc32(writer.data).to_bytes(CHECKSUM)


def unpack(data: bytes, hour_at: Instant) -> list[Sample]:
    """What `pack` wrote, by slot; Corrupt for a version we do not know and for damage."""
    reader, count = _open(data)
    slots = list(accumulate(reader.runs(count), initial=hour_at))[1:]
    statuses = [_status(code) for code in reader.runs(count)]
    notes = _read_notes(reader, count)
    latencies = _read_latencies(reader, count)
    reader.end()
    columns = zip(slots, statuses, latencies, notes, strict=True)
    return [Sample(at, status, us, *note) for at, status, us, note in columns]


def _open(data: bytes) -> tuple[Reader, int]:
    body, checksum = data[:-CHECKSUM], data[-CHECKSUM:]
    if crc32(body).to_bytes(CHECKSUM) != checksum:
        raise Corrupt("the samples are damaged: their checksum is wrong")
    reader = Reader(body)
    if reader.number() != VERSION:
        raise Corrupt("the samples are of an unknown version")
    return reader, reader.number()


def _write_notes(writer: Writer, ordered: Columns) -> None:
    notes = ordered.notes
    table = {note: number for number, note in enumerate(dict.fromkeys([NOTHING, *notes.values()]))}
    writer.number(len(table) - 1)
    for reason, detail in list(table)[1:]:
        writer.text(reason or "")
        writer.number(0 if detail is None else 1)
        if detail is not None:
            writer.text(detail)
    numbers = [0] * len(ordered.offsets)
    for index, note in notes.items():
        numbers[index] = table[note]
    writer.runs(numbers)


def _read_notes(reader: Reader, count: int) -> list[Note]:
    table = [NOTHING, *(_read_note(reader) for _ in range(reader.number()))]
    numbers = reader.runs(count)
    if max(numbers, default=0) >= len(table):
        raise Corrupt("a sample's reason is missing")
    return [table[number] for number in numbers]


def _read_note(reader: Reader) -> Note:
    word = reader.text()
    return _note(word, reader.text() if reader.number() else None)


def _note(word: str | None, detail: str | None) -> Note:
    try:
        return (Reason(word) if word else None), detail
    except ValueError:
        raise Corrupt(f"there is no reason {word!r}") from None


def _write_latencies(writer: Writer, buckets: Iterable[int]) -> None:
    """0 for none, else one more than the zigzag of the difference to the last bucket."""
    previous = 0
    append = writer.data.append
    for bucket in buckets:
        if bucket < 0:
            append(0)
            continue
        change = bucket - previous
        number = 2 * change + 1 if change >= 0 else -2 * change
        if number > 0x7F:
            writer.number(number)
        else:
            append(number)
        previous = bucket


def _read_latencies(reader: Reader, count: int) -> list[int | None]:
    latencies: list[int | None] = []
    bucket = 0
    for _ in range(count):
        number = reader.number()
        bucket += unzigzag(number - 1) if number else 0
        if bucket < 0:
            raise Corrupt("a latency is negative")
        latencies.append(middle_of(bucket, LATENCY_PARTS) if number else None)
    return latencies


def _status(code: int) -> Status:
    if code not in STATUS_OF_CODE:
        raise Corrupt(f"there is no status {code}")
    return STATUS_OF_CODE[code]
