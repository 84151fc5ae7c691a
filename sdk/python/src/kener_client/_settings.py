"""Where Kener is, and who asks: from what is given, or from the environment."""

import os
from dataclasses import dataclass, field

import httpx

URL = "KENER_URL"
KEY = "KENER_API_KEY"
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Settings:
    """The address of a Kener, without the `/api`, and a key; neither shows what is secret."""

    url: str
    key: str | None = field(repr=False)

    def hide(self, text: str, *others: str) -> str:
        """A text without the key, and without others that are as secret."""
        for each in (self.key, *others):
            if each:
                text = text.replace(each, HIDDEN)
        return text


def settings_of(url: str | None, key: str | None) -> Settings:
    """What is given, or else what KENER_URL and KENER_API_KEY say. ValueError, in a sentence, for
    what cannot be one. Without a key one can ask for what is public."""
    address = url or os.environ.get(URL, "")
    if not address:
        raise ValueError(f"Where is Kener? Give its url, or set {URL}.")
    known = key if key is not None else os.environ.get(KEY)
    if known and not (known.isascii() and known.isprintable() and " " not in known):
        raise ValueError("The key has a character that no key has.")
    return Settings(_plain(address), known or None)


def _plain(url: str) -> str:
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("The url is none.") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError("The url must begin with http:// or https:// and a host.")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError("The url must be an address and a path, and nothing else.")
    return str(parsed).rstrip("/").removesuffix("/api").rstrip("/")
