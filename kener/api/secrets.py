"""/api/secrets: what settings refer to by name. Values go in and never come out."""

from typing import Any

from flask import Response, g

from kener.actions.secrets import SecretFields, delete_secret, set_secret, users_of
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._input import ListQuery, body, cursor_of, keys_of
from kener.api._keys import needs
from kener.api._shapes import Answer, ListAnswer, Moment, Shown
from kener.api._tags import demand, digest_of, is_conditional
from kener.core.instant import iso
from kener.store.clock import now
from kener.store.recording import alone
from kener.store.stored_secrets import find_secret, part_of_secrets, secret_named
from kener.store.tables import Secret
from kener.web.database import session


class SecretDocument(Shown):
    """A secret, but for its value."""

    name: str
    note: str
    used_by: int
    """Monitors whose settings refer to it."""
    created_at: Moment
    updated_at: Moment


class SecretGone(Shown):
    """The secret that was deleted."""

    name: str


@bp.get("/secrets")
@needs("read:secrets", takes=ListQuery, gives=ListAnswer[SecretDocument])
def list_secrets() -> Response:
    """Every secret's name, note and dates, and how many monitors use it."""
    asked: ListQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    part = part_of_secrets(session(), after, asked.limit)
    using = users_of(session(), [each.name for each in part.rows])
    return listed(
        [_document(each, len(using[each.name])) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.put("/secrets/<name>")
@needs(
    "write:secrets",
    sent=SecretFields,
    gives={200: Answer[SecretDocument], 201: Answer[SecretDocument]},
)
def put_secret(name: str) -> Response:
    """Create a secret, or replace its value or note; monitors that use it take it at once."""
    given = body()
    _unchanged(name)
    secret, is_new = set_secret(session(), name, given, now())
    used_by = 0 if is_new else len(users_of(session(), [name])[name])
    session().commit()
    message, status = ("Secret created", 201) if is_new else ("Secret updated", 200)
    return done(_document(secret, used_by), message, status, revision=_revision(secret))


@bp.delete("/secrets/<name>")
@needs("delete:secrets", gives=Answer[SecretGone])
def remove_secret(name: str) -> Response:
    """Delete a secret that no monitor uses."""
    secret = find_secret(session(), name)
    _unchanged(name)
    delete_secret(session(), secret)
    session().commit()
    return done({"name": name}, "Secret deleted")


def _unchanged(name: str) -> None:
    """Refuse the request when the secret is another by now than the asker says."""
    if is_conditional():
        alone(session())
        found = secret_named(session(), name, anew=True)
        demand(None if found is None else _revision(found))


def _revision(secret: Secret) -> str:
    """There is no version to show; but what is sealed is never the same twice."""
    return digest_of(f"{secret.value_sealed} {secret.note}".encode())


def _document(secret: Secret, used_by: int) -> dict[str, Any]:
    return {
        "name": secret.name,
        "note": secret.note,
        "used_by": used_by,
        "created_at": iso(secret.created_at),
        "updated_at": iso(secret.updated_at),
    }
