"""Reading what somebody typed or sent: types, and problems in plain words, one for each field."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from kener.core.errors import Invalid
from kener.core.instant import parse_iso
from kener.core.walltime import is_zone

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
UNKEPT = "must not contain the character NUL or half a surrogate pair"
_LINE_BREAK = re.compile(r"[\t\n\x85\u2028\u2029]")


class Problem(str):
    """What is wrong with a field, for people; `code` says the same to programs."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, text: str, code: str = "invalid") -> Self:
        problem = super().__new__(cls, text)
        problem.code = code
        return problem


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def _unix_lines(value: Any) -> Any:
    """Browsers end the lines of a form with CR LF."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _one_line(text: str) -> str:
    if _LINE_BREAK.search(_printable(text)):
        raise ValueError("must be a single line")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
Paragraph = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    BeforeValidator(_unix_lines),
    AfterValidator(_printable),
]


def at_or_none(value: Any) -> Any:
    """An instant that was written with its zone; None for nothing."""
    if value is None or value == "":
        return None
    try:
        return parse_iso(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a time with its zone, like 2026-01-31T10:30:00Z") from None


def one_of(words: type[StrEnum]) -> BeforeValidator:
    """Take a word's text for the word, also where JSON's types are taken as they are."""

    def word(value: Any) -> Any:
        if value not in list(words):
            raise ValueError(f"must be one of {', '.join(words)}")
        return words(value)

    return BeforeValidator(word)


def words_of(words: Iterable[str]) -> WithJsonSchema:
    """How the OpenAPI document shows a text that must be one of some words."""
    return WithJsonSchema({"type": "string", "enum": list(words)})


def one_word_of(words: Mapping[str, Any]) -> BeforeValidator:
    """Take a text that is one of these words; what is no text is left to its type."""

    def word(value: Any) -> Any:
        if isinstance(value, str) and value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return BeforeValidator(word)


def by_id(model: type[BaseModel]) -> BeforeValidator:
    """Take a text for the model's `id`, with all else as it is when nothing is said."""
    return BeforeValidator(
        lambda value: {"id": value} if isinstance(value, str) else value,
        json_schema_input_type=model | str,
    )


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError("must be a time zone like Europe/Berlin")
    return name


ZoneName = Annotated[Line, AfterValidator(_zone)]


class Fields(BaseModel):
    """What all typed inputs share: unknown fields are refused, and errors repeat no input."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


F = TypeVar("F", bound=Fields)


def read(model: type[F], given: Mapping[str, Any], *, exact: bool = False) -> F:
    """The typed input; Invalid names every bad field.

    `exact` takes JSON's types as they are (the API); without it a form's texts become numbers.
    """
    try:
        return model.model_validate(dict(given), strict=exact)
    except ValidationError as error:
        raise Invalid(problems_of(error)) from None


def problems_of(error: ValidationError) -> dict[str, str]:
    """Each bad field, dotted when it lies inside another, and what would be right."""
    return {".".join(str(each) for each in one["loc"]): _plain(one) for one in error.errors()}


def unkept(value: Any, path: str) -> dict[str, str]:
    """The texts anywhere inside a JSON value, names too, that no database of ours can keep."""
    if isinstance(value, str):
        return {path: Problem(UNKEPT)} if _UNKEPT.search(value) else {}
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        if any(_UNKEPT.search(str(name)) for name in value):
            return {path: Problem(UNKEPT)}
        for name, each in value.items():
            found |= unkept(each, f"{path}.{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            found |= unkept(each, f"{path}.{index}")
    return found


_TYPES = {
    "missing": ("is needed", "required"),
    "extra_forbidden": ("there is no such field", "unknown_field"),
    "string_type": ("must be text", "wrong_type"),
    "int_type": ("must be a whole number", "wrong_type"),
    "int_parsing": ("must be a whole number", "wrong_type"),
    "int_from_float": ("must be a whole number", "wrong_type"),
    "float_type": ("must be a number", "wrong_type"),
    "float_parsing": ("must be a number", "wrong_type"),
    "finite_number": ("must be a number", "wrong_type"),
    "bool_type": ("must be true or false", "wrong_type"),
    "bool_parsing": ("must be true or false", "wrong_type"),
    "dict_type": ("must be an object", "wrong_type"),
    "model_type": ("must be an object", "wrong_type"),
    "list_type": ("must be a list", "wrong_type"),
}
_BOUNDS = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}


def _plain(one: ErrorDetails) -> Problem:
    kind, context = one["type"], one.get("ctx", {})
    if kind in _TYPES:
        return Problem(*_TYPES[kind])
    # A length that is checked after a function of ours is of nothing in particular for pydantic.
    if isinstance(one["input"], str) and kind in {"too_short", "too_long"}:
        kind = f"string_{kind}"
    if kind in _BOUNDS:
        return Problem(_BOUNDS[kind].format(**context))
    if kind == "string_too_short":
        return Problem("is needed", "required")
    return Problem(one["msg"].removeprefix("Value error, "))
