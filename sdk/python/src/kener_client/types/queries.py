"""What lists, and how monitors were, can be asked for. `since` and `until` are the API's `from` and
`to`; `limit` is how many rows there are in one answer, not in all."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

from kener_client.types.words import Impact, KeyState, Moment, Phase, PushedStatus, Status

WindowName: TypeAlias = Literal["24h", "7d", "30d", "90d", "1y"]


class ListQuery(TypedDict, total=False):
    """What every list takes."""

    limit: int


class MonitorQuery(ListQuery, total=False):
    """`tag`: all of these; `q`: every word of it occurs in what one sees of the monitor; `sort`:
    `created`, `name` or `updated`, with `-` before it falling."""

    kind: str
    paused: bool
    status: Status
    tag: str | Sequence[str]
    q: str
    sort: str


class IncidentQuery(ListQuery, total=False):
    """`draft`: drafts instead of what is published; `monitor`: an id or slug; `sort`: `started` or
    `updated`, with `-` before it falling."""

    status: Phase
    open: bool
    draft: bool
    impact: Impact
    monitor: str
    since: Moment
    until: Moment
    sort: str


class MaintenanceQuery(ListQuery, total=False):
    """Work that is to come, under way, over, or a draft; `monitor`: an id or slug."""

    upcoming: bool
    active: bool
    past: bool
    draft: bool
    monitor: str


class WindowQuery(ListQuery, total=False):
    """Only windows that are over, or that are not."""

    over: bool


class KeyQuery(ListQuery, total=False):
    """Only keys in this state."""

    state: KeyState


class SpanQuery(ListQuery, total=False):
    """Of which time."""

    since: Moment
    until: Moment


class ResultQuery(SpanQuery, total=False):
    """Only what saw this status."""

    status: PushedStatus


class WindowedQuery(TypedDict, total=False):
    """A window that ends now, or any time from `since` to `until`."""

    window: WindowName
    since: Moment
    until: Moment


class UptimeQuery(WindowedQuery, total=False):
    """With `days` also each day, on the clocks of a time zone (without one UTC)."""

    days: bool
    time_zone: str


class LatencyQuery(WindowedQuery, total=False):
    """Which percentiles, like 50 and 99.9."""

    percentiles: Sequence[float]
