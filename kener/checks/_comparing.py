"""How what was seen is compared with what somebody wrote, who may have typed a number as text."""

import json
import math
from typing import Any

SHOWN = 80


def compare(op: str, seen: Any, wanted: Any) -> bool:
    """Whether `seen` is as `wanted`, by the operator of an assertion."""
    match op:
        case "equals":
            return same(seen, wanted)
        case "not":
            return not same(seen, wanted)
        case "contains":
            return _contains(seen, wanted)
        case "not_contains":
            return not _contains(seen, wanted)
        case "in":
            return any(same(seen, each) for each in _listed(wanted))
        case _:
            return _ordered(op, seen, wanted)


def same(seen: Any, wanted: Any) -> bool:
    """Equal as values, or as texts: `200` and `"200"`, true and `"true"` are the same."""
    if isinstance(seen, list | dict) or isinstance(wanted, list):
        return bool(seen == wanted) or _text(seen) == wanted
    if not isinstance(seen, bool) and not isinstance(wanted, bool):
        one, other = number(seen), number(wanted)
        if one is not None and other is not None:
            return one == other
    return _text(seen) == _text(wanted)


def _contains(seen: Any, wanted: Any) -> bool:
    if isinstance(seen, list):
        return any(same(each, wanted) for each in seen)
    if isinstance(seen, dict):
        return _text(wanted) in seen
    return _text(wanted) in _text(seen)


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [each.strip() for each in wanted.split(",")]


def _ordered(op: str, seen: Any, wanted: Any) -> bool:
    one, other = number(seen), number(wanted)
    if one is None or other is None:
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]


def number(value: Any) -> float | None:
    """The number that a value is or spells; None for anything else, true and false too."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > 40 or "_" in value):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def is_number(value: Any) -> bool:
    """Whether `number` finds one."""
    return number(value) is not None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shown(value: Any) -> str:
    """A value as it is told in a detail, at a sane length and on one line."""
    quoted = isinstance(value, str)
    text = " ".join(_text(value)[: 4 * SHOWN].split())
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return f"“{text}”" if quoted else text
