"""What is sent with a request: raw text, JSON or a form."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Literal
from urllib.parse import urlencode

from kener.core.references import filled

BodyType = Literal["raw", "json", "form"]
TYPES = {"raw": "", "json": "application/json", "form": "application/x-www-form-urlencoded"}


class _Anything(Mapping[str, str]):
    """Stands for any secret while a body is only looked at."""

    def __getitem__(self, name: str) -> str:
        return "0"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def same(text: str) -> str:
    """Nothing is to be put in."""
    return text


def encoded(body: str, kind: BodyType, fill: Callable[[str], str] = same) -> bytes:
    """The bytes to send, `fill` applied to each value; ValueError says what is wrong. What is put
    in cannot break out of a JSON text or a form's field."""
    if kind == "form":
        return urlencode([(name, fill(value)) for name, value in form_lines(body)]).encode()
    text = fill(body)
    if kind == "json" and text.strip():
        check_json(text)
    return text.encode()


def check_json(text: str) -> None:
    """ValueError when it is no JSON; references to secrets may stand for values or in texts."""
    try:
        json.loads(filled(text, _Anything()))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from None


def form_lines(text: str) -> list[tuple[str, str]]:
    """The pairs of "name=value" lines; ValueError names the first bad line by its number."""
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.partition("=")
        if line.strip() and not (equals and name.strip()):
            raise ValueError(f"line {number} must look like “name=value”")
        if line.strip():
            pairs.append((name.strip(), value))
    return pairs
