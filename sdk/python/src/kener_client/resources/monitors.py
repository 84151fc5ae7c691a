"""`kener.monitors`"""

from collections.abc import Sequence
from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import (
    BulkDone,
    BulkInput,
    Gone,
    Latency,
    LatencyQuery,
    Monitor,
    MonitorChange,
    MonitorInput,
    MonitorPart,
    MonitorQuery,
    Result,
    ResultQuery,
    Span,
    SpanQuery,
    StatusInput,
    Trial,
    TrialInput,
    Uptime,
    UptimeQuery,
)


class Monitors(Resource[W]):
    """What is watched. A `monitor_id` is an id or a slug."""

    @listing
    def list(self, **query: Unpack[MonitorQuery]) -> Listing[Monitor]:
        """The monitors that fit, in the order of their making unless another is asked for."""
        return rows("monitors", **query)

    @listing
    def pick(self, fields: Sequence[str], **query: Unpack[MonitorQuery]) -> Listing[MonitorPart]:
        """The same list, with only these fields of each monitor."""
        return rows("monitors", fields=fields, **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[MonitorInput]
    ) -> Call[Monitor]:
        """Add a monitor."""
        return post("monitors", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, monitor_id: str) -> Call[Monitor]:
        """One monitor."""
        return get("monitors", monitor_id)

    @operation
    def update(
        self, monitor_id: str, *, etag: str | None = None, **fields: Unpack[MonitorChange]
    ) -> Call[Monitor]:
        """Change the fields that are named; the others keep their value."""
        return put("monitors", monitor_id, body=fields, etag=etag)

    @operation
    def delete(self, monitor_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Delete a monitor with its history."""
        return delete("monitors", monitor_id, etag=etag)

    @operation
    def check(self, monitor_id: str, *, etag: str | None = None) -> Call[Monitor]:
        """Check it now. The answer does not wait for the result."""
        return post("monitors", monitor_id, "check", etag=etag)

    @operation
    def pause(self, monitor_id: str, *, etag: str | None = None) -> Call[Monitor]:
        """Stop checking it."""
        return post("monitors", monitor_id, "pause", etag=etag)

    @operation
    def resume(self, monitor_id: str, *, etag: str | None = None) -> Call[Monitor]:
        """Check it again."""
        return post("monitors", monitor_id, "resume", etag=etag)

    @listing
    def results(self, monitor_id: str, **query: Unpack[ResultQuery]) -> Listing[Result]:
        """What its checks saw, the newest first."""
        return rows("monitors", monitor_id, "results", **query)

    @listing
    def spans(self, monitor_id: str, **query: Unpack[SpanQuery]) -> Listing[Span]:
        """From when to when it was what, the newest first."""
        return rows("monitors", monitor_id, "spans", **query)

    @operation
    def uptime(self, monitor_id: str, **query: Unpack[UptimeQuery]) -> Call[Uptime]:
        """How much of the watched time it was up: of the last 24 hours if no time is named."""
        return get("monitors", monitor_id, "uptime", **query)

    @operation
    def latency(self, monitor_id: str, **query: Unpack[LatencyQuery]) -> Call[Latency]:
        """How long its checks took: in the last 24 hours if no time is named."""
        return get("monitors", monitor_id, "latency", **query)

    @operation
    def set_status(
        self, monitor_id: str, *, etag: str | None = None, **fields: Unpack[StatusInput]
    ) -> Call[Monitor]:
        """Say how a manual monitor is."""
        return post("monitors", monitor_id, "status", body=fields, etag=etag)

    @operation
    def test(self, **fields: Unpack[TrialInput]) -> Call[Trial]:
        """Probe once, without storing anything."""
        return post("monitors", "test", body=fields)

    @operation
    def bulk(
        self, *, idempotency_key: str | None = None, **fields: Unpack[BulkInput]
    ) -> Call[BulkDone]:
        """Do one thing to many monitors."""
        return post("monitors", "bulk", body=fields, idempotency_key=idempotency_key)
