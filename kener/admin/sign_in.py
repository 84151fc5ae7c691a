"""/admin/sign-in and /admin/sign-out"""

from typing import Any

from flask import make_response, redirect, render_template, request

from kener.actions.members import authenticate, renew_hash
from kener.admin import bp
from kener.admin._answers import Answer, go, shown_again_by
from kener.admin._forms import Field, filled
from kener.admin._gate import is_local, open_to_all, the_time
from kener.core.errors import Conflict, Forbidden
from kener.store.members import any_member
from kener.web.address import client_address
from kener.web.database import release, session
from kener.web.members import current_member, end_sign_in_here, start_sign_in
from kener.web.throttle import Throttled, throttle_sign_in

FIELDS = (
    Field(
        "email",
        "E-mail address",
        "email",
        required=True,
        attributes={"autocomplete": "username", "maxlength": 254, "autofocus": ""},
    ),
    Field(
        "password",
        "Password",
        "password",
        required=True,
        attributes={"autocomplete": "current-password", "maxlength": 1024},
    ),
)


@bp.get("/sign-in")
@open_to_all
def sign_in() -> Answer:
    """The form, or on to where one wanted to go."""
    if current_member(the_time()) is not None:
        return redirect(_next(), 303)
    return _shown()


def _shown(*, status: int = 200, trouble: str = "", **_: Any) -> Answer:
    typed = {"email": request.form.get("email", "")}
    html = render_template(
        "admin/sign_in.html",
        form=filled(FIELDS, typed, trouble=trouble),
        next=request.values.get("next", ""),
        anybody=any_member(session(writes=False)),
    )
    return make_response(html, status)


@bp.post("/sign-in")
@open_to_all
@shown_again_by(_shown)
def start() -> Answer:
    """Sign in with email address and password."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        throttle_sign_in(email, client_address())
        member = authenticate(session(writes=False), email, password)
    except (Forbidden, Throttled) as refused:
        raise Conflict(refused.message) from None
    release()
    session(writes=True)
    renew_hash(member, password)
    start_sign_in(member, the_time())
    session().commit()
    return redirect(_next(), 303)


@bp.post("/sign-out")
def sign_out() -> Answer:
    """Sign out of this browser."""
    end_sign_in_here()
    session().commit()
    return go("admin.sign_in")


def _next() -> str:
    wanted = request.values.get("next", "")
    return wanted if is_local(wanted) else "/admin/monitors"
