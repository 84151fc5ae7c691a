"""Assertions: what must be true of an answer. Data, never code."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kener.checks._base import Context
from kener.checks._comparing import compare, is_number, shown
from kener.checks._failures import Degraded, Failure, Mismatch
from kener.checks._json_path import JsonPath, found, json_path
from kener.checks._patterns import TooSlow, pattern, search

Op = Literal[
    "equals", "not", "contains", "not_contains", "matches", "not_matches",
    "<", "<=", ">", ">=", "exists", "in",
]  # fmt: skip
Scalar = StrictBool | StrictInt | StrictFloat | Annotated[str, Field(max_length=2000)] | None
Value = Scalar | Annotated[list[Scalar], Field(max_length=100)]
PATTERNS = {"matches", "not_matches"}
NUMBERS = {"<", "<=", ">", ">="}
DETAIL = 400


class Missing:
    """What a source gives when there is nothing: `why` goes on after "but"."""

    def __init__(self, why: str = "there is none") -> None:
        self.why = why


Look = Callable[[str, str], Any]
"""(source, its part after the colon) → what was seen: a JSON value, or Missing."""


class Assertion(BaseModel):
    """`source` names what is looked at (`status`, `header:etag`, `json:$.a`); `op` how it is
    compared with `value`; `severity` what it means when it is not so."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    source: str = Field(title="Look at", min_length=1, max_length=400)
    op: Op = Field("equals", title="Compare")
    value: Value = Field(None, title="With")
    severity: Literal["down", "degraded"] = Field("down", title="If not")

    @field_validator("source")
    @classmethod
    def _source(cls, source: str) -> str:
        name, _, rest = source.strip().partition(":")
        if name == "json":
            json_path(rest)
        return f"{name}:{rest.strip()}" if rest else name

    @field_validator("value", mode="wrap")
    @classmethod
    def _comparable(cls, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validate(value)
        except ValidationError:  # one for each type that it is not
            raise ValueError(
                "must be a text of at most 2000 characters, a number, true, false, null, "
                "or a list of at most 100 of these"
            ) from None

    @model_validator(mode="after")
    def _fits(self) -> "Assertion":
        if self.op in PATTERNS:
            if not isinstance(self.value, str) or not self.value:
                raise ValueError("the value must be a regular expression")
            pattern(self.value)
        elif self.op in NUMBERS and not is_number(self.value):
            raise ValueError(f"{self.op} needs a number as its value")
        elif self.op == "in" and not isinstance(self.value, list | str):
            raise ValueError("in needs a list of values")
        elif self.op == "exists" and self.value not in (None, True, False, "true", "false", ""):
            raise ValueError("exists needs true, false or nothing as its value")
        return self

    @cached_property
    def name(self) -> str:
        """The source without its part after the colon."""
        return self.source.partition(":")[0]

    @cached_property
    def part(self) -> str:
        """What stands after the colon."""
        return self.source.partition(":")[2]

    @cached_property
    def path(self) -> JsonPath:
        """Of a `json:` source."""
        return json_path(self.part)

    def __str__(self) -> str:
        if self.op == "exists":
            return f"{self.source} {'exists' if self.wants_it else 'does not exist'}"
        return f"{self.source} {self.op} {shown(self.value)}"

    @property
    def wants_it(self) -> bool:
        """Of `exists`: whether there should be something."""
        return self.value not in (False, "false")


Assertions = tuple[Assertion, ...]
NONE: Assertions = ()


def assertions_field(*sources: str, advanced: bool = False) -> Any:
    """The settings field of a kind that takes assertions. Of `sources` those that end in a colon
    need a part after it; who is `Asserting` holds people to them."""
    extra: dict[str, Any] = {"widget": "rows", "sources": list(sources), "advanced": advanced}
    return Field(
        NONE,
        title="Assertions",
        description="What must be true of the answer",
        max_length=30,
        json_schema_extra=extra,
    )


class Asserting(BaseModel):
    """What has a field `assertions`, made by `assertions_field`: each looks at what is there."""

    @field_validator("assertions", check_fields=False)
    @classmethod
    def _known_sources(cls, value: Assertions, info: ValidationInfo) -> Assertions:
        return check_sources(value, *cls.looked_at(info.data))

    @classmethod
    def looked_at(cls, settings: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG003 - for kinds
        """The sources there are with these settings, those that stand before the assertions: all
        that the field offers, unless a kind knows better."""
        extra: Any = cls.model_fields["assertions"].json_schema_extra
        return tuple(extra["sources"])


def check_sources(assertions: Assertions, *sources: str) -> Assertions:
    """The assertions; a ValueError that says which one looks at what this kind does not have."""
    for number, each in enumerate(assertions):
        wanted = f"{each.name}:" if each.part else each.name
        if wanted not in sources:
            told = f"looks at “{each.source[:60]}”; here there is "
            told += ", ".join(f"{one}…" if one.endswith(":") else one for one in sources)
            raise PydanticCustomError("entry", "{told}", {"told": told, "entry": number})
    return assertions


async def failing(assertions: Assertions, look: Look, context: Context) -> Failure | None:
    """Judge what was seen. None when all is well; else a Failure that names each assertion that
    is not true and what was seen instead: down if one of those says so, else degraded."""
    broken = [(each, text) for each in assertions if (text := await _broken(each, look, context))]
    if not broken:
        return None
    told = "; ".join(text for _, text in broken)
    detail = told if len(told) <= DETAIL else told[: DETAIL - 1] + "…"
    is_down = any(each.severity == "down" for each, _ in broken)
    failure = Mismatch(detail) if is_down else Degraded(detail)
    failure.facts["failed_assertions"] = [str(each)[:200] for each, _ in broken]
    return failure


async def _broken(assertion: Assertion, look: Look, context: Context) -> str:
    """What is wrong, as a clause; empty when nothing is."""
    seen = look(assertion.name, assertion.part)
    if assertion.name == "json" and not isinstance(seen, Missing):
        seen = _at(seen, assertion.path)
    if assertion.op == "exists":
        there = not isinstance(seen, Missing)
        if there is assertion.wants_it:
            return ""
        return f"{assertion.source} is {shown(seen)}" if there else f"{assertion.source} is missing"
    if isinstance(seen, Missing):
        return f"expected {assertion}, but {seen.why}"
    if assertion.op in PATTERNS:
        return await _unmatched(assertion, seen, context)
    if compare(assertion.op, seen, assertion.value):
        return ""
    return f"expected {assertion}, got {shown(seen)}"


async def _unmatched(assertion: Assertion, seen: Any, context: Context) -> str:
    text = seen if isinstance(seen, str) else json.dumps(seen, ensure_ascii=False)
    try:
        match = await search(pattern(str(assertion.value)), text, context)
    except TooSlow:
        return f"{assertion} took too long to find out; use a simpler pattern"
    if (match is not None) is (assertion.op == "matches"):
        return ""
    return f"expected {assertion}, got {shown(seen)}"


def _at(document: Any, path: JsonPath) -> Any:
    values = found(document, path)
    if path.is_one or path.counts:
        return values[0] if values else Missing("there is nothing at that path")
    return values


def looking(values: Mapping[str, Any], parts: Sequence[str] = ()) -> Look:
    """A Look at plain values by the source's name, or by `name:part` for those in `parts`."""

    def look(name: str, part: str) -> Any:
        key = f"{name}:{part}" if name in parts else name
        return values.get(key, Missing())

    return look
