"""What a list can be asked for beside its filters: only some fields, and in another order."""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from kener.actions.fields import Problem, words_of
from kener.core.errors import Invalid
from kener.store.order import Order, Place

NOT_OURS = "is not one of ours: send `pagination.next` unchanged"
LONGEST_CURSOR = 2000


def commas(words: Sequence[str] | None = None, **items: Any) -> Any:
    """How the OpenAPI document shows a parameter that takes several, with commas between."""
    each = {"type": "string", "enum": list(words)} if words else items
    schema = {"type": "array", "items": each, "explode": False}
    return Annotated[Any, WithJsonSchema(schema)]


def some_of(names: Collection[str]) -> BeforeValidator:
    """The parameter `fields`: names of the document's fields, with commas between."""

    def chosen(value: Any) -> tuple[str, ...]:
        given = tuple(dict.fromkeys(each.strip() for each in str(value).split(",")))
        if unknown := [each for each in given if each not in names]:
            raise ValueError(f"there is no field {unknown[0][:40]!r}; there are {_all(names)}")
        return given

    return BeforeValidator(chosen, json_schema_input_type=commas(list(names)))


def one_order_of(orders: Mapping[str, Order]) -> BeforeValidator:
    """The parameter `sort`: the name of an order; with `-` before it, the other way round."""

    def chosen(value: Any) -> str:
        text = str(value)
        if text.removeprefix("-") not in orders:
            raise ValueError(f"must be one of {_all(orders)}; with - before it, falling")
        return text

    both = [f"{sign}{name}" for name in orders for sign in ("", "-")]
    return BeforeValidator(chosen, json_schema_input_type=Annotated[str, words_of(both)])


def order_of(orders: Mapping[str, Order], sort: str) -> Order:
    """The order that `sort` names."""
    return replace(orders[sort.removeprefix("-")], falling=sort.startswith("-"))


def place_in(cursor: str, sort: str, order: Order) -> Place | None:
    """Where a list goes on; None at its beginning. Invalid when the cursor is not ours, or belongs
    to another order."""
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        given = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        given = None
    if len(cursor) > LONGEST_CURSOR or not _is_place(given, order):
        raise Invalid({"cursor": Problem(NOT_OURS)})
    if given[0] != sort:
        raise Invalid({"cursor": Problem(f"belongs to a list with sort={given[0][:40]}")})
    return given[1], given[2]


def cursor_after(row: Any, sort: str, order: Order) -> str:
    """Where a list goes on after this row, as a text that nobody needs to understand."""
    text = json.dumps([sort, *order.place_of(row)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _is_place(given: Any, order: Order) -> bool:
    if not isinstance(given, list) or len(given) != 3 or not isinstance(given[0], str):
        return False
    _, value, key = given
    is_right = _is_kept(value) if order.is_text else _is_whole(value)
    return is_right and _is_whole(key)


def _is_kept(value: Any) -> bool:
    """A text that a database takes: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and not any(
        each == "\0" or "\ud800" <= each <= "\udfff" for each in value
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _all(names: Collection[str]) -> str:
    return ", ".join(names)
