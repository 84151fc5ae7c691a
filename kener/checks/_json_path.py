"""Paths into JSON: a small part of RFC 9535, with nothing in it that could run for long.

`$.data.items[0]['a key']`; the `$.` may be left out, `[-1]` is the last, `[*]` or `.*` all of a
list's or object's values, and `.length()` at the end counts.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

LONGEST = 300
MOST_FOUND = 1_000
ALL = None
_PART = re.compile(
    r"\.?\[(?P<index>-?\d{1,9})\]|\.?\[(?P<all>\*)\]|\.(?P<star>\*)"
    r"|\.?\['(?P<single>(?:[^'\\]|\\.)+)'\]|\.?\[\"(?P<double>(?:[^\"\\]|\\.)+)\"\]"
    r"|\.(?P<name>[^.\[\]()'\"\s*]+)"
)


class JsonPath(NamedTuple):
    """`parts`: names, indexes, or ALL; `counts`: how many there are is asked for."""

    parts: tuple[str | int | None, ...]
    counts: bool

    @property
    def is_one(self) -> bool:
        """Whether it leads to one value at most."""
        return ALL not in self.parts


def json_path(text: str) -> JsonPath:
    """The path that was written; ValueError says what is wrong with it."""
    if len(text) > LONGEST:
        raise ValueError(f"a path has at most {LONGEST} characters")
    rest = text.strip().removeprefix("$")
    counts = rest.endswith(".length()")
    rest = rest.removesuffix(".length()")
    if rest and rest[0] not in ".[":
        rest = f".{rest}"
    parts: list[str | int | None] = []
    at = 0
    while at < len(rest):
        match = _PART.match(rest, at)
        if match is None:
            raise ValueError(f"“{text}” is no path like $.data.items[0].name")
        parts.append(_part(match))
        at = match.end()
    return JsonPath(tuple(parts), counts)


def _part(match: re.Match[str]) -> str | int | None:
    if match["index"] is not None:
        return int(match["index"])
    if match["all"] or match["star"]:
        return ALL
    quoted = match["single"] or match["double"]
    return re.sub(r"\\(.)", r"\1", quoted) if quoted else match["name"]


def found(document: Any, path: JsonPath) -> list[Any]:
    """The values at a path, none when there is nothing; with `counts` their number, or the length
    of the one list, object or text."""
    values = [document]
    for part in path.parts:
        values = list(_below(values, part))
    if not path.counts:
        return values
    if path.is_one:
        return [len(values[0])] if values and isinstance(values[0], list | dict | str) else []
    return [len(values)]


def _below(values: Iterable[Any], part: str | int | None) -> Iterable[Any]:
    number = 0
    for value in values:
        for child in _children(value, part):
            number += 1
            if number > MOST_FOUND:
                return
            yield child


def _children(value: Any, part: str | int | None) -> Iterable[Any]:
    if part is ALL:
        return (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
    if isinstance(part, int):
        inside = isinstance(value, list) and -len(value) <= part < len(value)
        return (value[part],) if inside else ()
    return (value[part],) if isinstance(value, dict) and part in value else ()
