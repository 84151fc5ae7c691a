"""What the API shows of a status page."""

from collections.abc import Sequence
from typing import Any

from kener.actions.page_fields import PageFields, full_look
from kener.actions.page_look import Font, Theme
from kener.actions.page_sections import as_given
from kener.api._shapes import Moment, Shown, VersionedChange
from kener.core.instant import iso
from kener.store.pages import Listed
from kener.store.tables import Page
from kener.store.tables.pages import Visibility


class LinkDocument(Shown):
    """A link at the foot of a page."""

    label: str
    url: str


class AnnouncementDocument(Shown):
    """A few words below the verdict of the page; none without a text."""

    text: str
    url: str
    begins_at: Moment | None
    ends_at: Moment | None


class DataDocument(Shown):
    """A `data-` attribute of a script: its name without that, and its value."""

    name: str
    value: str


class AnalyticsDocument(Shown):
    """A script that counts visitors, and its `data-` attributes; none without an address."""

    src: str
    data: list[DataDocument]


class LookDocument(Shown):
    """How a page looks; empty: as Kener does it."""

    accent: str
    theme: Theme
    logo: str
    favicon: str
    font: Font
    css: str
    analytics: AnalyticsDocument
    footer: str
    links: list[LinkDocument]
    announcement: AnnouncementDocument


class SectionDocument(Shown):
    """A section, and the ids of the monitors in it."""

    id: str
    name: str
    description: str
    open: bool
    monitors: list[str]


class PageSummary(Shown):
    """A status page without its sections."""

    id: str
    slug: str
    title: str
    description: str
    language: str
    languages: list[str]
    """Others in which it is published beside that."""
    address: str
    """Where it is, if it is a site by itself."""
    time_zone: str
    look: LookDocument
    visibility: Visibility
    is_default: bool
    everything: bool
    """It shows all monitors that are not hidden, while it has no sections."""
    version: int
    created_at: Moment
    updated_at: Moment


class PageDocument(PageSummary):
    """A status page."""

    sections: list[SectionDocument]


class PageChange(VersionedChange, PageFields):
    """Any fields of a page; of `look`, too, those that are not named keep their value."""


def page_summary(page: Page) -> dict[str, Any]:
    """A page as lists show it: without its sections."""
    return {
        "id": page.public_id,
        "slug": page.slug,
        "title": page.title,
        "description": page.description,
        "language": page.language,
        "languages": page.languages,
        "address": page.address,
        "time_zone": page.time_zone,
        "look": full_look(page.look),
        "visibility": page.visibility.value,
        "is_default": page.is_default,
        "everything": page.everything,
        "version": page.version,
        "created_at": iso(page.created_at),
        "updated_at": iso(page.updated_at),
    }


def page_document(page: Page, listed: Sequence[Listed]) -> dict[str, Any]:
    """All of it; `sections` as they may be sent back."""
    return page_summary(page) | {"sections": as_given(listed)}
