"""Bringing the page to its hosts: each by itself, so that one that fails or is slow holds up no
other."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, CursorResult, update

from kener.actions.events import emit
from kener.actions.outside import seen_from_outside
from kener.actions.targets import opened
from kener.channels._addresses import Blocked, resolved, system_resolver, vetted
from kener.config import Config
from kener.core.errors import Refused
from kener.core.instant import MINUTE, SECOND, Instant
from kener.store.engine import Database
from kener.store.leases import is_dead, new_holder
from kener.store.tables import Target, TargetRun
from kener.store.targets import MISSES, Files, targets_with_sites, write_run
from kener.targets import Mirror, Published, Site, mirror_types

log = logging.getLogger(__name__)

LEASE = 31 * MINUTE
"""After so long whoever sends counts as dead; at once if it was a process of this machine. A little
longer than the job may last: two must never be at one host."""
AT_ONCE = 8
LONGEST_WAIT = 5 * MINUTE
LOOK = 1.0
Releases = Callable[[int, type[Mirror], str, str], AbstractContextManager[Site]]
"""Gives a build, by its number, for a kind of host, a target's public id and the name of a site
(`store.pages.site_of`), and keeps it as long as it is used; TargetFailed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sending needs. `newest` gives the build of a site that is shown here, and its
    state."""

    database: Database
    config: Config
    clock: Callable[[], Instant]
    newest: Callable[[str], tuple[int, str]]
    release: Releases


@dataclass(frozen=True, slots=True)
class Task:
    """One target that is ours for a while, and the build it is to show."""

    target: Target
    site: str
    seq: int
    holder: str


def send_due(sender: Sender) -> int:
    """Send to every host that lacks something, and to those that come to lack something while the
    slowest is at it; how many sendings that took."""
    done = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="send") as pool:
        running: set[Future[None]] = set()
        while True:
            free = AT_ONCE - len(running)
            tasks = [task for _ in range(free) if (task := take(sender))]
            running |= {pool.submit(send_one, sender, each) for each in tasks}
            done += len(tasks)
            if not running:
                return done
            # Not for ever: another one may have fallen behind by now.
            running = wait(running, LOOK, FIRST_COMPLETED).not_done


def take(sender: Sender) -> Task | None:
    """Compare and set: of any number of senders one gets a target that is due."""
    now = sender.clock()
    with sender.database.read() as session:
        enabled = targets_with_sites(session)
    for each, site in enabled:
        seq, state = sender.newest(site)
        if not _is_due(each, seq, state, now):
            continue
        wanted = each.held_seq or seq
        holder = new_holder()
        is_free = each.lease_until <= now or is_dead(each.lease_holder)
        if not is_free:
            continue  # somebody is at it: not worth a transaction each second
        with sender.database.write() as session:
            taken = session.execute(
                update(Target)
                .where(Target.id == each.id, *_is_as_it_was(each))
                .values(lease_until=now + LEASE, lease_holder=holder)
                .execution_options(synchronize_session=False)
            )
            if isinstance(taken, CursorResult) and taken.rowcount:
                return Task(each, site, wanted, holder)
    return None


def _is_due(target: Target, seq: int, state: str, now: Instant) -> bool:
    """A host that wants to be sent to rarely waits, unless there is news."""
    wanted = target.held_seq or seq
    if not wanted or wanted == target.sent_seq:
        return False
    has_news = target.held_seq is not None or state != target.sent_state
    return target.next_attempt_at <= now or (has_news and not target.failures)


def _is_as_it_was(target: Target) -> tuple[ColumnElement[bool], ...]:
    """That nobody is or was at it since we saw that it is due."""
    return (
        Target.lease_holder == target.lease_holder,
        Target.sent_seq == target.sent_seq,
        Target.next_attempt_at == target.next_attempt_at,
        Target.held_seq.is_not_distinct_from(target.held_seq),
    )


def send_one(sender: Sender, task: Task) -> None:
    """One sending from its beginning to its line in the log. Never raises."""
    began = sender.clock()
    try:
        site, published = _sent(sender, task)
    except Refused as error:
        _failed(sender, task, began, error.message)
    except Exception as error:  # whatever broke, the other targets go on
        log.exception("the page could not be sent to %s", task.target.name)
        _failed(sender, task, began, f"The page could not be sent: {type(error).__name__}.")
    else:
        _succeeded(sender, task, began, site, published)


def _sent(sender: Sender, task: Task) -> tuple[Site, Published]:
    mirror = opened(task.target, sender.config)
    vet(mirror, sender.config)
    with sender.release(task.seq, type(mirror), task.target.public_id, task.site) as site:
        return site, mirror.send(site, Files(sender.database, task.target.id, task.holder))


def vet(mirror: Mirror, config: Config) -> None:
    """Refused for a host whose name leads into a network that we may not send to."""
    for host in mirror.hosts():
        try:
            vetted(resolved(host, system_resolver, 5.0), config.private_networks)
        except Blocked as blocked:
            raise Refused(f"{mirror.place()}: {blocked}.") from None
        except (OSError, UnicodeError):
            raise Refused(f"The name {host} could not be resolved.") from None


def _failed(sender: Sender, task: Task, began: Instant, why: str) -> None:
    log.warning("the page was not sent to %s: %s", task.target.name, why)
    now = sender.clock()
    with sender.database.write() as session:
        target = session.get(Target, task.target.id)
        if target is None or target.lease_holder != task.holder:
            return
        target.failures += 1
        target.error = why
        target.next_attempt_at = now + min(5 * SECOND * 2**target.failures, LONGEST_WAIT)
        target.lease_until, target.lease_holder = 0, ""
        write_run(session, _run(task, began, now, said=why, failed=True))
        if target.failures == MISSES:
            data = {"target_id": target.public_id, "name": target.name, "error": why}
            emit(session, "publish.failed", data, now)


def _succeeded(
    sender: Sender, task: Task, began: Instant, site: Site, published: Published
) -> None:
    ended = sender.clock()
    with sender.database.write() as session:
        target = session.get(Target, task.target.id)
        if target is None or target.lease_holder != task.holder:
            return
        if target.failures >= MISSES:
            data = {"target_id": target.public_id, "name": target.name}
            emit(session, "publish.recovered", data, ended)
        pause = mirror_types()[target.kind].pause
        target.sent_seq, target.sent_state, target.sent_at = site.seq, site.state, ended
        target.next_attempt_at = ended + pause * SECOND
        target.failures, target.error = 0, ""
        target.lease_until, target.lease_holder = 0, ""
        run = _run(task, began, ended, said="", failed=False)
        run.files, run.changed, run.size = published.files, published.changed, published.size
        write_run(session, run)
        number = run.id
    # The target is free again: the next build need not wait until visitors see this one.
    seen_ms = seen_from_outside(task.target.address, site, sender.config, time.sleep)
    if seen_ms is not None:
        with sender.database.write() as session:
            seen = update(TargetRun).where(TargetRun.id == number).values(seen_ms=seen_ms)
            session.execute(seen)


def _run(task: Task, began: Instant, ended: Instant, *, said: str, failed: bool) -> TargetRun:
    return TargetRun(
        target_id=task.target.id,
        what="send" if task.target.held_seq is None else "rollback",
        seq=task.seq,
        at=began,
        took_ms=ended - began,
        said=said,
        failed=failed,
    )
