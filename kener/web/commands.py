"""What is done from a shell: `flask --app app …`. Each command is an action and a commit."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kener.actions.keys import make_key, revoke_key
from kener.actions.members import create_owner
from kener.actions.rekey import rekey
from kener.actions.secrets import delete_secret, set_secret, users_of
from kener.core.errors import Invalid, Refused
from kener.core.instant import DAY, Instant, instant, iso, iso_or_none
from kener.store.clock import now
from kener.store.engine import begin_write
from kener.store.keys import all_keys, find_key_row, state_of
from kener.store.migrate import begin, migrate, newest
from kener.store.stored_secrets import all_secrets, find_secret
from kener.web.address import the_config
from kener.web.database import db

P = ParamSpec("P")
R = TypeVar("R")

owner = AppGroup("owner", help="The owner's account.")
keys = AppGroup("keys", help="API keys.")
stored_secrets = AppGroup("secrets", help="Secrets that monitors refer to by name.")


def register_commands(app: Flask) -> None:
    """Add our commands to the `flask` command."""
    for command in (owner, keys, stored_secrets, rekey_secrets, migrate_database):
        app.cli.add_command(command)


def _refusing(command: Callable[P, R]) -> Callable[P, R]:
    """A refusal is one line on stderr and exit 2, and nothing was changed."""

    @wraps(command)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refused as refusal:
            message = refusal.message
        except DBAPIError as error:
            # Its own text would tell the values of the statement, too.
            message = f"the database refused: {str(error.orig).strip().splitlines()[0]}"
        db.session.rollback()
        click.echo(f"kener: {message}", err=True)
        sys.exit(2)

    return refusing


@owner.command("create")
@click.option("--email", required=True, help="What the owner signs in with.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from stdin.")
@_refusing
def create_the_owner(email: str, *, password_stdin: bool) -> None:
    """Create an owner's account; the password is the first line of stdin.

    A shell is proof enough: it works where there is an owner already.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    session = _writing()
    member = create_owner(session, email, password, now(), another=True)
    session.commit()
    click.echo(f"created the owner {member.email}")


@keys.command("create")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--permission", "permissions", required=True, multiple=True, help="May be repeated.")
@click.option("--expires", default="", help="2027-01-31, 2027-01-31T12:00:00Z, or 90d from now.")
@click.option("--address", "addresses", multiple=True, help="192.0.2.7 or 10.0.0.0/8; repeatable.")
@click.option("--rate-limit", type=int, help="Requests a minute; else KENER_RATE_LIMIT's.")
@_refusing
def create_a_key(expires: str, **given: Any) -> None:
    """Create an API key and print it alone: it is never shown again."""
    session = _writing()
    until = iso(_moment(expires, now())) if expires else None
    listed = {name: list(given.pop(name)) for name in ("permissions", "addresses")}
    _key, text = make_key(session, given | listed | {"expires_at": until}, now())
    session.commit()
    click.echo(text)


@keys.command("list")
@_refusing
def list_the_keys() -> None:
    """Print each key's id, state, name, permissions and last use, the newest first."""
    at = now()
    for key in all_keys(_writing()):
        used = iso_or_none(key.used_at) or "never used"
        permissions = ",".join(key.permissions)
        click.echo(f"{key.public_id}\t{state_of(key, at)}\t{key.name}\t{permissions}\t{used}")


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
@_refusing
def revoke_a_key(key_id: str) -> None:
    """Revoke a key for good; its ID is the part between the underscores, and in the list."""
    session = _writing()
    key = revoke_key(session, find_key_row(session, key_id), now())
    session.commit()
    click.echo(f"revoked the key {key.name}")


@stored_secrets.command("set")
@click.argument("name")
@click.option("--note", default=None, help="What it is for.")
@_refusing
def set_a_secret(name: str, note: str | None) -> None:
    """Store a secret, or replace its value, which is all of stdin but a line break at its end."""
    value = re.sub(r"\r?\n\Z", "", sys.stdin.read())
    session = _writing()
    given = {"value": value} | ({} if note is None else {"note": note})
    _secret, is_new = set_secret(session, name, given, now())
    session.commit()
    click.echo(f"{'stored' if is_new else 'replaced'} the secret {name}")


@stored_secrets.command("list")
@_refusing
def list_the_secrets() -> None:
    """Print each secret's name, how many monitors use it, and its note; never its value."""
    session = _writing()
    found = all_secrets(session)
    using = users_of(session, [each.name for each in found])
    for each in found:
        note = " ".join(each.note.split())
        click.echo(f"{each.name}\t{len(using[each.name])}\t{note}".rstrip())


@stored_secrets.command("delete")
@click.argument("name")
@_refusing
def delete_a_secret(name: str) -> None:
    """Delete a secret that no monitor uses."""
    session = _writing()
    delete_secret(session, find_secret(session, name))
    session.commit()
    click.echo(f"deleted the secret {name}")


@click.command("rekey")
@with_appcontext
@_refusing
def rekey_secrets() -> None:
    """Seal every stored secret anew, under the current secret key.

    The old key has to be in KENER_PREVIOUS_SECRET_KEYS; it can be forgotten afterwards.
    """
    session = _writing()
    done = rekey(session)
    session.commit()
    click.echo(f"{done.resealed} secrets are sealed under the current key, {len(done.lost)} lost")
    for where in done.lost:
        click.echo(f"lost: {where}: enter it again, or add its key and repeat", err=True)
    if done.lost:
        sys.exit(1)


@click.command("migrate")
@with_appcontext
@_refusing
def migrate_database() -> None:
    """Bring the database to this version's schema, keeping a copy of an SQLite file first."""
    did = migrate(the_config(), now())
    click.echo(f"the database {'is now' if did else 'was already'} at schema {newest()}")


def _moment(text: str, at: Instant) -> Instant:
    """An instant from a date, a time with its zone, or a number of days from now."""
    days = re.fullmatch(r"(\d{1,5})d", text)
    if days:
        return at + int(days[1]) * DAY
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid({"--expires": "use 2027-01-31, 2027-01-31T12:00:00Z or 90d"}) from None
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _writing() -> Session:
    """A session that writes. A new database gets its tables first, so that a script can prepare
    everything before Kener has run once."""
    begin(the_config(), now())
    session: Session = db.session()
    return begin_write(session)
