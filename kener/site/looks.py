"""What the page's owner made of it: how it looks, and what is announced on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kener.core.instant import Instant, parse_iso
from kener.locales import SOURCE, tags
from kener.store.tables import Page


@dataclass(frozen=True, slots=True)
class Look:
    """What the page's owner made of it."""

    theme: str
    footer: str
    links: Sequence[tuple[str, str]]
    accent: str = ""
    logo: str = ""
    favicon: str = ""
    font: str = ""
    css: str = ""
    analytics: tuple[str, Sequence[tuple[str, str]]] = ("", ())
    """A script's address, and its `data-` attributes; none without an address."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words of the owner below the verdict of the page."""

    text: str
    url: str


def languages_of(page: Page) -> tuple[str, ...]:
    """Those in which a page is published, its main one first. Of what was chosen once, only those
    that there still is a catalogue for."""
    chosen = [page.language, *page.languages]
    return tuple(dict.fromkeys(each for each in chosen if each in tags())) or (SOURCE,)


def look_of(stored: Mapping[str, Any]) -> Look:
    """As the templates take it."""
    links = tuple((each["label"], each["url"]) for each in stored.get("links", ()))
    counting = stored.get("analytics", {})
    data = tuple((each["name"], each["value"]) for each in counting.get("data", ()))
    words = {name: stored.get(name, "") for name in ("accent", "logo", "favicon", "font", "css")}
    return Look(
        stored.get("theme", "auto"),
        stored.get("footer", ""),
        links,
        **words,
        analytics=(counting.get("src", ""), data),
    )


def notice_of(look: Mapping[str, Any], now: Instant) -> Notice | None:
    """What is announced at this time. Both ends are ISO 8601, or None."""
    stored = look.get("announcement", {})
    begins, ends = stored.get("begins_at"), stored.get("ends_at")
    early = bool(begins) and now < parse_iso(begins)
    late = bool(ends) and now >= parse_iso(ends)
    if early or late or not stored.get("text"):
        return None
    return Notice(stored["text"], stored.get("url", ""))
