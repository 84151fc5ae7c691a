"""`kener`, `kener login` and `kener status`."""

import sys

import click

from kener_client import Kener, __version__
from kener_client.cli.desk import DOWN, Desk, explained, plain, table, with_json
from kener_client.cli.incidents import incidents
from kener_client.cli.monitors import monitors
from kener_client.cli.profiles import DEFAULT, Profile, keep_profile
from kener_client.types import PublicStatus

BAD = {"major", "critical"}


class Explaining(click.Group):
    """A group that tells what went wrong in plain words."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with explained(ctx.ensure_object(Desk)):
            return super().invoke(ctx)


@click.group(cls=Explaining, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--url", help="Where Kener is; else KENER_URL says.")
@click.option("--key", help="The API key; else KENER_API_KEY says. Others may see what you type.")
@click.option("--profile", envvar="KENER_PROFILE", help="What `kener login` has kept.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=10.0, show_default=True)
@click.option("--retries", type=click.IntRange(0, 20), default=3, show_default=True)
@with_json
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def kener(  # noqa: PLR0913, PLR0917 - click gives each option by itself
    context: click.Context,
    url: str | None,
    key: str | None,
    profile: str | None,
    timeout: float,
    retries: int,
) -> None:
    """Ask a Kener, and tell it what to do.

    Ends with 0 when all went well, 1 when something is down, 2 when the command is wrong, 3 when
    Kener cannot be reached, 4 when it refused the request.
    """
    desk = context.ensure_object(Desk)
    desk.url, desk.key, desk.profile = url, key, profile
    desk.timeout, desk.retries = timeout, retries


kener.add_command(monitors)
kener.add_command(incidents)


@kener.command()
@click.argument("url", required=False)
@with_json
@click.pass_obj
def login(desk: Desk, url: str | None) -> None:
    """Try a key, and keep it with the address of its Kener in a file of your own.

    The key is asked for; if something is piped in, it is its first line.
    """
    url = url or desk.url or click.prompt("Where is Kener?")
    key = desk.key or _asked_key()
    with Kener(url, key, timeout=desk.timeout, retries=desk.retries) as client:
        me = client.me()
        name = desk.profile or DEFAULT
        path = keep_profile(name, Profile(client.way.settings.url, key))
    desk.show(me, lambda: click.echo(f"You are {me['name']}. The profile {name} is in {path}."))


@kener.command()
@click.option("--page", help="Id or slug of a status page; else the default one.")
@with_json
@click.pass_obj
def status(desk: Desk, page: str | None) -> None:
    """Say how everything is. Ends with 1 when something is down."""
    with desk.kener() as client:
        found = client.status(page=page) if page else client.status()
    desk.show(found, lambda: _tell(found))
    if found["status"] in BAD:
        raise click.exceptions.Exit(DOWN)


def _tell(found: PublicStatus) -> None:
    click.echo(plain(found["sentence"]))
    table([(each["status"], each["name"]) for each in found["monitors"]])
    for story in found["incidents"]:
        click.echo(f"\n{plain(story['title'])} ({story['status']}, {story['impact']})")
        for line in story["message"].splitlines():
            click.echo(f"  {plain(line)}")
    for work in found["maintenances"]["active"]:
        click.echo(f"\n{plain(work['title'])} (maintenance until {work['ends_at']})")


def _asked_key() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("The API key", hide_input=True))
    key = sys.stdin.readline().strip()
    if not key:
        raise click.UsageError("There is no key: it is read from the first line of the input.")
    return key
