"""/admin/webhooks: who is told of events."""

from collections.abc import Mapping
from typing import Any

from flask import request

from kener.actions.events import EVENTS
from kener.actions.webhooks import (
    create_webhook,
    delete_webhook,
    rotate_secret,
    send_test,
    update_webhook,
)
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, filled, version_typed
from kener.admin._gate import the_time
from kener.admin._mine import my_webhook
from kener.core.errors import Invalid
from kener.store.rail import rail
from kener.store.tables import Webhook
from kener.store.webhooks import all_webhooks, part_of_deliveries
from kener.web.address import the_config
from kener.web.database import session

SHOWN_DELIVERIES = 25
EVENT = "event."
FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        hint="For you, like “Chat bot”.",
        attributes={"maxlength": 120},
    ),
    Field(
        "url",
        "Address",
        "url",
        required=True,
        hint="Where we send a POST request to.",
        attributes={"placeholder": "https://example.org/hooks/kener", "maxlength": 2000},
    ),
    Field("enabled", "Send to this address", "checkbox", "true"),
)
WORDS = {
    "monitor.down": "A monitor goes down",
    "monitor.degraded": "A monitor is degraded",
    "monitor.up": "A monitor is up again",
    "incident.created": "An incident is opened",
    "incident.updated": "An incident is updated",
    "incident.resolved": "An incident is resolved",
    "maintenance.scheduled": "Maintenance is planned",
    "maintenance.updated": "Planned maintenance is changed",
    "maintenance.starting": "Maintenance begins soon",
    "maintenance.started": "Maintenance begins",
    "maintenance.completed": "Maintenance is over",
    "maintenance.cancelled": "Maintenance is cancelled",
    "publish.failed": "The page cannot be brought to a host",
    "publish.recovered": "The page gets to that host again",
}


@bp.get("/webhooks")
def webhooks() -> Answer:
    """Every receiver."""
    return page(
        "admin/webhooks/index.html",
        partial="admin/webhooks/_list.html",
        webhooks=all_webhooks(session()),
        words=WORDS,
    )


def _new_form(*, status: int = 200, **refusal: Any) -> Answer:
    typed = request.form if request.method == "POST" else {EVENT + name: "true" for name in EVENTS}
    return _form(typed, None, status=status, **refusal)


@bp.get("/webhooks/new")
def new_webhook() -> Answer:
    """An empty form."""
    return _new_form()


@bp.post("/webhooks/new")
@shown_again_by(_new_form)
def add_webhook() -> Answer:
    """Make the receiver, and show its secret this once."""
    webhook, secret = create_webhook(session(), _read(), the_time(), the_config())
    session().commit()
    return _show(webhook, secret=secret)


@bp.get("/webhooks/<public_id>")
def webhook(public_id: str) -> Answer:
    """One receiver, and what was sent to it."""
    return _show(my_webhook(public_id))


@bp.get("/webhooks/<public_id>/edit")
def edit_webhook(public_id: str) -> Answer:
    """The form with what is stored."""
    found = my_webhook(public_id)
    return _form(_stored(found), found)


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    return _form(request.form, my_webhook(public_id), **refusal)


@bp.post("/webhooks/<public_id>/edit")
@shown_again_by(_edit_again)
def change_webhook(public_id: str) -> Answer:
    """Change the receiver."""
    found = my_webhook(public_id)
    update_webhook(session(), found, _read(), the_time(), the_config(), version_typed())
    session().commit()
    say(f"{found.name} was saved.")
    return go("admin.webhook", public_id=public_id)


@bp.post("/webhooks/<public_id>/secret")
def renew_secret(public_id: str) -> Answer:
    """A new secret, shown this once; the old one signs nothing any more."""
    found = my_webhook(public_id)
    secret = rotate_secret(session(), found, the_time())
    session().commit()
    return _show(found, secret=secret)


@bp.post("/webhooks/<public_id>/test")
def test_webhook(public_id: str) -> Answer:
    """Send it a test by the way that all events take."""
    found = my_webhook(public_id)
    send_test(session(), found, the_time())
    session().commit()
    say("A test is on its way. See how it went under Deliveries.")
    return go("admin.webhook", public_id=public_id)


@bp.get("/webhooks/<public_id>/delete")
def ask_delete_webhook(public_id: str) -> Answer:
    """Are you sure?"""
    found = my_webhook(public_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Webhooks",
        question=f"Delete {found.name}?",
        explanation="Nothing is sent to it any more, and its log goes too. This cannot be undone.",
        action=("admin.remove_webhook", public_id),
        way_back=("admin.webhook", public_id),
        verb="Delete the webhook",
    )


@bp.post("/webhooks/<public_id>/delete")
def remove_webhook(public_id: str) -> Answer:
    """Delete the receiver with its log."""
    found = my_webhook(public_id)
    name = found.name
    delete_webhook(session(), found)
    session().commit()
    say(f"{name} was deleted.")
    return go("admin.webhooks")


def _show(found: Webhook, secret: str = "") -> Answer:
    before = request.args.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    return page(
        "admin/webhooks/show.html",
        partial="admin/webhooks/_deliveries.html",
        webhook=found,
        secret=secret,
        words=WORDS,
        deliveries=part_of_deliveries(session(), found, key, SHOWN_DELIVERIES),
        first=key is None,
        zone=rail(session()).page.time_zone,
    )


def _form(
    typed: Mapping[str, str], found: Webhook | None, *, status: int = 200, **refusal: Any
) -> Answer:
    boxes = {"enabled": "false"} if request.method == "POST" else {}
    form = filled(FIELDS, boxes | dict(typed), **refusal)
    version = request.form.get("version", found.version) if found else ""
    return page(
        "admin/webhooks/form.html",
        partial="admin/webhooks/_form.html",
        status=status,
        form=form,
        webhook=found,
        version=found.version if found and status == 409 else version,
        choices=[(EVENT + name, word, EVENT + name in typed) for name, word in WORDS.items()],
    )


def _stored(found: Webhook) -> dict[str, str]:
    texts = {"name": found.name, "url": found.url, "enabled": "true" if found.enabled else "false"}
    return texts | {EVENT + name: "true" for name in found.events or EVENTS}


def _read() -> dict[str, Any]:
    """What was typed. All events ticked is "all", also those of a later version."""
    events = [name for name in EVENTS if request.form.get(EVENT + name)]
    if not events:
        raise Invalid({"events": "choose at least one"})
    return {
        "name": request.form.get("name", ""),
        "url": request.form.get("url", ""),
        "enabled": request.form.get("enabled") == "true",
        "events": [] if len(events) == len(EVENTS) else events,
    }
