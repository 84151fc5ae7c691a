"""What to send and what to look for, as people type it: a text with escapes, or hex digits."""

import re
from typing import Any, Literal

from pydantic import Field

from kener.checks._fields import ADVANCED, TEXTAREA

Encoding = Literal["text", "hex"]
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[rnt0\\])")
PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
LONGEST = 4000
SHOWN = 80


def encoding_field() -> Any:
    """To stand before the fields it is for, whose validators need it."""
    return Field(
        "text",
        title="Written as",
        description=r"text: \r, \n, \t, \0 and \xHH stand for those bytes; hex: two digits a byte",
        json_schema_extra=ADVANCED,
    )


def payload_field(title: str, description: str, *, advanced: bool = True) -> Any:
    """A field whose validator calls `payload`."""
    return Field(
        "",
        title=title,
        description=description,
        max_length=LONGEST,
        json_schema_extra=(ADVANCED if advanced else {}) | TEXTAREA,
    )


def payload(text: str, encoding: Encoding) -> bytes:
    """The bytes that are meant; ValueError when hex digits are none."""
    if encoding == "text":
        return unescape(text)
    try:
        return bytes.fromhex(text.replace(":", " "))
    except ValueError:
        raise ValueError("must be hex, two digits a byte, like 0a ff 00") from None


def unescape(text: str) -> bytes:
    r"""The bytes meant by a text with \r \n \t \0 \\ and \xHH; any other backslash is itself."""
    return ESCAPE.sub(lambda m: _byte(m[1]), text.encode())


def _byte(escape: bytes) -> bytes:
    return bytes([int(escape[1:], 16)]) if escape[:1] == b"x" else PLAIN[escape]


def shown(data: bytes, encoding: Encoding) -> str:
    """What came, on one line and at a sane length, in the form that was chosen."""
    if encoding == "hex":
        return f"“{data[: SHOWN // 2].hex(' ')}”" if data else "nothing"
    text = "".join(c if c.isprintable() else " " for c in data[:SHOWN].decode(errors="replace"))
    return f"“{text.strip()}”" if text.strip() else "nothing"


def unexpected(expected: str, heard: bytes, encoding: Encoding) -> str:
    """The sentence for an answer in which the expected bytes are not."""
    wanted = expected if len(expected) <= SHOWN else expected[: SHOWN - 1] + "…"
    return f"expected “{wanted}”, got {shown(heard, encoding)}"
