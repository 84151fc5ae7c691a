"""/api/keys: keys that make keys, none mightier than itself."""

from typing import Annotated

from flask import Response, g, request

from kener.actions.fields import one_of
from kener.actions.key_changes import RotationFields, rotate_key, update_key
from kener.actions.key_fields import KeyFields, Maker
from kener.actions.keys import make_key, revoke_key
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._key import KeyChange, KeyDocument, NewKeyDocument, document
from kener.api._keys import Asker, asker, needs
from kener.api._shapes import Answer, ListAnswer, VersionedChange
from kener.api._tags import unchanged
from kener.core.errors import Forbidden
from kener.core.instant import Instant
from kener.store.clock import now
from kener.store.keys import KeyState, find_key_row, part_of_keys, state_of
from kener.store.tables import ApiKey
from kener.web.address import client_address
from kener.web.database import session


class KeyQuery(ListQuery):
    """Filters of the list."""

    state: Annotated[KeyState, one_of(KeyState)] | None = None


class KeyRotation(VersionedChange, RotationFields):
    """For how long the old text is to open beside the new one."""


@bp.get("/keys")
@needs("admin", takes=KeyQuery, gives=ListAnswer[KeyDocument])
def list_keys() -> Response:
    """Every key, in the order of their making."""
    asked: KeyQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    at = now()
    part = part_of_keys(session(), after, asked.limit, at, asked.state)
    return listed(
        [document(each, at) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.post("/keys")
@needs("admin", sent=KeyFields, gives={201: Answer[NewKeyDocument]})
def add_key() -> Response:
    """Make a key. The answer holds its text, which is not shown again."""
    given = body()
    at = now()
    key, text = make_key(session(), given, at, _maker(at), exact=True)
    session().commit()
    response = done(document(key, at) | {"key": text}, "Key created", 201)
    response.headers["Location"] = f"/api/keys/{key.public_id}"
    return response


@bp.get("/keys/<key_id>")
@needs("admin", gives=Answer[KeyDocument])
def show_key(key_id: str) -> Response:
    """One key, revoked ones too."""
    return done(document(find_key_row(session(), key_id), now()))


@bp.put("/keys/<key_id>")
@needs("admin", sent=KeyChange, gives=Answer[KeyDocument])
def change_key(key_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    at = now()
    key = _the(key_id)
    update_key(session(), key, given, at, _maker(at), version, exact=True)
    session().commit()
    return done(document(key, at), "Key updated")


@bp.delete("/keys/<key_id>")
@needs("admin", gives=Answer[KeyDocument])
def withdraw_key(key_id: str) -> Response:
    """Revoke a key for good. It stays in the list."""
    at = now()
    key = revoke_key(session(), _the(key_id), at)
    session().commit()
    return done(document(key, at), "Key revoked")


@bp.post("/keys/<key_id>/rotate")
@needs("admin", sent=KeyRotation, gives=Answer[NewKeyDocument])
def renew_key(key_id: str) -> Response:
    """Replace a key's secret. The answer holds its new text, which is not shown again."""
    given = body() if request.get_data() else {}
    version = expected_version(given)
    at = now()
    key = _the(key_id)
    text = rotate_key(session(), key, given, at, _maker(at), version, exact=True)
    session().commit()
    return done(document(key, at) | {"key": text}, "The key has a new secret")


def _the(key_id: str) -> ApiKey:
    """The key that is to be changed, unless it is another by now than the asker says."""
    key = find_key_row(session(), key_id)
    unchanged(key)
    return key


def _maker(at: Instant) -> Maker:
    """The key that asks, as it is now that nobody else writes."""
    found = asker()
    if not isinstance(found, Asker):
        raise TypeError("a refused key came past its guard")
    key = find_key_row(session(), found.public_id)
    if state_of(key, at) is not KeyState.ACTIVE:
        raise Forbidden("The key that asks was revoked at this moment.")
    return Maker(key, client_address())
