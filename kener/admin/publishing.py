"""/admin/settings/publishing: where the page is shown, and what this machine shows."""

from flask import request

from kener.actions.publishing import mark_dirty
from kener.actions.targets import SEND
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say
from kener.admin._target_rows import target_rows
from kener.core.errors import Conflict
from kener.queue import later
from kener.store.pages import site_of
from kener.store.rail import rail
from kener.store.tables import Page
from kener.store.targets import all_targets
from kener.targets.folder import FolderTarget
from kener.web.address import the_config
from kener.web.database import session


@bp.get("/settings/publishing")
def publishing() -> Answer:
    """What this machine shows, and every host elsewhere."""
    here, shown = the_folder(), rail(session()).page
    return page(
        "admin/publishing/index.html",
        partial="admin/publishing/_list.html",
        rows=target_rows(all_targets(session())),
        builds=here.releases()[1:],
        current=here.seq(),
        held=here.is_held(),
        address=the_config().page_address,
        zone=shown.time_zone,
    )


@bp.post("/settings/publishing/hold")
def hold_page() -> Answer:
    """Roll back to an earlier build. Every host that follows this machine shows it too."""
    seq = build_typed()
    the_folder().hold(seq)
    later(session(), SEND)
    session().commit()
    say(f"Rolled back to build {seq}. Hosts that follow this machine show it too.")
    return go("admin.publishing")


@bp.post("/settings/publishing/go-on")
def let_page_go_on() -> Answer:
    """Show the newest build again."""
    the_folder().go_on()
    mark_dirty(session())
    later(session(), SEND)
    session().commit()
    say("The newest build is shown again.")
    return go("admin.publishing")


def the_folder(page: Page | None = None) -> FolderTarget:
    """The folder of this machine: of the main site, or of that which goes to a page's hosts."""
    name = (site_of(page) if page else None) or ""
    return FolderTarget(folder=the_config().site_folder(name))


def build_typed() -> int:
    """The build that was chosen; Conflict when it is none."""
    text = request.form.get("build", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Conflict("Choose one of the builds that are kept.")
    return int(text)
