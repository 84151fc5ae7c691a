"""`kener monitors`"""

import sys
from collections.abc import Sequence
from typing import cast

import click

from kener_client.cli.desk import REFUSED, Desk, plain, table, with_json
from kener_client.cli.settings import KINDS, settings_from
from kener_client.types import Action, BulkDone, Kind, Monitor, MonitorInput, MonitorQuery, Status

STATUSES = ["up", "degraded", "partial", "down", "maintenance", "unknown"]


@click.group()
def monitors() -> None:
    """What is watched. A MONITOR is an id or a slug."""


@monitors.command()
@click.option("--tag", multiple=True, help="Only those with this tag; with all, if given again.")
@click.option("--kind", help="Only those of this kind.")
@click.option("--status", type=click.Choice(STATUSES), help="Only those that are so.")
@click.option("--paused/--running", default=None, help="Only those that are paused, or are not.")
@click.option("-q", "--search", help="Only those in which these words occur.")
@with_json
@click.pass_obj
def ls(  # noqa: PLR0913, PLR0917 - click gives each option by itself
    desk: Desk,
    tag: tuple[str, ...],
    kind: str | None,
    status: Status | None,
    paused: bool | None,  # noqa: FBT001
    search: str | None,
) -> None:
    """List monitors."""
    query: MonitorQuery = {"tag": tag} if tag else {}
    given = {"kind": kind, "status": status, "paused": paused, "q": search}
    query |= cast(
        "MonitorQuery", {name: value for name, value in given.items() if value is not None}
    )
    with desk.kener() as kener:
        found = kener.monitors.list(**query).all()
    desk.show(found, lambda: table([row_of(each) for each in found]))


def row_of(monitor: Monitor) -> tuple[str, str, str, str, str]:
    """What a list shows of a monitor."""
    status = "paused" if monitor["paused"] else monitor["status"]
    took = monitor["latency_ms"]
    return (
        status,
        monitor["slug"],
        monitor["kind"],
        "" if took is None else f"{took:.0f} ms",
        monitor["name"],
    )


@monitors.command()
@click.argument("monitor")
@with_json
@click.pass_obj
def show(desk: Desk, monitor: str) -> None:
    """Show one monitor, and its settings."""
    with desk.kener() as kener:
        found = kener.monitors.get(monitor)
    desk.show(found, lambda: _tell(found))


def _tell(monitor: Monitor) -> None:
    facts = {name: value for name, value in monitor.items() if name != "settings"}
    facts["tags"] = ", ".join(monitor["tags"])
    settings = {f"settings.{name}": value for name, value in monitor["settings"].items()}
    shown = {**facts, **settings}
    table([(name, value) for name, value in shown.items() if value not in ("", None, [])])


@monitors.command()
@click.argument("name")
@click.argument("kind", type=click.Choice(list(KINDS)), metavar="KIND")
@click.argument("settings", nargs=-1)
@click.option("--slug", help="What it is called in addresses; else made from the name.")
@click.option("--interval", type=int, help="Seconds from check to check.")
@click.option("--tag", multiple=True)
@click.option("--paused", is_flag=True, help="Do not check it yet.")
@with_json
@click.pass_obj
def add(  # noqa: PLR0913, PLR0917 - click gives each option by itself
    desk: Desk,
    name: str,
    kind: Kind,
    settings: Sequence[str],
    slug: str | None,
    interval: int | None,
    tag: tuple[str, ...],
    paused: bool,  # noqa: FBT001
) -> None:
    """Add a monitor: kener monitors add Shop http url=https://shop.example/

    The manual has a page of each kind, with its settings.
    """
    fields: MonitorInput = {
        "name": name,
        "kind": kind,
        "settings": settings_from(kind, settings),
        "tags": tag,
        "paused": paused,
    }
    if slug is not None:
        fields["slug"] = slug
    if interval is not None:
        fields["interval"] = interval
    with desk.kener() as kener:
        made = kener.monitors.create(**fields)
    desk.show(made, lambda: click.echo(f"{made['slug']} is watched."))


@monitors.command()
@click.argument("monitor", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_json
@click.pass_obj
def rm(desk: Desk, monitor: tuple[str, ...], *, yes: bool) -> None:
    """Delete monitors, with their history."""
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Say --yes: there is nobody to ask.")
        click.confirm(f"Delete {', '.join(monitor)}, and all that was seen?", abort=True)
    _do_to_all(desk, "delete", monitor, "Deleted")


@monitors.command()
@click.argument("monitor", nargs=-1, required=True)
@with_json
@click.pass_obj
def check(desk: Desk, monitor: tuple[str, ...]) -> None:
    """Check monitors now. Their results come a little later."""
    _do_to_all(desk, "check", monitor, "On its way")


@monitors.command()
@click.argument("monitor", nargs=-1, required=True)
@with_json
@click.pass_obj
def pause(desk: Desk, monitor: tuple[str, ...]) -> None:
    """Stop checking monitors."""
    _do_to_all(desk, "pause", monitor, "Paused")


@monitors.command()
@click.argument("monitor", nargs=-1, required=True)
@with_json
@click.pass_obj
def resume(desk: Desk, monitor: tuple[str, ...]) -> None:
    """Check monitors again."""
    _do_to_all(desk, "resume", monitor, "Resumed")


def _do_to_all(desk: Desk, action: Action, monitors: tuple[str, ...], done: str) -> None:
    """In one request: what cannot be done to one of them is done to the others all the same."""
    with desk.kener() as kener:
        found = kener.monitors.bulk(action=action, ids=monitors)
    desk.show(found, lambda: _tell_all(found, done))
    if found["refused"]:
        raise click.exceptions.Exit(REFUSED)


def _tell_all(found: BulkDone, done: str) -> None:
    for about, several in ((done, found["changed"]), ("So already", found["unchanged"])):
        if several:
            click.echo(f"{about}: {', '.join(each['slug'] for each in several)}.")
    for each in found["refused"]:
        click.echo(f"kener: {plain(each['message'])}", err=True)
