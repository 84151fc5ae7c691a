"""Keys and secrets."""

from collections.abc import Sequence
from typing import TypedDict

from kener_client.types.words import KeyState, Moment, Permission


class Key(TypedDict):
    """A key, what it may do, and when it was used last."""

    id: str
    name: str
    state: KeyState
    permissions: list[str]
    expires_at: str | None
    addresses: list[str]
    rate_limit: int | None
    last_used_at: str | None
    last_used_from: str | None
    old_secret_until: str | None
    revoked_at: str | None
    version: int
    created_at: str


class NewKey(Key):
    """A key with its text, which is shown this once."""

    key: str


class _KeyFields(TypedDict, total=False):
    """What one may always say."""

    expires_at: Moment | None
    addresses: Sequence[str]
    rate_limit: int | None


class KeyInput(_KeyFields):
    """What one says of a key. No addresses: it opens from anywhere. No rate limit: the setting."""

    name: str
    permissions: Sequence[Permission]


class KeyChange(_KeyFields, total=False):
    """Any fields of a key."""

    name: str
    permissions: Sequence[Permission]
    version: int | None


class KeyRotation(TypedDict, total=False):
    """For how long the old text is to open beside the new one."""

    grace: int
    version: int | None


class Me(TypedDict):
    """The key that asks."""

    id: str
    name: str
    permissions: list[str]
    created_at: str
    expires_at: str | None
    addresses: list[str]
    rate_limit: int


class Secret(TypedDict):
    """A secret, but for its value."""

    name: str
    note: str
    used_by: int
    created_at: str
    updated_at: str


class SecretGone(TypedDict):
    """The secret that was deleted."""

    name: str


class SecretInput(TypedDict, total=False):
    """What one says of a secret. Without a `value` the stored one stays."""

    value: str | None
    note: str | None
