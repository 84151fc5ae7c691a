"""Nobody comes in without an account, and nothing is changed but by our own forms."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from kener.admin import bp
from kener.admin._answers import Answer, go
from kener.core.errors import Forbidden
from kener.core.instant import Instant
from kener.site.signposts import signposts
from kener.store import clock
from kener.store.tables import Member
from kener.web.address import the_config
from kener.web.csrf import OUTDATED, has_valid_token, refuse_foreign
from kener.web.database import SAFE_METHODS
from kener.web.members import current_member

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Mark a view that asks for no account: signing in, and the first run."""
    view.is_open = True  # type: ignore[attr-defined]
    return view


def the_time() -> Instant:
    """When this request came in: one instant for everything it says and does."""
    if "now" not in g:
        g.now = clock.now()
    return int(g.now)


def the_member() -> Member:
    """Who is signed in; only for views that are not open to all."""
    member = current_member(the_time())
    if member is None:
        raise Forbidden("Please sign in first.")
    return member


@bp.before_request
def _enter() -> Answer | None:
    view = current_app.view_functions[request.endpoint or ""]
    refuse_foreign()
    # This reads the form, which may come slowly: afterwards the database may be locked by us.
    g.outdated = not has_valid_token()
    is_open = getattr(view, "is_open", False)
    if not is_open and current_member(the_time()) is None:
        return go("admin.sign_in", next=_wanted())
    # A view that shows the form again with what was typed refuses by itself.
    if g.outdated and not getattr(view, "shows_again", False):
        raise Forbidden(OUTDATED)
    return None


def _wanted() -> str | None:
    """Where to go on after signing in: the page asked for, or the one a form was sent from."""
    if request.method in SAFE_METHODS and request.headers.get("HX-Request") != "true":
        return request.full_path.rstrip("?")
    shown = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return f"{shown.path}?{shown.query}".rstrip("?") if shown.netloc == request.host else None


def is_local(path: str) -> bool:
    """Whether a path leads to the admin or to a page for members, and nowhere else."""
    is_odd = "\\" in path or "//" in path.partition("?")[0] or not path.isprintable()
    private = (urlsplit(each.url).path for each in signposts(the_config()) if each.is_private)
    places = ("/admin", *(f"{each.rstrip('/')}/" for each in private))
    return path.startswith(places) and not is_odd


@bp.after_request
def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response
