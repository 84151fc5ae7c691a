"""The form of a publish target: what every kind has, around the kind's own settings."""

from collections.abc import Mapping
from typing import Any

from kener.admin._forms import Field
from kener.admin._settings_fields import settings_fields, shown_settings, typed_settings
from kener.core.errors import NotFound
from kener.store.pages import every_page, find_page, site_of
from kener.store.settings import mask_settings
from kener.store.tables import Page, Target
from kener.targets import Mirror, mirror_types
from kener.web.database import session

NAME = Field(
    "name", "Name", required=True, hint="For you, like “Bucket in Frankfurt”.",
    attributes={"maxlength": 120},
)  # fmt: skip
SHARED = (
    Field(
        "address",
        "Address for visitors",
        "url",
        hint="Where the page is seen there. With it we look from outside whether it arrived.",
        attributes={"placeholder": "https://status.example.org", "maxlength": 2000},
    ),
    Field("enabled", "Send the page there", "checkbox", "true"),
)


def the_kind(name: str) -> type[Mirror]:
    """The kind of this name, or NotFound."""
    found = mirror_types().get(name)
    if found is None:
        raise NotFound(f"There is no kind of target {name[:40]!r}.")
    return found


def target_fields(kind: type[Mirror], target: Target | None) -> list[Field]:
    """Every field of a target of this kind; of a new one, which page goes there."""
    which = [] if target else _which_page()
    return [NAME, *which, *settings_fields(kind), *SHARED]


def _which_page() -> list[Field]:
    """Only where there is a choice."""
    sites = [each for each in every_page(session()) if site_of(each) is not None]
    choices = [(each.public_id, each.title) for each in sites]
    return [Field("page", "Page", "select", choices=choices)] if len(sites) > 1 else []


def page_chosen(form: Mapping[str, str]) -> Page | None:
    """Which page is to go there; None: the default one."""
    return find_page(session(), form["page"]) if form.get("page") else None


def stored_texts(target: Target) -> dict[str, str]:
    """A stored target as the texts of its form, secrets masked."""
    kind = the_kind(target.kind)
    texts = {"name": target.name, "address": target.address}
    texts["enabled"] = "true" if target.enabled else "false"
    return texts | shown_settings(mask_settings(target.settings, kind.secret_fields()))


def read_target(kind: type[Mirror], form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the action takes it."""
    return {
        "name": form.get("name", ""),
        "address": form.get("address", ""),
        "enabled": form.get("enabled") == "true",
        "settings": typed_settings(kind, form),
    }
