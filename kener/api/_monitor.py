"""What the API shows of a monitor."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.monitor_fields import MonitorFields
from kener.api._keys import holds
from kener.api._monitor_kept import Kept, kept, what_was_set
from kener.api._shapes import Moment, Part, Shown, VersionedChange
from kener.checks import check_types
from kener.core.instant import iso_or_none
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.monitors import heartbeat_tokens
from kener.store.secrets import SecretLost
from kener.store.standing import Standing, standings
from kener.store.tables import Monitor
from kener.web.address import the_config


class MonitorDocument(Shown):
    """A monitor: what was set, and how it is. Seconds, but for those that end in `_ms` and
    `degraded_over`."""

    id: str
    slug: str
    name: str
    description: str
    kind: str
    settings: dict[str, Any]
    """Those of its kind. Stored secrets show as `***`."""
    interval: int
    cron: str | None
    time_zone: str
    timeout: float
    to_fail: int
    to_recover: int
    retry_interval: int
    degraded_over: float | None
    tags: list[str]
    paused: bool
    hidden: bool
    latency_hidden: bool
    heartbeat_url: str | None = None
    """Where a heartbeat reports to; only for keys that may write monitors."""
    status: Status
    """As visitors see it."""
    confirmed: Status
    observed: Status | None
    """What the last check saw."""
    reason: Reason | None
    detail: str
    since: Moment | None
    checked_at: Moment | None
    latency_ms: float | None
    version: int
    created_at: Moment
    updated_at: Moment


class MonitorPart(Part, MonitorDocument):
    """A monitor, or only those of its fields that were asked for."""


class MonitorChange(VersionedChange, MonitorFields):
    """Any fields of a monitor; of `settings`, too, those that are not named keep their value."""


FIELDS = tuple(MonitorDocument.model_fields)
"""All that a document may show."""


def documents(session: Session, monitors: Sequence[Monitor]) -> list[dict[str, Any]]:
    """Monitors as the API shows them, in their order; the number of queries is fixed."""
    shown = standings(session, now(), monitors=monitors, facts=False)
    return _documents(session, shown, {each.id: what_was_set(each) for each in monitors})


def documents_of(session: Session, shown: Sequence[Standing]) -> list[dict[str, Any]]:
    """The same of rows of a list, whose standing is known already."""
    halves = kept(session, [each.monitor for each in shown])
    return _documents(session, [each for each in shown if each.monitor.id in halves], halves)


def _documents(
    session: Session, shown: Sequence[Standing], halves: Mapping[int, Kept]
) -> list[dict[str, Any]]:
    addresses = _addresses(session, [each.monitor for each in shown])
    return [
        _document(halves[each.monitor.id], each, addresses.get(each.monitor.id)) for each in shown
    ]


def _addresses(session: Session, monitors: Sequence[Any]) -> Mapping[int, str | None]:
    """Where heartbeats report to: a secret, so only for keys that may change monitors."""
    heartbeats = [each.id for each in monitors if "last_ping" in check_types()[each.kind].needs]
    if not heartbeats or not holds("write:monitors"):
        return {}
    base = the_config().public_url
    try:
        tokens = heartbeat_tokens(session, heartbeats)
    except SecretLost:
        return dict.fromkeys(heartbeats)
    return {key: f"{base}/api/heartbeat/{token}" for key, token in tokens.items()}


def _document(half: Kept, standing: Standing, heartbeat_url: str | None) -> dict[str, Any]:
    latency = standing.latency_ms
    state: dict[str, Any] = {
        "status": standing.displayed.value,
        "confirmed": standing.confirmed.value,
        "observed": None if standing.observed is None else standing.observed.value,
        "reason": None if standing.reason is None else standing.reason.value,
        "detail": standing.detail,
        "since": iso_or_none(standing.since),
        "checked_at": iso_or_none(standing.checked_at),
        "latency_ms": None if latency is None else round(latency, 3),
    }
    if heartbeat_url is not None:
        state = {"heartbeat_url": heartbeat_url} | state
    return {**half.own, **state, **half.versions}
