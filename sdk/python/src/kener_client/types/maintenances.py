"""Planned work, and its windows."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from kener_client.types.words import Moment, PlannedImpact, WindowStatus


class Planned(TypedDict):
    """A monitor, and what it is while a window lasts."""

    id: str
    slug: str
    name: str
    impact: PlannedImpact


class PlannedInput(TypedDict):
    """A monitor, by its id or slug, and what it is while a window lasts."""

    id: str
    impact: NotRequired[PlannedImpact]


class Window(TypedDict):
    """One occurrence of planned work."""

    id: str
    maintenance_id: str
    status: WindowStatus
    starts_at: str
    ends_at: str
    original_at: str
    edited: bool
    version: int


class WindowChange(TypedDict, total=False):
    """When it is to begin or end."""

    starts_at: Moment | None
    ends_at: Moment | None
    version: int | None


class ExtendInput(TypedDict):
    """So many minutes more."""

    minutes: int


class Maintenance(TypedDict):
    """Planned work. `starts` is on the clocks of `time_zone`; minutes for `duration` and
    `reminders`."""

    id: str
    title: str
    message: str
    status: WindowStatus
    time_zone: str
    starts: str
    duration: int
    rrule: str | None
    exceptions: list[str]
    monitors: list[Planned]
    reminders: list[int]
    notify: bool
    draft: bool
    window: Window | None
    cancelled_at: str | None
    version: int
    created_at: str
    updated_at: str


class _MaintenanceFields(TypedDict, total=False):
    """What one may always say."""

    message: str
    time_zone: str
    rrule: str | None
    exceptions: Sequence[str]
    monitors: Sequence[PlannedInput | str]
    reminders: Sequence[int]
    notify: bool
    draft: bool


class MaintenanceInput(_MaintenanceFields):
    """Every field one can set. `starts` is on the clocks of `time_zone`, like `2030-01-31T02:00`;
    minutes for `duration` and `reminders`; without `rrule` once. An exception is a day or a time of
    these clocks."""

    title: str
    starts: str
    duration: int


class MaintenanceChange(_MaintenanceFields, total=False):
    """Any fields of planned work."""

    title: str
    starts: str
    duration: int
    version: int | None
