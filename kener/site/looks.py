"""What the page's owner made of it: how it looks, and what is announced on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kener.core.instant import Instant, parse_iso


@dataclass(frozen=True, slots=True)
class Look:
    """What the page's owner made of it."""

    theme: str
    footer: str
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words of the owner below the verdict of the page."""

    text: str
    url: str


def look_of(stored: Mapping[str, Any]) -> Look:
    """As the templates take it."""
    links = tuple((each["label"], each["url"]) for each in stored.get("links", ()))
    return Look(stored.get("theme", "auto"), stored.get("footer", ""), links)


def notice_of(look: Mapping[str, Any], now: Instant) -> Notice | None:
    """What is announced at this time. Both ends are ISO 8601, or None."""
    stored = look.get("announcement", {})
    begins, ends = stored.get("begins_at"), stored.get("ends_at")
    early = bool(begins) and now < parse_iso(begins)
    late = bool(ends) and now >= parse_iso(ends)
    if early or late or not stored.get("text"):
        return None
    return Notice(stored["text"], stored.get("url", ""))
