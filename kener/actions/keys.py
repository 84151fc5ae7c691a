"""API keys: made once, shown once, proved by their hash, and revoked for good."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Problem, read
from kener.core.errors import Invalid, Refused
from kener.core.ids import public_id
from kener.core.instant import MINUTE, Instant
from kener.store.keys import key_of
from kener.store.tables import ApiKey

PREFIX = "kener"
SECRET_LENGTH = 40
"""Characters of base 32: 200 bits, so a fast hash without salt is enough."""
ADMIN = "admin"
PERMISSIONS = (
    "read:monitors",
    "write:monitors",
    "delete:monitors",
    "read:incidents",
    "write:incidents",
    "delete:incidents",
    "read:secrets",
    "write:secrets",
    "delete:secrets",
    "read:pages",
    "write:pages",
    "delete:pages",
    ADMIN,
)
INCLUDED = {"delete:incidents": "write:incidents"}
"""What follows from another permission: there were keys before there was one for deleting."""
RefusalCode = Literal["UNAUTHORIZED", "KEY_EXPIRED", "KEY_REVOKED"]
_NOBODY = hashlib.sha256(b"").hexdigest()


class KeyRefused(Refused):
    """The key opens nothing; `code` says why, as the API's answer does."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class KeyFields(Fields):
    """What one says of a new key."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    permissions: list[str] = Field(min_length=1)


def create_key(
    session: Session,
    name: str,
    permissions: Sequence[str],
    expires_at: Instant | None,
    now: Instant,
) -> tuple[ApiKey, str]:
    """A new key, and its text `kener_<public id>_<secret>`, which is kept nowhere. Invalid names
    what is wrong: a permission that does not exist, an expiry in the past."""
    problems: dict[str, str] = {}
    try:
        read(KeyFields, {"name": name, "permissions": list(permissions)})
    except Invalid as error:
        problems |= error.problems
    if unknown := [each for each in permissions if each not in PERMISSIONS]:
        problems["permissions"] = Problem(
            f"there is no {', '.join(unknown)}; choose of {', '.join(PERMISSIONS)}"
        )
    if expires_at is not None and expires_at <= now:
        problems["expires_at"] = Problem("must lie in the future")
    if problems:
        raise Invalid(problems)
    secret = public_id(SECRET_LENGTH)
    key = ApiKey(
        public_id=public_id(),
        name=name.strip(),
        secret_hash=_hash(secret),
        permissions=[each for each in PERMISSIONS if each in permissions],
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return key, f"{PREFIX}_{key.public_id}_{secret}"


def find_key(session: Session, text: str, now: Instant) -> ApiKey:
    """The key of this text. KeyRefused when it is none of ours, was revoked, or has expired; the
    last two are told only to who knows the secret."""
    prefix, _, rest = text.partition("_")
    known_as, _, secret = rest.partition("_")
    key = key_of(session, known_as) if prefix == PREFIX and len(known_as) <= 20 else None
    is_right = hmac.compare_digest(key.secret_hash if key else _NOBODY, _hash(secret))
    if key is None or not is_right:
        raise KeyRefused("UNAUTHORIZED", "This API key is not known here.")
    if key.revoked_at is not None:
        raise KeyRefused("KEY_REVOKED", "This API key was revoked. Generate a new one.")
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyRefused("KEY_EXPIRED", "This API key has expired. Generate a new one.")
    return key


def may(key: ApiKey, permission: str) -> bool:
    """Whether a key has a permission; `admin` has them all."""
    enough = {permission, ADMIN, INCLUDED.get(permission, permission)}
    return not enough.isdisjoint(key.permissions)


def revoke_key(session: Session, key: ApiKey, now: Instant) -> ApiKey:
    """From now on the key opens nothing. Revoking twice changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = now
        session.flush()
    return key


def is_stale(key: ApiKey, now: Instant) -> bool:
    """Whether `used_at` is to be written again: once a minute is enough."""
    return key.used_at is None or key.used_at <= now - MINUTE


def mark_used(session: Session, key_id: int, now: Instant) -> None:
    """Note that a key was used, unless somebody did within the last minute."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - MINUTE))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
