"""Every object is looked up for the member who asks. The owner may see all there is; where others
may not, this is the place that says so."""

from typing import Any

from flask import request

from kener.admin import bp
from kener.admin._gate import the_member
from kener.core.errors import NotFound
from kener.store.incidents import find_incident, find_update
from kener.store.keys import find_key_row
from kener.store.maintenances import find_maintenance, find_window
from kener.store.monitors import find_monitor
from kener.store.pages import Listed, default_page, find_page, outline
from kener.store.stored_secrets import find_secret
from kener.store.tables import (
    ApiKey,
    Delivery,
    Incident,
    Maintenance,
    Monitor,
    Page,
    Secret,
    Target,
    Update,
    Webhook,
    Window,
)
from kener.store.targets import find_target
from kener.store.webhooks import find_delivery, find_webhook
from kener.web.database import session

OF_A_PAGE = {
    f"admin.{name}"
    for name in (
        *("page_settings", "change_page", "announcement", "change_announcement"),
        *("new_section", "add_section", "edit_section", "change_section", "move_section"),
        *("ask_delete_section", "remove_section", "page_look", "change_look"),
        *("ask_delete_page", "remove_page"),
    )
}
"""Screens of one status page."""


def my_monitor(public_id: str) -> Monitor:
    """The monitor, or NotFound."""
    the_member()
    return find_monitor(session(), public_id)


def my_incident(public_id: str) -> Incident:
    """The incident, or NotFound."""
    the_member()
    return find_incident(session(), public_id)


def my_update(incident: Incident, public_id: str) -> Update:
    """One of an incident's messages, or NotFound."""
    return find_update(session(), incident, public_id)


def my_maintenance(public_id: str) -> Maintenance:
    """The maintenance, or NotFound."""
    the_member()
    return find_maintenance(session(), public_id)


def my_window(public_id: str) -> Window:
    """The window, or NotFound."""
    the_member()
    return find_window(session(), public_id)


def my_webhook(public_id: str) -> Webhook:
    """The webhook, or NotFound."""
    the_member()
    return find_webhook(session(), public_id)


def my_delivery(webhook: Webhook, public_id: str) -> Delivery:
    """One of a webhook's deliveries, or NotFound."""
    return find_delivery(session(), webhook, public_id)


def my_secret(name: str) -> Secret:
    """The stored secret, or NotFound."""
    the_member()
    return find_secret(session(), name)


def my_page() -> Page:
    """The status page that the address names, or else the default one; or NotFound."""
    the_member()
    public_id = request.args.get("page", "")
    return find_page(session(), public_id) if public_id else default_page(session())


@bp.url_defaults
def _of_the_same_page(endpoint: str, values: dict[str, Any]) -> None:
    """Links and forms of a page's screens lead to those of the same page."""
    if endpoint in OF_A_PAGE and request.args.get("page"):
        values.setdefault("page", request.args["page"])


def my_section(public_id: str) -> tuple[list[Listed], int]:
    """All sections of the page, and which of them is the one; or NotFound."""
    listed = outline(session(), my_page())
    for number, each in enumerate(listed):
        if each.section.public_id == public_id:
            return listed, number
    raise NotFound("There is no such section.")


def my_key(public_id: str) -> ApiKey:
    """The API key, or NotFound."""
    the_member()
    return find_key_row(session(), public_id)


def my_target(public_id: str) -> Target:
    """The publish target, or NotFound."""
    the_member()
    return find_target(session(), public_id)
