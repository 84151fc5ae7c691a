"""What one can do with a publish target: test, dry run, send all again, put a build back."""

from kener.actions.targets import hold, send_again
from kener.admin import bp
from kener.admin._answers import Answer, go, say
from kener.admin._mine import my_target
from kener.admin.publishing import build_typed, the_folder
from kener.queue import later
from kener.store.tables import Page
from kener.web.database import session


@bp.post("/settings/publishing/<public_id>/test")
def test_target(public_id: str) -> Answer:
    """Can it be written to? The log says so."""
    return _start(public_id, "kener.jobs.try_target", "The test is running. See its log.")


@bp.post("/settings/publishing/<public_id>/dry-run")
def dry_run_target(public_id: str) -> Answer:
    """What would be sent? The log says so."""
    return _start(public_id, "kener.jobs.dry_run_target", "The dry run is going on. See its log.")


@bp.post("/settings/publishing/<public_id>/send")
def send_target(public_id: str) -> Answer:
    """Send every file, whatever is known to be there."""
    found = my_target(public_id)
    send_again(session(), found)
    session().commit()
    say("Everything is on its way.")
    return go("admin.target", public_id=public_id)


@bp.post("/settings/publishing/<public_id>/hold")
def hold_target(public_id: str) -> Answer:
    """Roll this host back to an earlier build."""
    found = my_target(public_id)
    seq = build_typed()
    the_folder(session().get_one(Page, found.page_id)).entries(seq)
    hold(session(), found, seq)
    session().commit()
    say(f"Build {seq} is on its way there, and stays until it follows the newest again.")
    return go("admin.target", public_id=public_id)


@bp.post("/settings/publishing/<public_id>/go-on")
def let_target_go_on(public_id: str) -> Answer:
    """Follow the page again."""
    found = my_target(public_id)
    hold(session(), found, None)
    session().commit()
    say("It follows the page again.")
    return go("admin.target", public_id=public_id)


def _start(public_id: str, job: str, word: str) -> Answer:
    found = my_target(public_id)
    later(session(), job, found.id)
    session().commit()
    say(word)
    return go("admin.target", public_id=public_id)
