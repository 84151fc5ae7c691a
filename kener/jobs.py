"""The jobs, by the names that `kener.queue` knows: a few lines each, and each may run twice."""

import os
from collections.abc import Collection
from functools import cache, partial

from kener import queue
from kener.actions.deadman import tell_deadman
from kener.actions.deliveries import deliver as deliver_all
from kener.actions.deliveries import dispatch_events
from kener.actions.dry_runs import dry_run, try_out
from kener.actions.sending import Sender, send_due
from kener.actions.turns import take_turns
from kener.actions.upkeep import keep_up
from kener.config import Config, load
from kener.site import templates
from kener.site.mirrored import newest_build, release_for
from kener.site.publish import publish_if_dirty
from kener.store import secrets
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.targets import has_targets

_given: Config | None = None


def use(config: Config) -> None:
    """What the jobs of this process and its forks work with, instead of the environment."""
    global _given  # noqa: PLW0603 - RQ calls jobs by name, so they cannot be given anything else
    _given = config


def warm(queues: Collection[str]) -> None:
    """What the jobs of these queues need, made once before the forks."""
    if "publish" in queues:
        templates.warm()


def dispatch() -> None:
    """Turn events into deliveries."""
    database, _ = _here(os.getpid())
    with database.write() as session:
        dispatch_events(session, now())


def deliver() -> None:
    """Send what is due."""
    database, config = _here(os.getpid())
    deliver_all(database, config, now)


def windows() -> None:
    """Tell of the windows of maintenance that begin, end or come near."""
    database, _ = _here(os.getpid())
    with database.write() as session:
        take_turns(session, now())


def publish() -> None:
    """Bring the public page up to date."""
    database, config = _here(os.getpid())
    if publish_if_dirty(database, config, now) and _has_targets(database):
        queue.enqueue(("kener.jobs.send", ()))


def send() -> None:
    """Bring the page to every host that lacks it."""
    send_due(_sender())


def try_target(target_id: int) -> None:
    """Whether a host can be reached, and written to."""
    try_out(_sender(), target_id)


def dry_run_target(target_id: int) -> None:
    """What would be sent to a host now."""
    dry_run(_sender(), target_id)


def upkeep() -> None:
    """Pack hours that are over and forget what is too old, a small transaction at a time."""
    database, config = _here(os.getpid())
    keep_up(database, config, now)


def report_alive() -> None:
    """Tell the dead-man's switch, when all is well."""
    database, config = _here(os.getpid())
    tell_deadman(database, config, now())


def _has_targets(database: Database) -> bool:
    """Most installations have none: no job and no fork for nothing, each minute."""
    with database.read() as session:
        return has_targets(session)


def _sender() -> Sender:
    database, config = _here(os.getpid())
    return Sender(
        database, config, now, partial(newest_build, config), partial(release_for, config)
    )


@cache
def _here(_pid: int) -> tuple[Database, Config]:
    """Connections of our own: those of a parent process are not for its forks."""
    config = _given or load()
    key = secrets.secret_key_of(config)
    secrets.configure(key, [each.get_secret_value() for each in config.previous_secret_keys])
    queue.connect(config.redis_url)
    return Database(config.database), config
