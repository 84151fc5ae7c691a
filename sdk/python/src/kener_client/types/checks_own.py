"""Settings of the kinds of check without a network of their own."""

from collections.abc import Sequence
from typing import Literal, TypedDict


class GroupSettings(TypedDict, total=False):
    """A monitor made of others. It follows them at once, and has no network of its own."""

    members: Sequence[str]
    rule: Literal["worst", "share"]
    down_share: int
    degraded_share: int


class HeartbeatSettings(TypedDict, total=False):
    """A job of yours calls an address of ours; we notice when it does not."""

    schedule: Literal["period", "cron"]
    period: int
    cron: str
    time_zone: str
    grace: int
    max_run_time: int
    push_token: str


class ManualSettings(TypedDict, total=False):
    """Nothing is looked at: the API or a person says how it is."""

    expires_in: int
