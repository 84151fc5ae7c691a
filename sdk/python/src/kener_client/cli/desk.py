"""What all commands share: which Kener is asked, how results are shown, and how it ends."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from kener_client import (
    InternalError,
    Kener,
    KenerError,
    NetworkError,
    ServerError,
    UnexpectedAnswer,
)
from kener_client._settings import KEY, URL
from kener_client.cli.profiles import DEFAULT, profile_named, read_profiles

DOWN, USAGE, UNREACHABLE, REFUSED = 1, 2, 3, 4
COLOURS = {"up": "green", "degraded": "yellow", "partial": "yellow", "down": "red"}

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Desk:
    """What was said before the command. `json`: results are for programs."""

    url: str | None = None
    key: str | None = None
    profile: str | None = None
    timeout: float = 10.0
    retries: int = 3
    json: bool = False

    def kener(self) -> Kener:
        """A client of the Kener that is meant."""
        url, key = self._whom()
        return Kener(url, key or "", timeout=self.timeout, retries=self.retries)

    def _whom(self) -> tuple[str, str | None]:
        """Options count most, then a profile that is named, then the environment, then the profile
        `default`. The key of a profile goes to no other address than its own."""
        environment = {} if self.profile else os.environ
        url = self.url or environment.get(URL)
        if url:
            return url, self.key or environment.get(KEY)
        if self.profile is None and DEFAULT not in read_profiles():
            raise click.UsageError(f"Which Kener? Run `kener login`, give --url, or set {URL}.")
        profile = profile_named(self.profile or DEFAULT)
        return profile.url, self.key or profile.key

    def show(self, data: Any, text: Callable[[], None]) -> None:
        """Show a result: as JSON, or by what prints it for people."""
        if self.json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            text()


def with_json(command: Command) -> Command:
    """Let a command take `--json` as well, as one writes it last."""

    def note(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001
        context.ensure_object(Desk).json |= value

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=note,
        help="Show the result as JSON.",
    )(command)


@contextmanager
def explained(desk: Desk) -> Iterator[None]:
    """End with the exit code, and an explanation on stderr, when something cannot be done."""
    try:
        yield
    except KenerError as error:
        _explain(error, as_json=desk.json)
        raise click.exceptions.Exit(exit_code(error)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def exit_code(error: KenerError) -> int:
    """3 when no Kener was there to refuse anything."""
    if isinstance(error, InternalError):
        return REFUSED
    absent = isinstance(error, NetworkError | UnexpectedAnswer | ServerError)
    return UNREACHABLE if absent else REFUSED


def _explain(error: KenerError, *, as_json: bool) -> None:
    if as_json:
        told = {"code": error.code, "message": error.message, "details": error.details}
        click.echo(json.dumps({"error": told}, ensure_ascii=False, indent=2), err=True)
        return
    click.echo(f"kener: {plain(error.message)}", err=True)
    for each in error.details:
        click.echo(f"  {plain(each['field'])}: {plain(each['message'])}", err=True)


def table(rows: Sequence[Sequence[object]]) -> None:
    """Print rows with their columns below each other; a word for a status in its colour."""
    if not rows:
        return
    texts = [[plain(each) for each in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        coloured = [click.style(each, fg=COLOURS.get(each.strip())) for each in padded[:-1]]
        click.echo("  ".join([*coloured, row[-1]]).rstrip())


def plain(value: object) -> str:
    """A text of one line: what others wrote must not steer a terminal."""
    if value is None:
        return "–"
    return "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in str(value)
    )
