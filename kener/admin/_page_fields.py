"""The form of a status page: what it is called, where it is, and in which languages."""

from collections.abc import Mapping
from typing import Any

from kener.admin._forms import Field
from kener.admin.first_run import PAGE_FIELDS
from kener.locales import language, tags
from kener.store.tables import Page

NAMES = [(tag, language(tag).name) for tag in tags()]
DESCRIPTION = Field(
    "description",
    "About it",
    "textarea",
    rows=2,
    hint="A few words at the foot of the services. May stay empty.",
    attributes={"maxlength": 2000},
)
SPOKEN = (
    Field("language", "Language", "select", choices=NAMES),
    Field(
        "languages",
        "Also in",
        "picks",
        choices=NAMES,
        hint="Each has a folder of its own, like /de/, and a link at the foot of every page.",
    ),
)
PLACED = (
    Field(
        "slug",
        "Name in addresses",
        hint="A public page without an address of its own lies in a folder of this name.",
        attributes={"maxlength": 60, "placeholder": "made from the name"},
    ),
    Field(
        "address",
        "Address of its own",
        "url",
        hint="Makes it a site by itself, with hosts of its own. Let the name lead to this machine, "
        "or add a target for it under Publishing.",
        attributes={"maxlength": 300, "placeholder": "https://status.example.org"},
    ),
    Field(
        "private",
        "Only for signed-in members",
        "checkbox",
        hint="It lies beside no public page, and goes to no host but those it was given.",
    ),
    Field(
        "everything",
        "Show every monitor that is not hidden, until there are sections",
        "checkbox",
    ),
)


def page_fields(page: Page | None) -> list[Field]:
    """Those of a page; of the default one none that says where it is."""
    placed = PLACED if page is None or not page.is_default else PLACED[-1:]
    return [*PAGE_FIELDS, *placed, DESCRIPTION, *SPOKEN]


def stored_page(page: Page) -> dict[str, str]:
    """A stored page as the texts of its form."""
    names = "title", "time_zone", "slug", "address", "description", "language"
    texts = {name: getattr(page, name) for name in names}
    texts["private"] = "true" if page.visibility.value == "private" else "false"
    texts["everything"] = "true" if page.everything else "false"
    return texts | {"languages": "\n".join(page.languages)}


def typed_page(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as the texts of the form. A box that is not ticked is in no form."""
    boxes = {"private": "false", "everything": "false"}
    return boxes | dict(form) | {"languages": "\n".join(_languages(form))}


def read_page_form(form: Mapping[str, str], page: Page | None) -> dict[str, Any]:
    """What was typed, as the action takes it."""
    names = {each.name for each in page_fields(page)} - {"private", "everything", "languages"}
    given: dict[str, Any] = {name: form[name] for name in names if name in form}
    if "shape" in form:
        given["everything"] = form.get("everything") == "true"
        given["languages"] = _languages(form)
        if page is None or not page.is_default:
            given["visibility"] = "private" if form.get("private") == "true" else "public"
    return given


def _languages(form: Mapping[str, str]) -> list[str]:
    return [tag for tag in tags() if form.get(f"languages.{tag}") == "true"]
