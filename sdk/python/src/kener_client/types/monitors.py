"""Monitors: what is watched, and what one may do to them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from kener_client.types.words import Action, Kind, Moment, PushedStatus, Reason, Status


class Named(TypedDict):
    """A monitor by its names."""

    id: str
    slug: str
    name: str


class Monitor(TypedDict):
    """A monitor: what was set, and how it is. Seconds, but for those that end in `_ms` and
    `degraded_over`."""

    id: str
    slug: str
    name: str
    description: str
    kind: str
    settings: dict[str, Any]
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
    heartbeat_url: NotRequired[str | None]
    status: Status
    confirmed: Status
    observed: Status | None
    reason: Reason | None
    detail: str
    since: str | None
    checked_at: str | None
    latency_ms: float | None
    version: int
    created_at: str
    updated_at: str


class MonitorPart(TypedDict, total=False):
    """A monitor, or only those of its fields that were asked for."""

    id: str
    slug: str
    name: str
    description: str
    kind: str
    settings: dict[str, Any]
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
    heartbeat_url: str | None
    status: Status
    confirmed: Status
    observed: Status | None
    reason: Reason | None
    detail: str
    since: str | None
    checked_at: str | None
    latency_ms: float | None
    version: int
    created_at: str
    updated_at: str


class _MonitorFields(TypedDict, total=False):
    """What one may always say."""

    slug: str
    description: str
    settings: Mapping[str, object]
    interval: int
    cron: str | None
    time_zone: str
    timeout: float | None
    to_fail: int
    to_recover: int
    retry_interval: int
    degraded_over: float | None
    tags: Sequence[str]
    paused: bool
    hidden: bool
    latency_hidden: bool


class MonitorInput(_MonitorFields):
    """Every field one can set. Seconds, except `degraded_over` in ms; without `timeout` a default
    that fits the interval; without `slug` one made from the name; without `cron` by interval."""

    name: str
    kind: Kind


class MonitorChange(_MonitorFields, total=False):
    """Any fields of a monitor; of `settings`, too, those that are not named keep their value."""

    name: str
    kind: Kind
    version: int | None


class TrialInput(_MonitorFields, total=False):
    """A monitor that need not be stored; with the `id` of a stored one, changes of it."""

    name: str
    kind: Kind
    id: str | None


class Trial(TypedDict):
    """What one probe saw."""

    status: Status
    reason: Reason | None
    detail: str
    latency_ms: float | None
    phases: dict[str, float]
    facts: dict[str, str | int | float | bool | list[str] | None]
    failed_assertions: list[str]


class StatusInput(TypedDict):
    """A status as somebody tells it. `expires_in` in seconds, or `expires_at` as ISO 8601; without
    both what the monitor's settings say, 0: until the next one."""

    status: PushedStatus
    message: NotRequired[str]
    expires_in: NotRequired[int | None]
    expires_at: NotRequired[Moment | None]


class MonitorFilter(TypedDict, total=False):
    """What monitors have to be like; what is not said does not matter. `tag`: all of these,
    `status`: as displayed, `q`: every word of it occurs in what one sees of the monitor."""

    kind: str
    paused: bool | None
    status: Status | None
    tag: Sequence[str]
    q: str


class BulkInput(TypedDict):
    """What to do, and to which: named by ids or slugs, or all that a filter fits. `tags` are for
    (un)tagging."""

    action: Action
    ids: NotRequired[Sequence[str] | None]
    filter: NotRequired[MonitorFilter | None]
    tags: NotRequired[Sequence[str] | None]


class LeftAlone(TypedDict):
    """A monitor that was not changed, by the name that it was asked for by, and why."""

    id: str
    code: str
    message: str


class BulkDone(TypedDict):
    """What became of each: changed, already as wanted, or refused."""

    action: Action
    changed: list[Named]
    unchanged: list[Named]
    refused: list[LeftAlone]
