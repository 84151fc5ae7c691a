"""What answers have around their data."""

from typing import NotRequired, TypedDict


class Gone(TypedDict):
    """What was deleted."""

    id: str


class Pagination(TypedDict):
    """Where a list goes on."""

    limit: int
    next: str | None
    total: int


class OpenPagination(TypedDict):
    """Where a list goes on whose rows nobody counts."""

    limit: int
    next: str | None


class ErrorDetail(TypedDict):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class Refusal(TypedDict):
    """Why not. `code` is for programs, `message` for people."""

    code: str
    message: str
    details: NotRequired[list[ErrorDetail]]
