"""How a page looks, as somebody wants it: values of known kinds, never HTML."""

import re
from base64 import b64decode
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kener.actions.fields import Fields, Line, Paragraph, at_or_none, one_of
from kener.core.instant import iso

ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
WEB = ("http", "https")
LONGEST = 500
LARGEST = 64_000
"""Bytes of a picture."""
INLINE = re.compile(r"data:image/(?:svg\+xml|png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})")
FOREIGN = re.compile(r"@import|https?:|url\(\s*[\"']?//|</|\\", re.IGNORECASE)
"""What could bring in something from elsewhere, or be read as something else."""


class Theme(StrEnum):
    """Light or dark; auto is what the visitor's system says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Font(StrEnum):
    """What the page is set in; empty: in Kener's own typeface."""

    OURS = ""
    SYSTEM = "system"
    SERIF = "serif"


def _accent(text: str) -> str:
    if text and not ACCENT.fullmatch(text):
        raise ValueError("must be a colour like #3c56cf")
    return text.lower()


def _picture(text: str) -> str:
    if text.startswith("data:"):
        return _drawn(text)
    if text and (len(text) > LONGEST or not _is_address(text, WEB)):
        raise ValueError("must be an address like https://example.org/logo.svg, or /logo.svg")
    return text


def _drawn(text: str) -> str:
    """A picture itself: it is published as a file of the page."""
    found = INLINE.fullmatch(text)
    try:
        size = len(b64decode(found[1], validate=True)) if found else 0
    except ValueError:
        size = 0
    if not size:
        raise ValueError("must be a picture in base64: svg, png, jpeg, gif or webp")
    if size > LARGEST:
        raise ValueError(f"must have at most {LARGEST // 1000} kB")
    return text


def _css(text: str) -> str:
    if found := FOREIGN.search(text):
        raise ValueError(f"may not have {found[0]!r}: everything a page shows comes with it")
    return text


def _script(text: str) -> str:
    if text and (not _is_address(text, ("https",)) or text.startswith("/")):
        raise ValueError("must be an address like https://stats.example.org/script.js")
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


Picture = Annotated[Line, Field(max_length=LARGEST * 3 // 2), AfterValidator(_picture)]


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


class DataFields(Fields):
    """A `data-` attribute of a script: its name without that, and its value."""

    name: Annotated[Line, Field(max_length=40, pattern="^[a-z][a-z0-9-]*$")]
    value: Annotated[Line, Field(max_length=LONGEST)]


class AnalyticsFields(Fields):
    """A script that counts visitors, and its `data-` attributes. Without an address there is
    none, and nothing of a page is loaded from elsewhere."""

    src: Annotated[Line, Field(max_length=LONGEST), AfterValidator(_script)] = ""
    data: list[DataFields] = Field(default_factory=list, max_length=5)


class LookFields(Fields):
    """What one may choose. Empty: as Kener does it."""

    accent: Annotated[Line, AfterValidator(_accent)] = ""
    theme: Annotated[Theme, one_of(Theme)] = Theme.AUTO
    logo: Picture = ""
    favicon: Picture = ""
    font: Annotated[Font, one_of(Font)] = Font.OURS
    css: Annotated[Paragraph, Field(max_length=20_000), AfterValidator(_css)] = ""
    analytics: AnalyticsFields = Field(default_factory=AnalyticsFields)
    footer: Annotated[Paragraph, Field(max_length=1000)] = ""
    links: list[LinkFields] = Field(default_factory=list, max_length=10)
    announcement: AnnouncementFields = Field(default_factory=AnnouncementFields)

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return self.model_dump(mode="json")
