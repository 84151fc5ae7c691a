"""What can become of an API key that there is: other fields, another secret."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Problem, read
from kener.actions.key_fields import KeyFields, Maker, columns, comes_from, given_of
from kener.actions.keys import (
    SECRET_LENGTH,
    exceeding,
    hash_of,
    latest,
    read_key,
    text_of,
)
from kener.core.errors import Conflict, Forbidden, Invalid
from kener.core.ids import public_id
from kener.core.instant import SECOND, Instant
from kener.store.keys import KeyState, state_of
from kener.store.tables import ApiKey

LONGEST_GRACE = 7 * 24 * 60 * 60
GONE = "This key was revoked, and that is for good. Make a new one."
OVER = "This key has expired. Give it another expires_at first."
MIGHTIER = "This key may do more than the one that asks: it can only revoke it."


class RotationFields(Fields):
    """For how many seconds the old secret goes on to open."""

    grace: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] = 0


def update_key(  # noqa: PLR0913, PLR0917 - what, which, how, when, and two ways to be careful
    session: Session,
    key: ApiKey,
    changes: Mapping[str, Any],
    now: Instant,
    maker: Maker | None = None,
    version: int | None = None,
    *,
    exact: bool = False,
) -> ApiKey:
    """Change the named fields; the others keep their value.

    Conflict when the key was revoked, or `version` is given and somebody has changed it since.
    Forbidden when it may do more than the key that asks. Invalid names bad fields, as in
    `make_key`; and a key never shuts itself out.
    """
    _take(session, key, maker, version)
    if state_of(key, now) is KeyState.REVOKED:
        raise Conflict(GONE)
    fields = read_key({**given_of(key), **changes}, now, maker, key, exact=exact)
    if maker is not None and maker.key.id == key.id:
        _stay_inside(fields, maker)
    for name, value in columns(fields).items():
        setattr(key, name, value)
    key.version += 1
    session.flush()
    return key


def rotate_key(  # noqa: PLR0913, PLR0917 - as above
    session: Session,
    key: ApiKey,
    given: Mapping[str, Any],
    now: Instant,
    maker: Maker | None = None,
    version: int | None = None,
    *,
    exact: bool = False,
) -> str:
    """Give a key a new secret: its new text, which is kept nowhere. The old secret opens for
    `grace` seconds more; the one before that, if it still did, no longer does.

    Conflict when the key opens nothing any more. Forbidden as in `update_key`.
    """
    fields = read(RotationFields, given, exact=exact)
    _take(session, key, maker, version)
    state = state_of(key, now)
    if state is not KeyState.ACTIVE:
        raise Conflict(GONE if state is KeyState.REVOKED else OVER)
    secret = public_id(SECRET_LENGTH)
    key.old_hash, key.old_until = key.secret_hash, now + fields.grace * SECOND
    key.secret_hash = hash_of(secret)
    key.version += 1
    session.flush()
    return text_of(key, secret)


def _take(session: Session, key: ApiKey, maker: Maker | None, version: int | None) -> None:
    """See the key as it is now; Forbidden when it is none for this maker to touch."""
    latest(session, key, version)
    if maker is None or maker.key.id == key.id:
        return
    kept = {name: getattr(key, name) for name in KeyFields.model_fields}
    if exceeding(maker.key, KeyFields.model_construct(**kept)):
        raise Forbidden(MIGHTIER)


def _stay_inside(fields: KeyFields, maker: Maker) -> None:
    if not comes_from(fields.addresses, maker.address):
        text = f"would shut out this key itself, which asks from {maker.address}"
        raise Invalid({"addresses": Problem(text)})
