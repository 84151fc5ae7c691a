"""/admin/settings/api-keys: keys for programs, each shown once."""

from typing import Any

from flask import request

from kener.actions.keys import PERMISSIONS, create_key, revoke_key
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, filled
from kener.admin._gate import the_time
from kener.admin._mine import my_key
from kener.core.errors import Invalid
from kener.core.instant import DAY, Instant
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
WORDS = {
    "read:monitors": "Read monitors",
    "write:monitors": "Create and change monitors",
    "delete:monitors": "Delete monitors",
    "read:incidents": "Read incidents",
    "write:incidents": "Open, update, resolve and delete incidents",
    "delete:incidents": "Delete incidents",
    "read:secrets": "List secrets",
    "write:secrets": "Store and replace secrets",
    "delete:secrets": "Delete secrets",
    "read:pages": "Read pages, private ones too",
    "write:pages": "Create and change pages",
    "delete:pages": "Delete pages",
    "admin": "Everything, webhooks too",
}
FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        hint="Which program will use it, like “Deploy script”.",
        attributes={"maxlength": 120},
    ),
    Field("expires", "Stops working", "select", "90", choices=LIFETIMES),
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
    choices = [(PERMISSION + each, WORDS[each], each) for each in PERMISSIONS]
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
    name = request.form.get("name", "")
    key, text = create_key(session(), name, chosen, _expiry(), the_time())
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


def _expiry() -> Instant | None:
    chosen = request.form.get("expires", "")
    if chosen == FOREVER:
        return None
    if chosen not in dict(LIFETIMES):
        raise Invalid({"expires": "choose one of the list"})
    return the_time() + int(chosen) * DAY


def _zone() -> str:
    return rail(session()).page.time_zone
