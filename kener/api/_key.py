"""What the API shows of a key. Its text only once."""

from typing import Any

from kener.actions.key_fields import KeyFields
from kener.api._shapes import Moment, Shown, VersionedChange
from kener.core.instant import Instant, iso, iso_or_none
from kener.store.keys import KeyState, state_of
from kener.store.tables import ApiKey


class KeyDocument(Shown):
    """A key, what it may do, and when it was used last."""

    id: str
    name: str
    state: KeyState
    permissions: list[str]
    expires_at: Moment | None
    addresses: list[str]
    """Networks that it is kept to; none: it opens from anywhere."""
    rate_limit: int | None
    """Requests a minute; null: as the setting says."""
    last_used_at: Moment | None
    last_used_from: str | None
    old_secret_until: Moment | None
    """Until when the text before the last rotation opens, too."""
    revoked_at: Moment | None
    version: int
    created_at: Moment


class NewKeyDocument(KeyDocument):
    """The same with the key's text, which is shown this once."""

    key: str


class KeyChange(VersionedChange, KeyFields):
    """Any fields of a key."""


def document(key: ApiKey, at: Instant) -> dict[str, Any]:
    """A key as it is at a moment."""
    is_rotating = key.old_until is not None and key.old_until > at
    return {
        "id": key.public_id,
        "name": key.name,
        "state": state_of(key, at).value,
        "permissions": key.permissions,
        "expires_at": iso_or_none(key.expires_at),
        "addresses": key.addresses,
        "rate_limit": key.rate_limit,
        "last_used_at": iso_or_none(key.used_at),
        "last_used_from": key.used_from or None,
        "old_secret_until": iso_or_none(key.old_until) if is_rotating else None,
        "revoked_at": iso_or_none(key.revoked_at),
        "version": key.version,
        "created_at": iso(key.created_at),
    }
