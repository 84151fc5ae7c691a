"""What the API shows of a monitor."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.monitor_fields import MonitorFields
from kener.api._keys import holds
from kener.api._shapes import Moment, Part, Shown, VersionedChange
from kener.checks import check_types
from kener.core.instant import iso, iso_or_none
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.monitors import heartbeat_tokens
from kener.store.secrets import SecretLost
from kener.store.settings import mask_settings
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


OWN = FIELDS[: FIELDS.index("heartbeat_url")]
"""Those that were set."""
OWN_OF = attrgetter(*["public_id" if each == "id" else each for each in OWN])


def documents(session: Session, monitors: Sequence[Monitor]) -> list[dict[str, Any]]:
    """Monitors as the API shows them, in their order; the number of queries is fixed."""
    return documents_of(
        session, standings(session, now(), monitors=monitors, facts=False), monitors
    )


def documents_of(
    session: Session, shown: Sequence[Standing], monitors: Sequence[Monitor]
) -> list[dict[str, Any]]:
    """The same of monitors, in their order, whose standing is known already."""
    found = {each.monitor.id: each for each in shown}
    addresses = _addresses(session, monitors)
    return [_document(found[each.id], addresses.get(each.id)) for each in monitors]


def _addresses(session: Session, monitors: Sequence[Monitor]) -> Mapping[int, str | None]:
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


def _document(standing: Standing, heartbeat_url: str | None) -> dict[str, Any]:
    monitor = standing.monitor
    shown: dict[str, Any] = dict(zip(OWN, OWN_OF(monitor), strict=True))
    shown["settings"] = mask_settings(monitor.settings, check_types()[monitor.kind].secret_fields())
    shown["cron"] = monitor.cron or None
    if heartbeat_url is not None:
        shown["heartbeat_url"] = heartbeat_url
    shown["status"] = standing.displayed.value
    shown["confirmed"] = standing.confirmed.value
    shown["observed"] = None if standing.observed is None else standing.observed.value
    shown["reason"] = None if standing.reason is None else standing.reason.value
    shown["detail"] = standing.detail
    shown["since"] = iso_or_none(standing.since)
    shown["checked_at"] = iso_or_none(standing.checked_at)
    latency = standing.latency_ms
    shown["latency_ms"] = None if latency is None else round(latency, 3)
    shown["version"] = monitor.version
    shown["created_at"] = iso(monitor.created_at)
    shown["updated_at"] = iso(monitor.updated_at)
    return shown
