"""`kener.keys` and `kener.secrets`"""

from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import (
    Key,
    KeyChange,
    KeyInput,
    KeyQuery,
    KeyRotation,
    ListQuery,
    NewKey,
    Secret,
    SecretGone,
    SecretInput,
)


class Keys(Resource[W]):
    """Keys of the API."""

    @listing
    def list(self, **query: Unpack[KeyQuery]) -> Listing[Key]:
        """Every key, in the order of their making."""
        return rows("keys", **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[KeyInput]
    ) -> Call[NewKey]:
        """Make a key. The answer holds its text, which is not shown again."""
        return post("keys", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, key_id: str) -> Call[Key]:
        """One key."""
        return get("keys", key_id)

    @operation
    def update(
        self, key_id: str, *, etag: str | None = None, **fields: Unpack[KeyChange]
    ) -> Call[Key]:
        """Change the fields that are named; the others keep their value."""
        return put("keys", key_id, body=fields, etag=etag)

    @operation
    def delete(self, key_id: str, *, etag: str | None = None) -> Call[Key]:
        """Revoke a key; it stays in the list."""
        return delete("keys", key_id, etag=etag)

    @operation
    def rotate(
        self, key_id: str, *, etag: str | None = None, **fields: Unpack[KeyRotation]
    ) -> Call[NewKey]:
        """Give it a new text, which is not shown again; the old one opens for `grace` seconds."""
        return post("keys", key_id, "rotate", body=fields, etag=etag)


class Secrets(Resource[W]):
    """Passwords and tokens that settings of monitors refer to by name."""

    @listing
    def list(self, **query: Unpack[ListQuery]) -> Listing[Secret]:
        """Every secret, but for its value."""
        return rows("secrets", **query)

    @operation
    def update(
        self,
        name: str,
        *,
        etag: str | None = None,
        only_new: bool = False,
        **fields: Unpack[SecretInput],
    ) -> Call[Secret]:
        """Store a secret, or change the one of this name; with `only_new` only if there is none:
        PreconditionFailed when there is."""
        unless = "*" if only_new else None
        return put("secrets", name, body=fields, etag=etag, unless=unless)

    @operation
    def delete(self, name: str, *, etag: str | None = None) -> Call[SecretGone]:
        """Delete a secret that no monitor refers to."""
        return delete("secrets", name, etag=etag)
