"""The form of how a page looks."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from kener.actions.page_fields import full_look
from kener.actions.page_look import LARGEST, Font, Theme
from kener.admin._forms import Field
from kener.core.errors import Invalid
from kener.store.tables import Page

PLACE = "look."
PICTURES = ("logo", "favicon")
KEPT = "(the picture that was uploaded)"
MAGIC = (
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "webp"),
)
WORDS = {"": "Kener’s own", "auto": "As the visitor’s system", "system": "The visitor’s system"}
FILES = {"accept": "image/svg+xml,image/png,image/jpeg,image/gif,image/webp"}


def look_fields() -> list[Field]:
    """Colours, pictures, letters, words at the foot, and what counts visitors."""
    return [
        Field(f"{PLACE}theme", "Light or dark", "select", choices=_choices(Theme)),
        Field(f"{PLACE}accent", "Colour", hint="For links, the first button and the mark, like "
              "#3c56cf. States keep their own colours.", attributes={"maxlength": 7}),
        Field(f"{PLACE}font", "Letters", "select", choices=_choices(Font)),
        *_picture("logo", "Logo", "Beside the name, 26 pixels high."),
        *_picture("favicon", "Icon", "In the browser’s tab. Without one the icon shows the state."),
        Field(f"{PLACE}footer", "Text at the foot", "textarea", rows=2,
              attributes={"maxlength": 1000}),
        Field(f"{PLACE}links", "Links at the foot", "textarea", rows=3,
              hint="One in a line: the words, then the address."),
        Field(f"{PLACE}css", "CSS", "textarea", rows=4, advanced=True,
              hint="Rules of your own. Nothing from elsewhere.", attributes={"maxlength": 20_000}),
        Field(f"{PLACE}analytics.src", "Script that counts visitors", "url", advanced=True,
              hint="Every visitor’s browser asks this host. Empty: nobody is counted.",
              attributes={"maxlength": 500, "placeholder": "https://stats.example.org/script.js"}),
        Field(f"{PLACE}analytics.data", "Its data attributes", "textarea", rows=2, advanced=True,
              hint="One in a line: the name without data-, then the value."),
    ]  # fmt: skip


def stored_look(page: Page) -> dict[str, str]:
    """A stored look as the texts of its form."""
    look = full_look(page.look)
    texts = {name: look[name] for name in ("theme", "accent", "font", "footer", "css")}
    texts |= {name: KEPT if look[name].startswith("data:") else look[name] for name in PICTURES}
    texts["links"] = _lines((each["label"], each["url"]) for each in look["links"])
    texts["analytics.src"] = look["analytics"]["src"]
    data = look["analytics"]["data"]
    texts["analytics.data"] = _lines((each["name"], each["value"]) for each in data)
    return {f"{PLACE}{name}": text for name, text in texts.items()}


def look_typed(form: Mapping[str, str], page: Page) -> dict[str, Any]:
    """What was typed and uploaded, as the action takes it. Invalid for a file that is none."""
    stored = full_look(page.look)
    names = "theme", "accent", "font", "css", "footer"
    texts = {name: form[PLACE + name] for name in names if PLACE + name in form}
    pictures = {name: _picture_typed(form, name, stored[name]) for name in PICTURES}
    links = [
        {"label": words, "url": address} for words, address in _pairs(form, "links", last=True)
    ]
    data = [{"name": name, "value": value} for name, value in _pairs(form, "analytics.data")]
    src = form.get(f"{PLACE}analytics.src", "").strip()
    return {
        **texts,
        **pictures,
        "links": links,
        "analytics": {"src": src, "data": data},
    }


def _choices(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(each), WORDS.get(each, each.capitalize())) for each in words]


def _picture(name: str, label: str, hint: str) -> list[Field]:
    placeholder = "https://example.org/picture.svg"
    return [
        Field(f"{PLACE}{name}", label, hint=f"{hint} An address, or a file below.",
              attributes={"maxlength": 500, "placeholder": placeholder}),
        Field(f"{PLACE}{name}_file", f"{label} as a file", "file", attributes=dict(FILES)),
    ]  # fmt: skip


def _picture_typed(form: Mapping[str, str], name: str, stored: str) -> str:
    """A file goes before an address; what was uploaded before stays."""
    file = request.files.get(f"{PLACE}{name}_file")
    body = file.read(LARGEST + 1) if file else b""
    if body:
        return _inline(body, name)
    text = form.get(PLACE + name, "").strip()
    return stored if text == KEPT else text


def _inline(body: bytes, name: str) -> str:
    kind = next((kind for begin, kind in MAGIC if body.startswith(begin)), "")
    kind = kind or ("svg+xml" if re.search(rb"<svg[\s>]", body[:2000]) else "")
    if len(body) > LARGEST or not kind:
        problem = f"must be an SVG, PNG, JPEG, GIF or WebP of at most {LARGEST // 1000} kB"
        raise Invalid({f"{PLACE}{name}_file": problem})
    return f"data:image/{kind};base64,{b64encode(body).decode()}"


def _pairs(form: Mapping[str, str], name: str, *, last: bool = False) -> list[tuple[str, str]]:
    """Two words of each line; with `last` all but the last word are the first."""
    lines = [each.strip() for each in form.get(PLACE + name, "").splitlines() if each.strip()]
    parts = [each.rpartition(" ") if last else each.partition(" ") for each in lines]
    return [(first.strip(), second.strip()) for first, _, second in parts]


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{one} {other}" for one, other in pairs)
