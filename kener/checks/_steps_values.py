"""Variables of steps: `{{ name }}`, replaced by plain text only, and never so that a value could
become more than a value."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from kener.checks._web import Place, place
from kener.checks._web_bodies import BodyType, encoded, form_lines

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
VARIABLE = re.compile(rf"\{{\{{\s*({NAME.pattern})\s*\}}\}}")
_WRITTEN = re.compile(r"(https?://[^/?#{}]+)(.*)", re.IGNORECASE | re.DOTALL)

Values = Mapping[str, str]


def names_in(*texts: str) -> list[str]:
    """The variables that stand in texts, in their order."""
    return [name for text in texts for name in VARIABLE.findall(text)]


def fill(text: str, values: Values, form: Callable[[str], str] = str) -> str:
    """The text with each variable that has a value replaced, in the form its place asks for. What
    is put in is not looked through again."""
    return VARIABLE.sub(
        lambda match: form(values[match[1]]) if match[1] in values else match[0], text
    )


def variable_lines(text: str, *, plain: bool = True) -> dict[str, str]:
    """The variables of "name=value" lines; ValueError says which is wrong."""
    values: dict[str, str] = {}
    for number, (name, value) in enumerate(form_lines(text), 1):
        if not NAME.fullmatch(name):
            raise ValueError(f"variable {number} needs a name of letters, digits and _")
        if name in values:
            raise ValueError(f"variable {number} has the name of another")
        if plain and "{{" in value:
            raise ValueError(f"variable {number} must not hold a variable itself")
        values[name] = value.strip()
    return values


@dataclass(frozen=True)
class Address:
    """A step's address: a written origin and the rest, or `link`, the name of a variable that
    holds the whole of it."""

    origin: str = ""
    rest: str = ""
    link: str = ""

    @property
    def sample(self) -> Place:
        """Where it leads, whatever the values."""
        return place(self.origin + VARIABLE.sub("x", self.rest))

    def filled(self, values: Values, before: Place | None) -> Place:
        """Where to go; never another server than the one written, for a link the one `before`.
        ValueError says what is wrong."""
        if self.link:
            wanted, target = before, place(urljoin(before.url if before else "", values[self.link]))
        else:
            wanted = self.sample
            target = place(self.origin + fill(self.rest, values, lambda each: quote(each, safe="")))
        if wanted is None or target.origin != wanted.origin:
            raise ValueError("its address leads to another server")
        return target


def address(url: str, fixed: Values) -> Address:
    """The address that was written, `fixed` variables put in; ValueError says what is wrong."""
    url = fill(url.strip(), fixed)
    if match := VARIABLE.fullmatch(url):
        return Address(link=match[1])
    match = _WRITTEN.fullmatch(url)
    if match is None:
        raise ValueError("must begin with http:// or https:// and a host, or be one {{ variable }}")
    if match[2].startswith("{"):
        raise ValueError("a variable may stand after the host's / or ? only")
    made = Address(match[1], match[2])
    _ = made.sample
    return made


def header_line(line: str, values: Values) -> str:
    """The line with its value filled; ValueError when that could be more than one line."""
    name, _, value = line.partition(":")
    text = fill(value, values)
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"a value has signs that cannot stand in the header {name}")
    return f"{name}:{text}"


def body(text: str, kind: BodyType, values: Values) -> bytes:
    """The body with its variables filled; ValueError when it is no JSON then."""

    def put(part: str) -> str:
        return fill(part, values, _in_json if kind == "json" else str)

    return encoded(text, kind, put)


def _in_json(value: str) -> str:
    """As it stands between the quotes of a JSON text."""
    return json.dumps(value, ensure_ascii=False)[1:-1]
