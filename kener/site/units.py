"""Files of the page that are only made anew when what they are made from has changed."""

import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kener.core.instant import HOUR
from kener.locales import spoken
from kener.site.snapshot import Snapshot
from kener.site.templates import fingerprint, rendered


@dataclass(frozen=True, slots=True)
class Unit:
    """A file. `key` names all that it is made from: a target that has it under the same key keeps
    it, and `make` is not called."""

    path: str
    key: str
    make: Callable[[], bytes]


def page(path: str, key: str, template: str, context: Callable[[], Mapping[str, Any]]) -> Unit:
    """A file that a template makes; `context` is only asked for what it shows when it is due."""
    address = path.removesuffix("index.html")
    return Unit(path, key, lambda: rendered(template, {**context(), "address": address}).encode())


def page_key(seen: Snapshot, name: str, *shown: object) -> str:
    """A key of what is `shown`, day and hour, the templates, and what every page has around it."""
    # Not all at the same minute: each has its own, by its name.
    phase = zlib.crc32(name.encode()) % HOUR
    made_from = (seen.title, seen.zone, seen.languages, seen.look, seen.today)
    return key_of(*made_from, (seen.at + phase) // HOUR, *shown)


def key_of(*shown: object) -> str:
    """A key of what is `shown` and the templates alone."""
    return hashlib.sha256(repr((fingerprint(), spoken().tag, *shown)).encode()).hexdigest()[:20]


def is_kept(unit: Unit, known: Mapping[str, str]) -> bool:
    """Whether a target that has what is `known` has this file as it would be made now."""
    return known.get(unit.path) == unit.key
