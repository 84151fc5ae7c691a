"""/admin/settings/api-keys: keys for programs, each shown once."""

from typing import Any

from flask import request

from kener.actions.key_fields import MOST_A_MINUTE
from kener.actions.keys import PERMISSIONS, make_key, revoke_key
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, filled
from kener.admin._gate import the_time
from kener.admin._mine import my_key
from kener.core.errors import Invalid
from kener.core.instant import DAY, iso
from kener.store.keys import all_keys
from kener.store.rail import rail
from kener.store.tables import ApiKey
from kener.web.address import the_config
from kener.web.database import session

PERMISSION = "permission."
FOREVER = "never"
LIFETIMES = (
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
    (FOREVER, "Never"),
)
FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        hint="Which program will use it, like “Deploy script”.",
        attributes={"maxlength": 120},
    ),
    Field("expires", "Stops working", "select", "90", choices=LIFETIMES),
    Field(
        "addresses",
        "Only from",
        "textarea",
        hint="Addresses or networks, like 192.0.2.7 or 10.0.0.0/8, one a line. "
        "Empty: from anywhere.",
    ),
    Field(
        "rate_limit",
        "Rate limit",
        "number",
        unit="requests a minute",
        hint="Empty: as many as KENER_RATE_LIMIT says.",
        attributes={"min": 1, "max": MOST_A_MINUTE, "step": 1},
    ),
)


@bp.get("/settings/api-keys")
def api_keys() -> Answer:
    """Every key, also those that open nothing any more."""
    return page(
        "admin/settings/keys.html",
        partial="admin/settings/_keys.html",
        keys=all_keys(session()),
        now=the_time(),
        zone=_zone(),
    )


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    choices = [
        (PERMISSION + each, f"{what[:1].upper()}{what[1:]}", each)
        for each, what in PERMISSIONS.items()
    ]
    return page(
        "admin/settings/new_key.html",
        partial="admin/settings/_new_key.html",
        status=status,
        form=filled(FIELDS, request.form, **refusal),
        choices=choices,
        ticked=request.form,
    )


@bp.get("/settings/api-keys/new")
def new_api_key() -> Answer:
    """What may the new key do, and for how long?"""
    return _form()


@bp.post("/settings/api-keys/new")
@shown_again_by(_form)
def generate_key() -> Answer:
    """Make the key and show it this once."""
    chosen = [each for each in PERMISSIONS if request.form.get(PERMISSION + each)]
    if not chosen:
        raise Invalid({"permissions": "choose at least one"})
    key, text = make_key(session(), _typed() | {"permissions": chosen}, the_time())
    session().commit()
    return page(
        "admin/settings/fresh_key.html",
        partial="admin/settings/_fresh_key.html",
        key=key,
        text=text,
        base=the_config().public_url,
    )


@bp.get("/settings/api-keys/<public_id>/revoke")
def ask_revoke_key(public_id: str) -> Answer:
    """Are you sure?"""
    key = my_key(public_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Settings",
        question=f"Revoke {key.name}?",
        explanation="Programs that use this key are refused from now on. This cannot be undone.",
        action=("admin.revoke_api_key", public_id),
        way_back=("admin.api_keys", ""),
        verb="Revoke the key",
    )


@bp.post("/settings/api-keys/<public_id>/revoke")
def revoke_api_key(public_id: str) -> Answer:
    """From now on the key opens nothing."""
    key: ApiKey = revoke_key(session(), my_key(public_id), the_time())
    session().commit()
    say(f"{key.name} was revoked.")
    return go("admin.api_keys")


def _typed() -> dict[str, Any]:
    form = request.form
    return {
        "name": form.get("name", ""),
        "expires_at": _expiry(),
        "addresses": form.get("addresses", "").split(),
        "rate_limit": form.get("rate_limit", "").strip() or None,
    }


def _expiry() -> str | None:
    chosen = request.form.get("expires", "")
    if chosen == FOREVER:
        return None
    if chosen not in dict(LIFETIMES):
        raise Invalid({"expires": "choose one of the list"})
    return iso(the_time() + int(chosen) * DAY)


def _zone() -> str:
    return rail(session()).page.time_zone
