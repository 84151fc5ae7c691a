"""Status pages, and what is on them."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from kener_client.types.words import Font, Moment, Theme, Visibility


class Link(TypedDict):
    """A link at the foot of a page."""

    label: str
    url: str


class LinkInput(TypedDict):
    """A link at the foot of a page."""

    label: str
    url: str


class Announcement(TypedDict):
    """A few words below the verdict of the page; none without a text."""

    text: str
    url: str
    begins_at: str | None
    ends_at: str | None


class AnnouncementInput(TypedDict, total=False):
    """A few words below the verdict, from a time until another. Without a text there are none."""

    text: str
    url: str
    begins_at: Moment | None
    ends_at: Moment | None


class Data(TypedDict):
    """A `data-` attribute of a script: its name without that, and its value."""

    name: str
    value: str


class DataInput(TypedDict):
    """A `data-` attribute of a script: its name without that, and its value."""

    name: str
    value: str


class Analytics(TypedDict):
    """A script that counts visitors, and its `data-` attributes; none without an address."""

    src: str
    data: list[Data]


class AnalyticsInput(TypedDict, total=False):
    """A script that counts visitors, and its `data-` attributes. Without an address there is
    none, and nothing of a page is loaded from elsewhere."""

    src: str
    data: Sequence[DataInput]


class Look(TypedDict):
    """How a page looks; empty: as Kener does it."""

    accent: str
    theme: Theme
    logo: str
    favicon: str
    font: Font
    css: str
    analytics: Analytics
    footer: str
    links: list[Link]
    announcement: Announcement


class LookInput(TypedDict, total=False):
    """What one may choose. Empty: as Kener does it."""

    accent: str
    theme: Theme
    logo: str
    favicon: str
    font: Font
    css: str
    analytics: AnalyticsInput
    footer: str
    links: Sequence[LinkInput]
    announcement: AnnouncementInput


class Section(TypedDict):
    """A section, and the ids of the monitors in it."""

    id: str
    name: str
    description: str
    open: bool
    monitors: list[str]


class SectionInput(TypedDict):
    """A section, and what is in it by ids or slugs, in their order. Without `id` it is the stored
    one of the same name, or else a new one."""

    id: NotRequired[str]
    name: str
    description: NotRequired[str]
    open: NotRequired[bool]
    monitors: NotRequired[Sequence[str]]


class PageSummary(TypedDict):
    """A status page without its sections."""

    id: str
    slug: str
    title: str
    description: str
    language: str
    languages: list[str]
    address: str
    time_zone: str
    look: Look
    visibility: Visibility
    is_default: bool
    everything: bool
    version: int
    created_at: str
    updated_at: str


class Page(PageSummary):
    """A status page."""

    sections: list[Section]


class _PageFields(TypedDict, total=False):
    """What one may always say."""

    slug: str
    description: str
    language: str
    languages: Sequence[str]
    address: str
    time_zone: str
    look: LookInput
    visibility: Visibility
    is_default: bool
    everything: bool
    sections: Sequence[SectionInput]


class PageInput(_PageFields):
    """Every field one can set. `slug` empty: made from the title once."""

    title: str


class PageChange(_PageFields, total=False):
    """Any fields of a page; of `look`, too, those that are not named keep their value."""

    title: str
    version: int | None
