"""Who is signed in? The browser's cookie holds a token, the database the hash of it."""

from flask import Flask, current_app, g, request
from flask import session as cookie
from sqlalchemy.exc import OperationalError

from kener.actions.members import Browser, is_stale, sign_in, sign_in_of, sign_out, touch
from kener.config import Config
from kener.core.instant import Instant
from kener.store.tables import Member, SignIn
from kener.web.address import client_address, the_config
from kener.web.database import release, session

TOKEN = "sign_in"  # noqa: S105 - the name of a cookie's field


def init_members(app: Flask, config: Config) -> None:
    """Our own cookie's name, and a lifetime as long as a sign-in's."""
    app.config["SESSION_COOKIE_NAME"] = "kener"
    app.config["PERMANENT_SESSION_LIFETIME"] = config.session_days * 86_400
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False


def current_token() -> str:
    """The token in the browser's cookie; empty without one."""
    return str(cookie.get(TOKEN, ""))


def current_sign_in(now: Instant) -> SignIn | None:
    """The sign-in of this browser with its member, or None; noted at most once a minute."""
    if "sign_in" not in g:
        token = current_token()
        # Without one nothing is looked up: on SQLite a stranger's POST would take the write lock.
        g.sign_in = sign_in_of(session(), token, now) if token else None
        if g.sign_in and is_stale(g.sign_in, now):
            _note(now)
    found: SignIn | None = g.sign_in
    return found


def current_member(now: Instant) -> Member | None:
    """The member signed in here, or None."""
    found = current_sign_in(now)
    return found.member if found else None


def start_sign_in(member: Member, now: Instant) -> None:
    """Sign a member in here. Whatever the cookie held before is worth nothing afterwards."""
    before = current_token()
    if before:
        sign_out(session(), before)
    browser = Browser(client_address(), request.headers.get("User-Agent", ""))
    token = sign_in(session(), member, the_config().session_days, now, browser)
    cookie.clear()
    cookie.permanent = True
    cookie[TOKEN] = token


def end_sign_in_here() -> None:
    """Sign out of this browser, and forget its forms' tokens too."""
    sign_out(session(), current_token())
    cookie.clear()
    g.pop("sign_in", None)


def _note(now: Instant) -> None:
    """A page that is only read begins as a reader, so the note needs a transaction of its own.

    A full disk must not lock people out of the pages that tell them of it.
    """
    try:
        release()
        g.sign_in = sign_in_of(session(writes=True), current_token(), now)
        if g.sign_in:
            touch(g.sign_in, now)
        session().commit()
    except OperationalError as error:
        release()
        current_app.logger.warning("cannot note when a member was last seen: %s", error.orig)
        g.sign_in = sign_in_of(session(), current_token(), now)
