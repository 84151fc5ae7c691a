"""What can be set, and what is running."""

from typing import TypedDict


class Running(TypedDict):
    """What its environment has settled. Networks as texts; seconds, days and requests a minute."""

    kener: str
    url: str
    page_url: str
    database: str
    redis: bool
    location: str
    probes_in_flight: int
    probes_per_host: int
    publish_every: int
    results_days: int
    history_days: int
    session_days: int
    rate_limit: int
    web_threads: int
    log_level: str
    log_format: str
    trusted_proxies: list[str]
    private_networks: list[str]
    probe_denied_networks: list[str]
    private_targets: str
    deadman: bool


class Settings(TypedDict):
    """What can be set, and what is running."""

    title: str
    time_zone: str
    version: int
    running: Running


class SettingsChange(TypedDict, total=False):
    """Any of the settings."""

    title: str
    time_zone: str
    version: int | None
