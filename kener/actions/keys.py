"""API keys: made once, shown once, proved by their hash, and revoked for good."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from kener.actions.fields import Problem, read
from kener.actions.key_fields import BEYOND, KeyFields, Maker, beyond, columns, comes_from
from kener.core.errors import Conflict, Invalid, Refused
from kener.core.ids import public_id
from kener.core.instant import MINUTE, Instant, iso_or_none
from kener.store.keys import KeyState, key_of, state_of
from kener.store.tables import ApiKey

PREFIX = "kener"
SECRET_LENGTH = 40
"""Characters of base 32: 200 bits, so a fast hash without salt is enough."""
ADMIN = "admin"
PERMISSIONS = {
    "read:monitors": "see monitors",
    "write:monitors": "create, change, check, pause and resume monitors, say how manual ones are, "
    "and see where heartbeats report",
    "delete:monitors": "delete monitors",
    "read:incidents": "see incidents",
    "write:incidents": "open, change, update and delete incidents",
    "delete:incidents": "delete incidents",
    "read:maintenances": "see maintenance",
    "write:maintenances": "plan, change, finish and cancel maintenance",
    "delete:maintenances": "delete maintenance",
    "read:secrets": "see the names of secrets; nothing shows their values",
    "write:secrets": "store and replace secrets",
    "delete:secrets": "delete secrets that nobody uses",
    "read:pages": "see pages, and how private ones are",
    "write:pages": "create and change pages",
    "delete:pages": "delete pages",
    ADMIN: "do everything, with webhooks, keys and settings too",
}
"""Each permission, and what it allows one to do: so say the API, the admin and the manual."""
INCLUDED = {"delete:incidents": "write:incidents"}
"""What follows from another permission: there were keys before there was one for deleting."""
RefusalCode = Literal["UNAUTHORIZED", "KEY_EXPIRED", "KEY_REVOKED", "FORBIDDEN"]
_NOBODY = hashlib.sha256(b"").hexdigest()


class KeyRefused(Refused):
    """The key opens nothing; `code` says why, as the API's answer does."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def create_key(
    session: Session,
    name: str,
    permissions: Sequence[str],
    expires_at: Instant | None,
    now: Instant,
) -> tuple[ApiKey, str]:
    """`make_key` with what most keys need."""
    given = {"name": name, "permissions": list(permissions), "expires_at": iso_or_none(expires_at)}
    return make_key(session, given, now)


def make_key(
    session: Session,
    given: Mapping[str, Any],
    now: Instant,
    maker: Maker | None = None,
    *,
    exact: bool = False,
) -> tuple[ApiKey, str]:
    """A new key, and its text `kener_<public id>_<secret>`, which is kept nowhere. Invalid names
    what is wrong: a permission that does not exist, an expiry in the past, and whatever would let
    it do more than the key that makes it."""
    fields = read_key(given, now, maker, exact=exact)
    secret = public_id(SECRET_LENGTH)
    key = ApiKey(
        public_id=public_id(), secret_hash=hash_of(secret), created_at=now, **columns(fields)
    )
    key.permissions = _in_order(fields.permissions)
    session.add(key)
    session.flush()
    return key, text_of(key, secret)


def read_key(
    given: Mapping[str, Any],
    now: Instant,
    maker: Maker | None = None,
    before: ApiKey | None = None,
    *,
    exact: bool = False,
) -> KeyFields:
    """A key's fields; Invalid names every bad one. `before` is the key that is changed."""
    problems = _unknown(given.get("permissions"))
    try:
        fields = read(KeyFields, given, exact=exact)
    except Invalid as error:
        raise Invalid(problems | error.problems) from None
    is_new = before is None or before.expires_at != fields.expires_at
    if fields.expires_at is not None and fields.expires_at <= now and is_new:
        problems["expires_at"] = Problem("must lie in the future")
    if maker is not None:
        problems = exceeding(maker.key, fields) | problems
    if problems:
        raise Invalid(problems)
    return fields


def exceeding(own: ApiKey, fields: KeyFields) -> dict[str, str]:
    """What lets a key do more than `own`, by field."""
    problems = beyond(own, fields)
    if more := [each for each in _in_order(fields.permissions) if not may(own, each)]:
        text = f"the key that asks lacks {', '.join(more)}, and can give no more than it has"
        problems["permissions"] = Problem(text, BEYOND)
    return problems


