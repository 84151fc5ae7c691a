"""What all answers have in common, as the OpenAPI document tells it.

Answers are plain dicts, as these are quick. The models only describe them, and a test holds every
answer that any test of the API gets against them.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from kener.actions.fields import Fields

T = TypeVar("T")

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""ISO 8601 in UTC, with `Z`."""


def _nothing_needed(schema: dict[str, Any]) -> None:
    schema.pop("required", None)
    for each in schema["properties"].values():
        each.pop("default", None)


class Change(Fields):
    """Any of these fields; those that are not named keep their value."""

    model_config = ConfigDict(json_schema_extra=_nothing_needed)


class VersionedChange(Change):
    """The same; refused when the `version` that was looked at is not the present one."""

    version: int | None = None


class Shown(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Part(Shown):
    """Those fields of a document that were asked for."""

    model_config = ConfigDict(json_schema_extra=_nothing_needed)


class Answer(Shown, Generic[T]):
    """What was asked for, or done."""

    success: Literal[True]
    data: T
    message: str


class Pagination(Shown):
    """Where a list goes on."""

    limit: int
    next: str | None
    """The `cursor` of the next part; null at the end."""
    total: int


class OpenPagination(Shown):
    """Where a list goes on whose rows nobody counts."""

    limit: int
    next: str | None
    """The `cursor` of the next part; null at the end."""


class ListAnswer(Shown, Generic[T]):
    """Part of a list."""

    success: Literal[True]
    data: list[T]
    pagination: Pagination
    message: str


class OpenListAnswer(Shown, Generic[T]):
    """Part of a list that has no total."""

    success: Literal[True]
    data: list[T]
    pagination: OpenPagination
    message: str


class ErrorDetail(Shown):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class Refusal(Shown):
    """Why not. `code` is for programs, `message` for people."""

    code: str
    message: str
    details: list[ErrorDetail] = []
    """Every bad field; only when there are some."""


class ErrorAnswer(Shown):
    """What was asked for was not done."""

    success: Literal[False]
    error: Refusal


class Named(Shown):
    """A monitor by its names."""

    id: str
    slug: str
    name: str


class Gone(Shown):
    """What was deleted."""

    id: str
