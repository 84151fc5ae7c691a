"""`kener incidents`"""

from collections.abc import Sequence
from itertools import islice
from typing import get_args

import click

from kener_client.cli.desk import Desk, plain, table, with_json
from kener_client.types import (
    AffectedInput,
    Impact,
    Incident,
    IncidentInput,
    IncidentQuery,
    MonitorImpact,
    Phase,
    UpdateInput,
)

IMPACTS = list(get_args(Impact))
PHASES = list(get_args(Phase))


@click.group()
def incidents() -> None:
    """What visitors are told when something is wrong."""


@incidents.command()
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@with_json
@click.pass_obj
def ls(desk: Desk, everything: bool, limit: int) -> None:  # noqa: FBT001
    """List incidents, the latest first: the open ones."""
    query: IncidentQuery = {"limit": min(limit, 500)}
    if not everything:
        query["open"] = True
    with desk.kener() as kener:
        rows = kener.incidents.list(**query)
        found = list(islice(rows, limit))
    desk.show(found, lambda: table([row_of(each) for each in found]))


def row_of(incident: Incident) -> tuple[str | None, ...]:
    """What a list shows of an incident."""
    return (
        incident["id"],
        incident["status"],
        incident["impact"],
        incident["started_at"],
        incident["title"],
    )


@incidents.command()
@click.argument("incident")
@with_json
@click.pass_obj
def show(desk: Desk, incident: str) -> None:
    """Show an incident, and all that was said of it."""
    with desk.kener() as kener:
        found = kener.incidents.get(incident)
    desk.show(found, lambda: _tell(found))


def _tell(incident: Incident) -> None:
    click.echo(f"{plain(incident['title'])} ({incident['impact']})")
    for each in incident["monitors"]:
        click.echo(f"  {plain(each['name'])}: {plain(each['impact'])}")
    for said in incident["updates"]:
        click.echo(f"\n{said['at']}  {said['status']}")
        for line in said["message"].splitlines():
            click.echo(f"  {plain(line)}")


@incidents.command("open")
@click.argument("title")
@click.option("-m", "--message", required=True, help="What visitors read.")
@click.option("--impact", type=click.Choice(IMPACTS))
@click.option("--status", type=click.Choice(PHASES))
@click.option("--monitor", multiple=True, help="An id or slug, or like shop=down.")
@click.option("--draft", is_flag=True, help="Show it to nobody yet.")
@click.option("--quiet", is_flag=True, help="Send nobody a message of it.")
@with_json
@click.pass_obj
def open_(  # noqa: PLR0913, PLR0917 - click gives each option by itself
    desk: Desk,
    title: str,
    message: str,
    impact: Impact | None,
    status: Phase | None,
    monitor: tuple[str, ...],
    draft: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:
    """Open an incident: kener incidents open Slowness -m "We are looking."

    It stands on the page at once, unless it is a draft.
    """
    fields: IncidentInput = {
        "title": title,
        "message": message,
        "monitors": [_affected(each) for each in monitor],
        "draft": draft,
        "notify": not quiet,
    }
    if impact is not None:
        fields["impact"] = impact
    if status is not None:
        fields["status"] = status
    with desk.kener() as kener:
        made = kener.incidents.create(**fields)
    desk.show(made, lambda: click.echo(f"Opened: {made['id']} ({made['status']})."))


@incidents.command()
@click.argument("incident")
@click.option("-m", "--message", required=True, help="What visitors read.")
@click.option("--status", type=click.Choice(PHASES), help="The step it has reached; else as it is.")
@click.option("--quiet", is_flag=True, help="Send nobody a message of it.")
@with_json
@click.pass_obj
def update(desk: Desk, incident: str, message: str, status: Phase | None, *, quiet: bool) -> None:
    """Say more of an incident."""
    _say(desk, incident, message, status, quiet=quiet)


@incidents.command()
@click.argument("incident")
@click.option("-m", "--message", default="It is over.", show_default=True)
@click.option("--quiet", is_flag=True, help="Send nobody a message of it.")
@with_json
@click.pass_obj
def resolve(desk: Desk, incident: str, message: str, *, quiet: bool) -> None:
    """Say that an incident is over."""
    _say(desk, incident, message, "resolved", quiet=quiet)


def _say(desk: Desk, incident: str, message: str, status: Phase | None, *, quiet: bool) -> None:
    with desk.kener() as kener:
        reached = status or kener.incidents.get(incident)["status"]
        fields: UpdateInput = {"status": reached, "message": message, "notify": not quiet}
        found = kener.incidents.updates.create(incident, **fields)
    desk.show(found, lambda: click.echo(f"Said: {found['id']} is {found['status']}."))


def _affected(text: str) -> AffectedInput | str:
    name, sign, impact = text.partition("=")
    words: Sequence[MonitorImpact] = get_args(MonitorImpact)
    if not sign:
        return name
    for each in words:
        if each == impact:
            return {"id": name, "impact": each}
    raise click.UsageError(f"A monitor may be {', '.join(words)}, not “{impact}”.")
