"""The page's templates: their environment, and a fingerprint of all that shapes a page."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kener.core.instant import Instant, iso
from kener.locales import FOLDER as LOCALES
from kener.locales import gettext, ngettext
from kener.site import wording
from kener.site.assets import ROOT, assets

FOLDER = ROOT / "templates"


@cache
def environment(folder: Path = FOLDER) -> Environment:
    """Escapes everything, and fails on a name that nobody gave."""
    env = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each of thousands of renderings asks the disk for changes
    )
    env.filters["iso"] = iso
    env.filters["xml"] = _xml
    env.filters["time"] = _time
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {"glyph": _glyph, "strip": _strip, "day_line": _day_line}
    return env


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """A template's text."""
    return environment().get_template(template).render(context)


def warm() -> None:
    """Compile every template, and read every asset: once in a process whose forks publish, or each
    of them would do it anew."""
    for path in (FOLDER / "site").iterdir():
        environment().get_template(f"site/{path.name}")
    fingerprint()


@cache
def fingerprint(folder: Path = FOLDER) -> str:
    """Changes when a template or an asset does."""
    digest = hashlib.sha256()
    for path in sorted([*(folder / "site").iterdir(), *LOCALES.glob("*.po")]):
        digest.update(path.read_bytes())
    for name in sorted(assets().files):
        digest.update(name.encode())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1024)
def _glyph(letter: str, size: int = 16, label: str = "") -> Markup:
    return _drawn("glyph", letter, size, label)


@lru_cache(maxsize=4096)
def _strip(paths: Sequence[tuple[str, str]], ticks: float, kind: str = "strip") -> Markup:
    return _drawn("strip", paths, ticks, kind)


@lru_cache(maxsize=4096)
def _day_line(*shown: str) -> Markup:
    return _drawn("day", *shown)


def _drawn(macro: str, *given: object) -> Markup:
    """What a macro of `_drawn.html` makes of values that are asked for again and again."""
    made: Markup = getattr(environment().get_template("site/_drawn.html").module, macro)(*given)
    return made


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """Without characters that XML 1.0 has no way to write; escaped as everything is."""
    return _NOT_XML.sub("\ufffd", text)


@pass_context
def _time(context: Context, at: Instant, form: str) -> str:
    """In the page's zone, in one of the forms that `status.js` knows too."""
    frame: Any = context["site"]
    return written(at, form, frame["zone"], frame["generated"])


FORMS: Mapping[str, Callable[[Instant, str], str]] = {
    "o": wording.month_alone,
    "2": lambda at, zone: str(wording.local(at, zone).day),
    "t": wording.clock,
    "d": wording.day,
    "m": wording.moment,
}


def written(at: Instant, form: str, zone: str, now: Instant) -> str:
    """By `form`: o Nov · 2 9 · t 14:31 · d 23 Nov · m 23 Nov 2026, 14:31 · n as t on the day of
    `now`, else 22 Nov, 14:31."""
    if form == "n":
        is_today = wording.local(at, zone).date() == wording.local(now, zone).date()
        return wording.clock(at, zone) if is_today else wording.brief(at, zone)
    return FORMS[form](at, zone)
