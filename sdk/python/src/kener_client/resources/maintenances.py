"""`kener.maintenances` and `kener.windows`"""

from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import (
    ExtendInput,
    Gone,
    Maintenance,
    MaintenanceChange,
    MaintenanceInput,
    MaintenanceQuery,
    Window,
    WindowChange,
    WindowQuery,
)


class Maintenances(Resource[W]):
    """Planned work, once or by a rule."""

    @listing
    def list(self, **query: Unpack[MaintenanceQuery]) -> Listing[Maintenance]:
        """The planned work that fits."""
        return rows("maintenances", **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[MaintenanceInput]
    ) -> Call[Maintenance]:
        """Plan work."""
        return post("maintenances", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, maintenance_id: str) -> Call[Maintenance]:
        """Some planned work."""
        return get("maintenances", maintenance_id)

    @operation
    def update(
        self, maintenance_id: str, *, etag: str | None = None, **fields: Unpack[MaintenanceChange]
    ) -> Call[Maintenance]:
        """Change what is named; windows that are over stay as they were."""
        return put("maintenances", maintenance_id, body=fields, etag=etag)

    @operation
    def delete(self, maintenance_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Delete it with its windows; history is again what the checks saw."""
        return delete("maintenances", maintenance_id, etag=etag)

    @operation
    def cancel(self, maintenance_id: str, *, etag: str | None = None) -> Call[Maintenance]:
        """Let none of its windows take place that is still to come."""
        return post("maintenances", maintenance_id, "cancel", etag=etag)

    @listing
    def windows(self, maintenance_id: str, **query: Unpack[WindowQuery]) -> Listing[Window]:
        """Its windows."""
        return rows("maintenances", maintenance_id, "windows", **query)


class Windows(Resource[W]):
    """One occurrence of planned work each."""

    @operation
    def get(self, window_id: str) -> Call[Window]:
        """One window."""
        return get("windows", window_id)

    @operation
    def update(
        self, window_id: str, *, etag: str | None = None, **fields: Unpack[WindowChange]
    ) -> Call[Window]:
        """Let it begin or end at another time."""
        return put("windows", window_id, body=fields, etag=etag)

    @operation
    def finish(self, window_id: str, *, etag: str | None = None) -> Call[Window]:
        """End it now."""
        return post("windows", window_id, "finish", etag=etag)

    @operation
    def extend(
        self, window_id: str, *, etag: str | None = None, **fields: Unpack[ExtendInput]
    ) -> Call[Window]:
        """Let it last so many minutes longer."""
        return post("windows", window_id, "extend", body=fields, etag=etag)

    @operation
    def cancel(self, window_id: str, *, etag: str | None = None) -> Call[Window]:
        """Let it not take place."""
        return post("windows", window_id, "cancel", etag=etag)
