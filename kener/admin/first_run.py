"""/admin/first-run: the owner's account, then the name of the page."""

from typing import Any
from zoneinfo import available_timezones

from flask import make_response, render_template, request

from kener.actions.members import create_owner, first_run_token, is_first_run_token
from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._answers import Answer, go, say, shown_again_by
from kener.admin._forms import Field, filled
from kener.admin._gate import open_to_all, the_member, the_time
from kener.core.errors import NotFound
from kener.store.rail import rail
from kener.web.address import client_address, the_config
from kener.web.database import session
from kener.web.members import current_member, start_sign_in
from kener.web.throttle import throttle_first_run

OWNER_FIELDS = (
    Field(
        "email",
        "Your e-mail address",
        "email",
        required=True,
        hint="You sign in with it. Nothing is sent to it.",
        attributes={"autocomplete": "username", "maxlength": 254, "autofocus": ""},
    ),
    Field(
        "password",
        "A password",
        "password",
        required=True,
        hint="At least 10 characters. A few words are easier to remember than signs.",
        attributes={"autocomplete": "new-password", "minlength": 10, "maxlength": 1024},
    ),
)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
PAGE_FIELDS = (
    Field(
        "title",
        "Name of the page",
        required=True,
        hint="What visitors see on top, mostly the name of your company or product.",
        attributes={"maxlength": 120},
    ),
    Field(
        "time_zone",
        "Time zone",
        "select",
        hint="Days on the page begin at midnight in this zone.",
        choices=[(zone, zone.replace("_", " ")) for zone in ZONES],
    ),
)
WRONG_LINK = "There is nothing here. If you are setting up Kener, use the link it printed at start."


@bp.get("/first-run")
@open_to_all
def first_run() -> Answer:
    """The form for the owner's account, for whoever brings the token."""
    if current_member(the_time()) is not None:
        return go("admin.first_page")
    _prove(request.args.get("token", ""))
    return _owner_form()


def _owner_form(*, status: int = 200, **refusal: Any) -> Answer:
    typed = {"email": request.form.get("email", "")}
    html = render_template(
        "admin/first_run.html",
        form=filled(OWNER_FIELDS, typed, **refusal),
        first_token=request.values.get("token", ""),
    )
    return make_response(html, status)


@bp.post("/first-run")
@open_to_all
@shown_again_by(_owner_form)
def claim() -> Answer:
    """Make the owner's account and sign in; afterwards the token is worth nothing."""
    session(writes=True)
    _prove(request.form.get("token", ""))
    email, password = request.form.get("email", ""), request.form.get("password", "")
    member = create_owner(session(), email, password, the_time())
    start_sign_in(member, the_time())
    session().commit()
    first_run_token(the_config(), session())  # takes the spent file away
    return go("admin.first_page")


@bp.get("/first-run/page")
def first_page() -> Answer:
    """What the page is called, and where its days begin."""
    return _page_form()


def _page_form(*, status: int = 200, **refusal: Any) -> Answer:
    page = rail(session()).page
    stored = {"title": page.title, "time_zone": page.time_zone}
    form = filled(PAGE_FIELDS, stored | request.form.to_dict(), **refusal)
    return make_response(render_template("admin/first_page.html", form=form), status)


@bp.post("/first-run/page")
@shown_again_by(_page_form)
def name_page() -> Answer:
    """Keep the name and the zone, and on to the first monitor."""
    the_member()
    edit_page(session(), rail(session()).page, page_typed(), the_time())
    session().commit()
    say("Your page has a name. Now add what it should watch.")
    return go("admin.monitors")


def page_typed() -> dict[str, str]:
    """What a form says of the page's name and zone."""
    return {each.name: request.form[each.name] for each in PAGE_FIELDS if each.name in request.form}


def _prove(token: str) -> None:
    """Somebody who guesses learns nothing but that this is not it."""
    throttle_first_run(client_address())
    if not is_first_run_token(the_config(), session(), token):
        raise NotFound(WRONG_LINK)
