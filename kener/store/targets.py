"""Questions about the hosts of the page, and what is known to lie there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from kener.core.errors import Conflict, NotFound
from kener.core.instant import Instant
from kener.store.engine import Database
from kener.store.pages import site_of
from kener.store.tables import Page, Publication, Target, TargetFile, TargetRun

RUNS_KEPT = 200
MISSES = 3
"""So many failures in a row are an event, and a word on every screen; one is usual."""
SOME = 500
"""Rows in one statement: SQLite takes so many values at once, whatever its version."""


def all_targets(session: Session) -> Sequence[tuple[Target, Page]]:
    """The hosts of every page, those of the default one first, by name."""
    order = Page.is_default.desc(), func.lower(Page.title), func.lower(Target.name), Target.id
    rows = session.execute(select(Target, Page).join(Page).order_by(*order))
    return [(target, page) for target, page in rows]


def targets_with_sites(session: Session) -> list[tuple[Target, str]]:
    """Every host that is sent to, and the name of the site that goes there."""
    rows = session.execute(
        select(Target, Page).join(Page, Page.id == Target.page_id).where(Target.enabled)
    )
    found = ((target, site_of(page)) for target, page in rows)
    return [(target, site) for target, site in found if site is not None]


def find_target(session: Session, public_id: str) -> Target:
    """The host of a public id, or NotFound."""
    found = session.scalar(select(Target).where(Target.public_id == public_id))
    if found is None:
        raise NotFound(f"There is no target {public_id!r}.")
    return found


def runs_of(session: Session, target: Target, limit: int) -> Sequence[TargetRun]:
    """What was last done with a host, the newest first."""
    query = select(TargetRun).where(TargetRun.target_id == target.id)
    return session.scalars(query.order_by(TargetRun.id.desc()).limit(limit)).all()


def last_runs(session: Session, targets: Collection[Target]) -> dict[int, TargetRun]:
    """The newest of each, by the target's id."""
    newest = (
        select(func.max(TargetRun.id))
        .where(TargetRun.target_id.in_([each.id for each in targets]))
        .group_by(TargetRun.target_id)
    )
    rows = session.scalars(select(TargetRun).where(TargetRun.id.in_(newest)))
    return {each.target_id: each for each in rows}


def targets_wait(session: Session, now: Instant) -> bool:
    """Whether a host may lack what was built, and nobody is at it."""
    newest = select(Publication.build_seq)  # one is of all pages together
    lacks = or_(
        and_(Target.held_seq.is_(None), Target.sent_seq != newest.scalar_subquery()),
        Target.held_seq != Target.sent_seq,
    )
    may_try = Target.enabled.is_(True), Target.next_attempt_at <= now, is_free(now)
    return bool(session.scalar(select(exists().where(lacks, *may_try))))


def has_targets(session: Session) -> bool:
    """Whether the page is brought anywhere."""
    return bool(session.scalar(select(exists().where(Target.enabled.is_(True)))))


def is_free(now: Instant) -> ColumnElement[bool]:
    """That nobody is at a host."""
    return Target.lease_until <= now


def write_run(session: Session, run: TargetRun) -> None:
    """Add a line to a host's log, and forget what is too old."""
    session.add(run)
    session.flush()
    kept = (
        select(TargetRun.id)
        .where(TargetRun.target_id == run.target_id)
        .order_by(TargetRun.id.desc())
        .offset(RUNS_KEPT)
        .limit(1)
    )
    oldest = session.scalar(kept)
    if oldest is not None:
        old = TargetRun.target_id == run.target_id, TargetRun.id <= oldest
        session.execute(delete(TargetRun).where(*old))


def forget_files(session: Session, target: Target) -> None:
    """Nothing is certain any more: everything is to be sent again. Who is sending there loses the
    right to, and with it what would be written down of another place."""
    target.sent_seq, target.next_attempt_at = 0, 0
    target.lease_until, target.lease_holder = 0, ""
    session.execute(delete(TargetFile).where(TargetFile.target_id == target.id))


class Arrived(Protocol):
    """A file that lies at a host now."""

    @property
    def path(self) -> str:
        """Where."""
        ...

    @property
    def hash(self) -> str:
        """Of its content."""
        ...


class Files:
    """The memory of one host (`kener.targets.Memory`), kept in the database at once: it must be
    true also when we are killed the next moment. Whoever writes holds the target's lease; Conflict
    when it was taken away, because the target is another place now."""

    def __init__(self, database: Database, target_id: int, holder: str = "") -> None:
        self._database, self._target_id, self._holder = database, target_id, holder
        with database.read() as session:
            query = select(TargetFile.path, TargetFile.hash)
            rows = session.execute(query.where(TargetFile.target_id == target_id))
            self._known: dict[str, str] = {each.path: each.hash for each in rows}

    @property
    def known(self) -> Mapping[str, str]:
        return self._known

    def forget(self, paths: Collection[str]) -> None:
        there = [each for each in paths if self._known.pop(each, None) is not None]
        if not there:
            return
        with self._writing() as session:
            for some in _cut(there):
                mine = TargetFile.target_id == self._target_id, TargetFile.path.in_(some)
                session.execute(delete(TargetFile).where(*mine))

    def remember(self, items: Iterable[Arrived]) -> None:
        new = {each.path: each.hash for each in items}
        self.forget(new.keys())
        rows = [
            {"target_id": self._target_id, "path": path, "hash": digest}
            for path, digest in new.items()
        ]
        if rows:
            with self._writing() as session:
                session.execute(insert(TargetFile), rows)
        self._known |= new

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._database.write() as session:
            mine = Target.id == self._target_id, Target.lease_holder == self._holder
            if session.scalar(select(Target.id).where(*mine).with_for_update()) is None:
                raise Conflict("It was changed while the page was being sent there.")
            yield session


def _cut(paths: Sequence[str]) -> Iterable[Sequence[str]]:
    return (paths[at : at + SOME] for at in range(0, len(paths), SOME))
