"""Trying a host out: whether it can be written to, and what would be sent."""

from collections.abc import Callable

from kener.actions.sending import Sender, vet
from kener.actions.targets import opened
from kener.core.errors import Refused
from kener.store.pages import site_of
from kener.store.tables import Page, Target, TargetRun
from kener.store.targets import Files, write_run
from kener.targets import Mirror, changes

PART_OF_MAIN = "This page is a part of the main site now, and goes where that goes."


def try_out(sender: Sender, target_id: int) -> None:
    """The host's own test, with a line in its log."""

    def test(_: Target, mirror: Mirror, run: TargetRun) -> None:
        run.said = mirror.test()

    _run(sender, target_id, "test", test)


def dry_run(sender: Sender, target_id: int) -> None:
    """What would be sent now, with a line in the host's log; nothing is sent."""

    def plan(target: Target, mirror: Mirror, run: TargetRun) -> None:
        with sender.database.read() as session:
            name = site_of(session.get_one(Page, target.page_id))
        if name is None:
            raise Refused(PART_OF_MAIN)
        seq = target.held_seq or sender.newest(name)[0]
        with sender.release(seq, type(mirror), target.public_id, name) as site:
            changed, gone = changes(site, Files(sender.database, target.id))
        run.seq, run.files, run.changed = seq, len(site.files), len(changed)
        run.size = sum(each.size for each in changed)
        run.said = f"{len(changed)} files would be sent and {len(gone)} deleted; nothing was."

    _run(sender, target_id, "dry_run", plan)


def _run(
    sender: Sender, target_id: int, what: str, work: Callable[[Target, Mirror, TargetRun], None]
) -> None:
    with sender.database.read() as session:
        target = session.get(Target, target_id)
    if target is None:
        return
    began = sender.clock()
    run = TargetRun(target_id=target_id, what=what, at=began)
    try:
        mirror = opened(target, sender.config)
        vet(mirror, sender.config)
        work(target, mirror, run)
    except Refused as error:
        run.said, run.failed = error.message, True
    run.took_ms = sender.clock() - began
    with sender.database.write() as session:
        write_run(session, run)
