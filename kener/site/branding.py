"""What makes a page its owner's: pictures, a colour for links and the first button, a font, CSS."""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from kener.core.colour import contrast, readable
from kener.site.assets import hashed
from kener.site.looks import Look

GROUNDS = {
    "light": ("#f6f4ee", "#fffefb", "#efece3"),
    "dark": ("#0e1116", "#151a21", "#0a0d11"),
}
"""paper, card and sunk of `static/site/site.css`."""
FONTS = {
    "system": "ui-sans-serif,system-ui,sans-serif",
    "serif": 'ui-serif,Georgia,Cambria,"Times New Roman",serif',
}
ON = "#fffefb", "#15181e"
TINTED = (
    ".brand .ink{fill:var(--accent)}"
    ".btn.solid{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}"
    ":is(.lede,.tools,.crumbs,.note,.lnk,.turn,footer) a,a.lnk{color:var(--accent)}\n"
)
"""What the colour is spent on: never on a state."""
ENDS = {"svg+xml": "svg", "jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Brand:
    """Root-relative paths or addresses, empty where there is none; `files` are path → content.
    `origins` are those that a browser must be allowed to load from: of pictures, of scripts."""

    css: str
    logo: str
    favicon: str
    files: dict[str, bytes]
    picture_origins: tuple[str, ...]
    script_origins: tuple[str, ...]


@lru_cache(maxsize=32)
def brand_of(look: Look) -> Brand:
    """The files of a look, and where it loads from."""
    files: dict[str, bytes] = {}
    css = _css(look).encode()
    path = ""
    if css:
        path = hashed("a", "look.css", css)
        files[path] = css
    return Brand(
        css=f"/{path}" if path else "",
        logo=_picture(look.logo, "logo", files),
        favicon=_picture(look.favicon, "favicon", files),
        files=files,
        picture_origins=_origins([look.logo, look.favicon]),
        script_origins=_origins([look.analytics[0]]),
    )


def accents(colour: str) -> tuple[str, str]:
    """The colour as it is read on light and on dark pages."""
    return readable(colour, GROUNDS["light"]), readable(colour, GROUNDS["dark"])


def _css(look: Look) -> str:
    found = ""
    if look.accent:
        light, dark = accents(look.accent)
        colours = f"--accent:light-dark({light},{dark})"
        found += f":root{{{colours};--on-accent:light-dark({_on(light)},{_on(dark)})}}\n{TINTED}"
    if look.font:
        found += f":root{{--sans:{FONTS[look.font]}}}\n"
    return found + look.css


def _on(ground: str) -> str:
    return max(ON, key=lambda each: contrast(each, ground))


def _picture(given: str, name: str, files: dict[str, bytes]) -> str:
    """Its address; what is a picture itself becomes a file."""
    if not given.startswith("data:"):
        return given
    about, _, content = given.partition(",")
    kind = about.removeprefix("data:image/").removesuffix(";base64")
    body = b64decode(content)
    path = hashed("a", f"{name}.{ENDS.get(kind, kind)}", body)
    files[path] = body
    return f"/{path}"


def _origins(addresses: Iterable[str]) -> tuple[str, ...]:
    parts = [urlsplit(each) for each in addresses]
    return tuple(dict.fromkeys(f"{each.scheme}://{each.netloc}" for each in parts if each.netloc))