def find_key(session: Session, text: str, now: Instant) -> ApiKey:
    """The key of this text. KeyRefused when it is none of ours, was revoked, or has expired; the
    last two are told only to who knows the secret."""
    prefix, _, rest = text.partition("_")
    known_as, _, secret = rest.partition("_")
    key = key_of(session, known_as) if prefix == PREFIX and len(known_as) <= 20 else None
    given = hash_of(secret)
    is_right = hmac.compare_digest(key.secret_hash if key else _NOBODY, given)
    is_old = hmac.compare_digest((key.old_hash if key else None) or _NOBODY, given)
    if key is None or not secret or not (is_right or is_old):
        raise KeyRefused("UNAUTHORIZED", "This API key is not known here.")
    state = state_of(key, now)
    if state is KeyState.REVOKED:
        raise KeyRefused("KEY_REVOKED", "This API key was revoked. Generate a new one.")
    if not is_right and (key.old_until or 0) <= now:
        raise KeyRefused("KEY_REVOKED", "This API key has got a new secret. Use that one.")
    if state is KeyState.EXPIRED:
        raise KeyRefused("KEY_EXPIRED", "This API key has expired. Generate a new one.")
    return key


def refuse_elsewhere(key: ApiKey, address: str) -> None:
    """KeyRefused when a key that is kept to addresses is used from another one."""
    if not comes_from(key.addresses, address):
        raise KeyRefused("FORBIDDEN", f"This API key may not be used from {address}.")


def may(key: ApiKey, permission: str) -> bool:
    """Whether a key has a permission; `admin` has them all."""
    enough = {permission, ADMIN, INCLUDED.get(permission, permission)}
    return not enough.isdisjoint(key.permissions)


def revoke_key(session: Session, key: ApiKey, now: Instant, version: int | None = None) -> ApiKey:
    """From now on the key opens nothing. Revoking twice changes nothing.

    Any key may be revoked, the asking and the last one too: people sign in without keys, and a
    shell makes new ones. Conflict when `version` is given and somebody has changed it since.
    """
    latest(session, key, version)
    if key.revoked_at is None:
        key.revoked_at = now
        key.version += 1
        session.flush()
    return key


def latest(session: Session, key: ApiKey, version: int | None) -> None:
    """See a key as it is now, with nobody else changing it until we are done."""
    session.refresh(key, with_for_update=True)
    if version not in {None, key.version}:
        raise Conflict("This key was changed meanwhile. Load it again and repeat your change.")


def is_stale(key: ApiKey, now: Instant) -> bool:
    """Whether `used_at` is to be written again: once a minute is enough."""
    return key.used_at is None or key.used_at <= now - MINUTE


def unchanged_until(key: ApiKey, now: Instant) -> Instant:
    """The next moment at which time alone may change what a key opens, or make its use worth
    noting again."""
    moments = [(key.used_at or 0) + MINUTE, key.expires_at, key.old_until]
    return min((each for each in moments if each is not None and each > now), default=now)


def mark_used(session: Session, key_id: int, now: Instant, address: str = "") -> None:
    """Note that a key was used and from where, unless somebody did within the last minute."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - MINUTE))
        .values(used_at=now, used_from=address[:64])
        .execution_options(synchronize_session=False)
    )


def text_of(key: ApiKey, secret: str) -> str:
    """What a program sends: the key as it is shown once."""
    return f"{PREFIX}_{key.public_id}_{secret}"


def hash_of(secret: str) -> str:
    """How a secret is kept."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _unknown(permissions: Any) -> dict[str, str]:
    """That there are no such permissions. What is no list of texts is told elsewhere."""
    listed = permissions if isinstance(permissions, list) else []
    unknown = [each for each in listed if isinstance(each, str) and each not in PERMISSIONS]
    if not unknown:
        return {}
    text = f"there is no {', '.join(unknown)[:200]}; choose of {', '.join(PERMISSIONS)}"
    return {"permissions": Problem(text)}


def _in_order(permissions: Sequence[str]) -> list[str]:
    """Each permission once, in the order of our table."""
    return [each for each in PERMISSIONS if each in permissions]
