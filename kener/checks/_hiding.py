"""Taking secrets out of what is told: a server may send back what it was sent, in whatever form."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from kener.checks._failures import Failure
from kener.core.outcome import Fact, Outcome

HIDDEN = "•••"
SHORTEST_SECRET = 3
SHORTEST_PIECE = 6
_ENCODED = re.compile("%[0-9A-F]{2}")


def forms(secrets: Iterable[str]) -> list[str]:
    """All in which secrets could come back, the longest first: as they are, in JSON, in HTML,
    percent-encoded, in Base64 on their own or within something longer."""
    found: set[str] = set()
    for secret in {each for each in secrets if len(each) >= SHORTEST_SECRET}:
        found |= {secret, html.escape(secret), quote(secret), quote(secret, safe="")}
        found |= {json.dumps(secret, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}
        found |= {quote_plus(secret), secret.replace("/", "\\/"), *_in_base64(secret)}
    found |= {_ENCODED.sub(lambda match: match[0].lower(), each) for each in found if "%" in each}
    return sorted(found, key=len, reverse=True)


def _in_base64(secret: str) -> Iterator[str]:
    """Whole, and the signs that are the same wherever it begins within three bytes."""
    raw = secret.encode(errors="replace")
    yield base64.b64encode(raw).decode()
    for before in range(3) if len(raw) >= SHORTEST_PIECE else ():
        whole = base64.b64encode(bytes(before) + raw).decode()
        kept = whole[(0, 2, 3)[before] : (before + len(raw)) * 8 // 6]
        yield kept
        yield kept.translate(str.maketrans("+/", "-_"))


def scrub(failure: Failure, secrets: Iterable[str]) -> None:
    """Take what must not be shown out of a failure."""
    hidden = forms(secrets)
    failure.detail = scrubbed(failure.detail, hidden)
    failure.facts = _facts(failure.facts, hidden)


def without(outcome: Outcome, hidden: list[str]) -> Outcome:
    """The outcome without these forms."""
    detail = scrubbed(outcome.detail, hidden)
    return replace(outcome, detail=detail, facts=_facts(outcome.facts, hidden))


def _facts(facts: Mapping[str, Fact], hidden: list[str]) -> dict[str, Fact]:
    return {name: _fact(fact, hidden) for name, fact in facts.items()}


def _fact(fact: Fact, hidden: list[str]) -> Fact:
    if isinstance(fact, list):
        return [scrubbed(each, hidden) for each in fact]
    return scrubbed(fact, hidden) if isinstance(fact, str) else fact


def scrubbed(text: str, hidden: Iterable[str]) -> str:
    """The text without these, and without the beginning of one that was cut off in it."""
    for secret in hidden:
        text = text.replace(secret, HIDDEN)
        if "…" not in text:
            continue
        parts = text.split("…")
        text = "…".join([*(_without_end(part, secret) for part in parts[:-1]), parts[-1]])
    return text


def _without_end(text: str, secret: str) -> str:
    for length in range(min(len(secret), len(text)), SHORTEST_PIECE - 1, -1):
        if text.endswith(secret[:length]):
            return text[:-length] + HIDDEN
    return text
