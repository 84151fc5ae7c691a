"""The page's own files under names that carry their hash, so that browsers keep them for ever."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kener.locales import Language, speaking
from kener.site.strips import LINES
from kener.site.words import script_with_words

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
FONT = "fonts/familjen-grotesk-5.3.0-latin.woff2"
FONT_EXT = "fonts/familjen-grotesk-5.3.0-latin-ext.woff2"
HTMX = "vendor/htmx-4.0.1.min.js"
SCRIPT = "site/status.js"
STYLE = "site/site.css"
ICONS = "site/icons"


@dataclass(frozen=True, slots=True)
class Assets:
    """Root-relative addresses; `files` are path → content. `icons` are by state's letter."""

    css: str
    htmx: str
    font: str
    icons: dict[str, str]
    files: dict[str, bytes]


def hashed(folder: str, name: str, content: bytes) -> str:
    """a/site.3fa9c1d2e0.css: a path that no other content ever has."""
    stem, _, suffix = name.rpartition(".")
    return f"{folder}/{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"


@cache
def assets(static: Path = STATIC) -> Assets:
    """All of them, read once a process. FileNotFoundError when the checkout is not whole."""
    files: dict[str, bytes] = {}

    def add(name: str, content: bytes) -> str:
        path = hashed("a", name, content)
        files[path] = content
        return f"/{path}"

    fonts = {each: add(_short(each), (static / each).read_bytes()) for each in (FONT, FONT_EXT)}
    style = (static / STYLE).read_text()
    for path, address in fonts.items():
        style = style.replace(f"../{path}", address.rpartition("/")[2])
    icons = {each: (static / ICONS / f"{each}.svg").read_bytes() for each in LINES}
    return Assets(
        css=add("site.css", style.encode()),
        htmx=add("htmx.js", (static / HTMX).read_bytes()),
        font=fonts[FONT],
        icons={letter: add(f"icon-{letter}.svg", body) for letter, body in icons.items()},
        files=files,
    )


@cache
def script(language: Language, static: Path = STATIC) -> tuple[str, bytes]:
    """Path and content of the page's script, in a language."""
    with speaking(language.tag):
        content = script_with_words(_lean((static / SCRIPT).read_text())).encode()
    return hashed("a", "status.js", content), content


def _lean(script: str) -> str:
    """Without comment lines and indentation. Every visitor waits for this file."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def _short(path: str) -> str:
    return "text-ext.woff2" if "latin-ext" in path else "text.woff2"
