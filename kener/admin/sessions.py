"""/admin/settings/sessions: where one is signed in, and ending that."""

from flask import request

from kener.actions.members import end_other_sign_ins, end_sign_in, reference_of, token_hash
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say
from kener.admin._gate import the_member, the_time
from kener.store.members import sign_ins_of
from kener.store.rail import rail
from kener.web.database import session
from kener.web.members import current_token


@bp.get("/settings/sessions")
def sessions() -> Answer:
    """Every browser in which this member is signed in."""
    member, here = the_member(), token_hash(current_token())
    found = sign_ins_of(session(), member, the_time())
    return page(
        "admin/settings/sessions.html",
        partial="admin/settings/_sessions.html",
        member=member,
        sign_ins=[(each, reference_of(each.token_hash), each.token_hash == here) for each in found],
        zone=rail(session()).page.time_zone,
    )


@bp.post("/settings/sessions/end")
def end_session() -> Answer:
    """Sign out another browser."""
    end_sign_in(session(), the_member(), request.form.get("reference", ""))
    session().commit()
    say("That browser is signed out.")
    return go("admin.sessions")


@bp.post("/settings/sessions/end-others")
def end_other_sessions() -> Answer:
    """Sign out everywhere but here."""
    ended = end_other_sign_ins(session(), the_member(), current_token())
    session().commit()
    say(f"Signed out of {ended} other browser{'' if ended == 1 else 's'}.")
    return go("admin.sessions")
