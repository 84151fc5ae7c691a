"""The one writer: whoever holds the lease builds, and builds again while there is news."""

import logging
import shutil
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from kener.config import Config
from kener.core.errors import Refused
from kener.core.instant import SECOND, Instant
from kener.site.build import build
from kener.site.signposts import put_up
from kener.site.sites import Site, sites
from kener.site.snapshot import at_one_moment, snapshot
from kener.site.sweeping import swept_rarely
from kener.store.engine import Database
from kener.store.leases import is_dead, new_holder
from kener.store.tables import Publication
from kener.targets import Release
from kener.targets.folder import FolderTarget

log = logging.getLogger(__name__)

LEASE = 120 * SECOND
"""After so long a writer counts as dead, and another may take its place; at once if it was a
process of this machine and is gone."""
SETTLE = 1.0
"""Seconds to wait for what else is about to change, so that a burst makes one build."""
EARLY = 5 * SECOND
"""The round that asks for a build may come a little before its minute is over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to publish until it ends, and which build this is."""

    holder: str
    seq: int


def publish_if_dirty(
    database: Database,
    config: Config,
    clock: Callable[[], Instant],
    *,
    settle: float = SETTLE,
    stop: threading.Event | None = None,
) -> int:
    """Publish while the page is out of date, or older than promised; how many builds that took.

    Returns at once when there is nothing to do or another is at it. What fails is written down
    for the admin, and the page before stays.
    """
    folder = FolderTarget(folder=config.site_dir)
    stop = stop or threading.Event()
    builds = 0
    while not stop.is_set() and (lease := _take(database, config, clock(), folder)):
        stop.wait(settle)
        if not _publish(database, config, clock, lease):
            break
        builds += 1
    return builds


def _take(database: Database, config: Config, now: Instant, target: FolderTarget) -> Lease | None:
    """Compare and set: of any number of writers one gets the lease, and only when there is need."""
    every = config.publish_every * SECOND
    with database.read() as session:
        held_by = session.scalars(select(Publication.lease_holder)).one()
        due = _is_due(now, every, dead=held_by if is_dead(held_by) else "")
        if not session.scalar(select(Publication.page_id).where(*due)):
            return None
    holder = new_holder()
    newest = target.newest() or 0
    with database.write() as session:
        # A database put back from a copy may count less than what was published from it.
        seq = 1 + max(newest, session.scalars(select(Publication.build_seq)).one())
        taken = session.execute(
            update(Publication)
            .where(*due)
            .values(lease_until=now + LEASE, lease_holder=holder, build_seq=seq)
            .execution_options(synchronize_session=False)
        )
        if not (isinstance(taken, CursorResult) and taken.rowcount):
            return None
        return Lease(holder, seq)


def _is_due(now: Instant, every: int, dead: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        or_(
            Publication.dirty_seq > Publication.published_seq,
            Publication.published_at.is_(None),
            Publication.published_at <= now - every + EARLY,
            Publication.published_at > now,
        ),
        or_(
            Publication.lease_until <= now,
            Publication.lease_until > now + LEASE,
            Publication.lease_holder == dead,
        ),
    )


def _publish(
    database: Database,
    config: Config,
    clock: Callable[[], Instant],
    lease: Lease,
) -> bool:
    """One build, and what came of it in the admin's words."""
    began = clock()
    try:
        dirty_seq, changed = _build(database, config, began, lease)
    except Refused as error:
        return _failed(database, lease, error.message)
    except Exception as error:  # the page before stays, whatever broke
        log.exception("the public page could not be built")
        return _failed(database, lease, f"The page could not be built: {type(error).__name__}.")
    done = clock()
    return _close(
        database,
        lease,
        published_seq=dirty_seq,
        published_at=began,
        took_ms=done - began,
        files_changed=changed,
        failures=0,
        error="",
    )


def _build(database: Database, config: Config, now: Instant, lease: Lease) -> tuple[int, int]:
    """Every site, the main one first. How far the changes were read, and how many files are
    new."""
    with swept_rarely(), database.read() as session:
        at_one_moment(session)
        # Read first: what changes after this line is news for the next build.
        dirty_seq = session.scalars(select(Publication.dirty_seq)).one()
        main, *others = sites(session, config)
        put_up(config, others)  # first: what became private is not shown as it was
        changed = _publish_site(session, main, now, config, lease)
        troubles: list[Exception] = []
        for each in others:
            try:
                changed += _publish_site(session, each, now, config, lease)
            except Exception as error:  # noqa: BLE001 - one must not keep back the others
                troubles.append(error)
    _clear_away(config, {each.name for each in others})
    if troubles:
        raise troubles[0]
    return dirty_seq, changed


def _publish_site(session: Session, site: Site, now: Instant, config: Config, lease: Lease) -> int:
    target = FolderTarget(folder=config.site_folder(site.name))
    release = release_of(session, site, now, seq=lease.seq, config=config, known=target.keys())
    return target.publish(release).changed


def release_of(  # noqa: PLR0913
    session: Session,
    site: Site,
    now: Instant,
    *,
    seq: int,
    config: Config,
    known: Mapping[str, str],
) -> Release:
    """What a site is at this moment; `known` as `build` takes it."""
    shown = [(each.folder, snapshot(session, now, each.page)) for each in site.pages]
    return build(session, shown, seq=seq, every=config.publish_every, url=site.url, known=known)


def _clear_away(config: Config, names: Collection[str]) -> None:
    """Sites of pages that are gone, or that became part of the main one."""
    for folder in config.site_folder("-").parent.glob("*"):
        if folder.name not in names:
            shutil.rmtree(folder, ignore_errors=True)


def _failed(database: Database, lease: Lease, error: str) -> bool:
    log.warning("the public page was not published: %s", error)
    _close(database, lease, failures=Publication.failures + 1, error=error)
    return False


def _close(database: Database, lease: Lease, **values: Any) -> bool:
    """Write down what came of it and give the lease back, unless it was lost meanwhile."""
    with database.write() as session:
        session.execute(
            update(Publication)
            .where(Publication.lease_holder == lease.holder)
            .values(lease_until=0, lease_holder="", **values)
            .execution_options(synchronize_session=False)
        )
    return True


def publish_now(database: Database, config: Config, clock: Callable[[], Instant]) -> None:
    """Publish although nothing changed, for a person who waits for it; Refused says why not."""
    with database.write() as session:
        session.execute(update(Publication).values(dirty_seq=Publication.dirty_seq + 1))
    if publish_if_dirty(database, config, clock, settle=0):
        return
    with database.read() as session:
        row = session.scalars(select(Publication)).one()
    raise Refused(row.error or "Another process is publishing right now; it will show this too.")
