"""The address of a database or broker in one secret line: scheme://user:password@host:port/name?option=value."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from pydantic import Field, SecretStr, field_validator

from kener.checks._addresses import clean_host
from kener.checks._base import Check
from kener.checks._fields import host_and_port
from kener.checks._hiding import forms, scrubbed

LONGEST = 2000
_FORM = re.compile(r"(?P<scheme>[a-z][a-z0-9+]*)://(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
_PORT = re.compile(r"\d{1,5}")
_ALONE = 4  # a secret shorter than this is cut out where it is a word of its own


@dataclass(frozen=True, slots=True)
class Dsn:
    """Parts are percent-decoded; `database` is without its slash. The repr tells no secret."""

    scheme: str
    host: str
    port: int
    database: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        if not self.host:
            return f"{self.scheme}://{self.database}"
        path = f"/{self.database}" if self.database else ""
        return f"{self.scheme}://{host_and_port(self.host, self.port)}{path}"

    def told(self, text: str, longest: int = 200) -> str:
        """What a server said, fit for a detail: on one line, without user and password, short."""
        for secret in sorted({self.password, self.user}, key=len, reverse=True):
            if secret:
                text = _without(text, secret)
        if len(self.password) >= _ALONE:
            text = scrubbed(text, forms([self.password]))
        text = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
        return text if len(text) <= longest else text[: longest - 1] + "…"


def _without(text: str, secret: str) -> str:
    escaped = re.escape(secret)
    return re.sub(escaped if len(secret) >= _ALONE else rf"(?<!\w){escaped}(?!\w)", "…", text)


def dsn_field(example: str) -> Any:
    """The one secret settings field of a kind that connects by such a line."""
    return Field(
        title="Address",
        description=f"Like {example}; a password may be {{{{ secret.NAME }}}}",
        examples=[example],
    )


class AtDsn(Check):
    """A kind that connects by such a line: `dsn`, made by `dsn_field`."""

    dsn: SecretStr

    @classmethod
    @abstractmethod
    def read_dsn(cls, text: str) -> Dsn:
        """The parts of a line of this kind; ValueErrors that never quote what was written."""

    @field_validator("dsn")
    @classmethod
    def _readable(cls, value: SecretStr) -> SecretStr:
        cls.read_dsn(value.get_secret_value())
        return value

    @cached_property
    def address(self) -> Dsn:
        """Where the server is, and who connects."""
        return self.read_dsn(self.dsn.get_secret_value())

    def target(self) -> str:
        """Scheme, host, port and database; never who connects."""
        return str(self.address)

    def server(self) -> tuple[str, int] | None:
        """The host and port of the server; none when it is a file."""
        return (self.address.host, self.address.port) if self.address.host else None


def parse_dsn(text: str, schemes: Mapping[str, int], options: Mapping[str, tuple[str, ...]]) -> Dsn:
    """The parts of a line. `schemes` with their ports; `options` with the values each may have,
    none: anything. Raises ValueErrors that never quote what was written.

    All before the last @ is user and password: a secret put in there need not be encoded, but
    for its % signs.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None or form["scheme"].lower() not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{each}://' for each in schemes)}")
    if len(text) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} characters")
    if any(ord(each) < 32 or ord(each) == 127 for each in unquote(text.strip())):
        raise ValueError("must be one line without control characters")
    scheme = form["scheme"].lower()
    credentials, _, place = form["rest"].rpartition("@")
    user, _, password = credentials.partition(":")
    place, _, query = place.partition("?")
    server, _, database = place.partition("/")
    host, port = _host(server, schemes[scheme])
    return Dsn(
        scheme=scheme,
        host=host,
        port=port,
        database=unquote(database),
        user=unquote(user),
        password=unquote(password),
        options=_options(query, options),
    )


def _host(server: str, usual_port: int) -> tuple[str, int]:
    if "," in server:
        raise ValueError("must name one host")
    if server.startswith("["):
        host, closed, rest = server.partition("]")
        host, port = host[1:], rest.removeprefix(":")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError("an IPv6 address stands in brackets, like [::1]:5432")
    else:
        host, _, port = server.partition(":")
    if not host:
        raise ValueError("has no host")
    if not port:
        return clean_host(host), usual_port
    if not _PORT.fullmatch(port) or not 1 <= int(port) <= 65_535:
        raise ValueError("the port must be a number from 1 to 65535")
    return clean_host(host), int(port)


def _options(query: str, known: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=20):
        if name not in known:
            raise ValueError(
                f"has an option that is not supported here; known: {', '.join(known) or 'none'}"
            )
        allowed = known[name]
        if allowed and value.lower() not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}")
        found[name] = value.lower() if allowed else value
    return found
