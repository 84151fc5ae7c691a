"""How a page looks, as somebody wants it: values of known kinds, never HTML or CSS."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kener.actions.fields import Fields, Line, Paragraph, at_or_none, one_of
from kener.core.instant import iso

ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
WEB = ("http", "https")


class Theme(StrEnum):
    """Light or dark; auto is what the visitor's system says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def _accent(text: str) -> str:
    if text and not ACCENT.fullmatch(text):
        raise ValueError("must be a colour like #3c56cf")
    return text.lower()


def _picture(text: str) -> str:
    if text and not _is_address(text, WEB):
        raise ValueError("must be an address like https://example.org/logo.svg, or /logo.svg")
    return text


def _target(text: str) -> str:
    if not _is_address(text, (*WEB, "mailto")):
        raise ValueError("must be an address like https://example.org/, /docs or mailto:a@b.org")
    return text


def _optional_target(text: str) -> str:
    return _target(text) if text else ""


def _written(value: Any) -> Any:
    """An instant as it is kept in JSON: all in the same way, so that texts sort as times do."""
    at = at_or_none(value)
    return None if at is None else iso(at)


WrittenAt = Annotated[str | None, BeforeValidator(_written, json_schema_input_type=datetime | None)]


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Whether a link leads to where it seems to lead: a path of ours, or an address with one of
    these schemes, without a name and password in it."""
    if not text.isprintable() or set(text) & set(" \\<>\"'"):
        return False
    if text.startswith("/"):
        return not text.startswith("//")
    try:
        parts = urlsplit(text)
        host, name = parts.hostname, parts.username
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "mailto" in schemes and "@" in parts.path and not parts.netloc
    return parts.scheme in schemes and bool(host) and name is None


Picture = Annotated[Line, Field(max_length=500), AfterValidator(_picture)]


class LinkFields(Fields):
    """A link at the foot of a page."""

    label: Annotated[Line, Field(min_length=1, max_length=60)]
    url: Annotated[Line, Field(min_length=1, max_length=500), AfterValidator(_target)]


class AnnouncementFields(Fields):
    """A few words below the verdict, from a time until another. Without a text there are none."""

    text: Annotated[Line, Field(max_length=500)] = ""
    url: Annotated[Line, Field(max_length=500), AfterValidator(_optional_target)] = ""
    begins_at: WrittenAt = None
    ends_at: WrittenAt = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.begins_at and self.ends_at and self.ends_at <= self.begins_at:
            raise ValueError("must end after it begins")
        return self


class LookFields(Fields):
    """What one may choose. Empty: as Kener does it."""

    accent: Annotated[Line, AfterValidator(_accent)] = ""
    theme: Annotated[Theme, one_of(Theme)] = Theme.AUTO
    logo: Picture = ""
    favicon: Picture = ""
    footer: Annotated[Paragraph, Field(max_length=1000)] = ""
    links: list[LinkFields] = Field(default_factory=list, max_length=10)
    announcement: AnnouncementFields = Field(default_factory=AnnouncementFields)

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return self.model_dump(mode="json")
