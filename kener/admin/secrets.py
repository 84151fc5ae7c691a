"""/admin/settings/secrets: what monitors refer to by name. Values go in and are never shown."""

from typing import Any

from flask import request

from kener.actions.secrets import LONGEST_VALUE, delete_secret, set_secret, users_of
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, filled
from kener.admin._gate import the_time
from kener.admin._mine import my_secret
from kener.core.errors import Invalid
from kener.store.rail import rail
from kener.store.stored_secrets import all_secrets, secret_named
from kener.store.tables import Secret
from kener.web.database import session

NAME = Field(
    "name",
    "Name",
    required=True,
    hint="Letters, digits and _, like SHOP_TOKEN. Settings refer to it by this name.",
    attributes={"maxlength": 64, "spellcheck": "false", "autocomplete": "off"},
)
VALUE = Field(
    "value",
    "Value",
    "textarea",
    hint="Kept encrypted. It is never shown again, not even to you.",
    attributes={"maxlength": LONGEST_VALUE, "spellcheck": "false", "autocomplete": "off"},
)
NOTE = Field("note", "Note", hint="What it is for.", attributes={"maxlength": 500})
TAKEN = "there is one of this name; replace that one, or choose another name"


@bp.get("/settings/secrets")
def secrets() -> Answer:
    """Every secret by its name, and who uses it."""
    found = all_secrets(session())
    return page(
        "admin/settings/secrets.html",
        partial="admin/settings/_secrets.html",
        secrets=found,
        using=users_of(session(), [each.name for each in found]),
        zone=rail(session()).page.time_zone,
    )


def _form(secret: Secret | None, *, status: int = 200, **refusal: Any) -> Answer:
    """The value that was typed is not sent back: it has to be typed again."""
    shown = {"name": secret.name, "note": secret.note} if secret else {}
    typed = {name: text for name, text in request.form.items() if name != "value"}
    return page(
        "admin/settings/new_secret.html",
        partial="admin/settings/_secret_form.html",
        status=status,
        form=filled((NAME, VALUE, NOTE), shown | typed, **refusal),
        secret=secret,
    )


def _new_again(**refusal: Any) -> Answer:
    return _form(None, **refusal)


@bp.get("/settings/secrets/new")
def new_secret() -> Answer:
    """An empty form."""
    return _new_again()


@bp.post("/settings/secrets/new")
@shown_again_by(_new_again)
def add_secret() -> Answer:
    """Store a secret under a name that is free."""
    name = request.form.get("name", "").strip()
    if secret_named(session(), name):
        raise Invalid({"name": TAKEN})
    set_secret(session(), name, _typed(), the_time())
    session().commit()
    say(f"{name} is stored.")
    return go("admin.secrets")


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    return _form(my_secret(public_id), **refusal)


@bp.get("/settings/secrets/<public_id>/edit")
def edit_secret(public_id: str) -> Answer:
    """A form for another value or note; a secret is known by its name."""
    return _edit_again(public_id)


@bp.post("/settings/secrets/<public_id>/edit")
@shown_again_by(_edit_again)
def change_secret(public_id: str) -> Answer:
    """Replace the value, unless it was left empty, and the note."""
    secret = my_secret(public_id)
    given = _typed()
    set_secret(
        session(), secret.name, {n: text for n, text in given.items() if text or n != "value"},
        the_time(),
    )  # fmt: skip
    session().commit()
    say(f"{secret.name} was saved.")
    return go("admin.secrets")


@bp.get("/settings/secrets/<public_id>/delete")
def ask_delete_secret(public_id: str) -> Answer:
    """Are you sure?"""
    secret = my_secret(public_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Settings",
        question=f"Delete {secret.name}?",
        explanation="Its value is forgotten. This cannot be undone.",
        action=("admin.remove_secret", secret.name),
        way_back=("admin.secrets", ""),
        verb="Delete the secret",
    )


@bp.post("/settings/secrets/<public_id>/delete")
def remove_secret(public_id: str) -> Answer:
    """Forget it, unless a monitor uses it."""
    secret = my_secret(public_id)
    delete_secret(session(), secret)
    session().commit()
    say(f"{secret.name} was deleted.")
    return go("admin.secrets")


def _typed() -> dict[str, str]:
    """Browsers end the lines of a form with CR LF."""
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in ("value", "note")}
