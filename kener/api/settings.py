"""/api/settings: what can be set of this Kener, and what its environment has settled."""

from typing import Any

from flask import Response

from kener import __version__
from kener.actions.pages import latest
from kener.actions.settings import RUNNING, SettingsFields, change_settings
from kener.api import bp
from kener.api._answers import done
from kener.api._input import body, expected_version
from kener.api._keys import needs
from kener.api._shapes import Answer, Shown, VersionedChange
from kener.api._tags import revision_of, unchanged
from kener.config import Config, Networks
from kener.store.clock import now
from kener.store.pages import default_page
from kener.store.tables import Page
from kener.web.address import the_config
from kener.web.database import db, session

PLAIN = (
    "location",
    "probes_in_flight",
    "probes_per_host",
    "publish_every",
    "results_days",
    "history_days",
    "session_days",
    "rate_limit",
    "web_threads",
    "log_level",
    "log_format",
)
"""Settings that are shown as they are. None that is not named here is shown at all."""
NETWORKS = ("trusted_proxies", "private_networks", "probe_denied_networks")


class RunningDocument(Shown):
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


class SettingsDocument(Shown):
    """What can be set, and what is running."""

    title: str
    time_zone: str
    version: int
    running: RunningDocument


class SettingsChange(VersionedChange, SettingsFields):
    """Any of the settings."""


@bp.get("/settings")
@needs("admin", gives=Answer[SettingsDocument])
def show_settings() -> Response:
    """All that can be set, and what is running."""
    page = default_page(session())
    return done(_document(page), revision=revision_of(page))


@bp.put("/settings")
@needs("admin", sent=SettingsChange, gives=Answer[SettingsDocument])
def put_settings() -> Response:
    """Change the settings that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    page = default_page(session())
    unchanged(page, latest)
    change_settings(session(), page, given, now(), version, exact=True)
    session().commit()
    return done(_document(page), "Settings updated", revision=revision_of(page))


def _document(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "time_zone": page.time_zone,
        "version": page.version,
        RUNNING: _running(the_config()),
    }


def _running(config: Config) -> dict[str, Any]:
    """What is worth knowing and gives nothing away: addresses of ours may hold passwords, so only
    their kind is told, or that there is one."""
    targets = config.private_targets
    return {
        "kener": __version__,
        "url": config.public_url,
        "page_url": config.page_address,
        "database": db.engine.dialect.name,
        "redis": bool(config.redis_url),
        **{name: getattr(config, name) for name in PLAIN},
        **{name: _texts(getattr(config, name)) for name in NETWORKS},
        "private_targets": "allow" if targets is None else ",".join(_texts(targets)) or "deny",
        "deadman": bool(config.deadman_url),
    }


def _texts(networks: Networks) -> list[str]:
    return [str(each) for each in networks]
