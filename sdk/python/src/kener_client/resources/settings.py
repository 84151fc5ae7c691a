"""`kener.settings`"""

from typing import Unpack

from kener_client._calls import Call, get, put
from kener_client._operations import Resource, W, operation
from kener_client.types import Settings, SettingsChange


class SettingsResource(Resource[W]):
    """What can be set of this Kener, and what its environment has settled."""

    @operation
    def get(self) -> Call[Settings]:
        """All that can be set, and what is running."""
        return get("settings")

    @operation
    def update(
        self, *, etag: str | None = None, **fields: Unpack[SettingsChange]
    ) -> Call[Settings]:
        """Change the settings that are named; the others keep their value."""
        return put("settings", body=fields, etag=etag)
