"""Which status pages are published, and where.

What is public and has no address of its own lies in the main site, the default page on top and
each other in a folder of its name. A page with an own address is a site by itself, and so is a
private one: its files never lie where those of everybody do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.config import Config
from kener.core.addresses import APP_NAMES, SITE_NAMES
from kener.locales import tags
from kener.store.pages import is_in_main
from kener.store.tables import Page
from kener.store.tables.pages import Visibility


@dataclass(frozen=True, slots=True)
class Placed:
    """A status page, and the folder of its site that it lies in: empty, or `eu/`."""

    page: Page
    folder: str


@dataclass(frozen=True, slots=True)
class Site:
    """Pages that are brought to a host together. `name` is empty for the main one, else the page's
    public id; `url` is where visitors find it, without a slash at the end."""

    name: str
    url: str
    pages: Sequence[Placed]
    is_private: bool = False


def sites(session: Session, config: Config) -> list[Site]:
    """All of them, the main one first, and in it the default page."""
    order = Page.is_default.desc(), Page.id
    every = session.scalars(select(Page).order_by(*order)).all()
    main = [Placed(each, _folder(each)) for each in every if is_in_main(each)]
    others = [
        Site(
            each.public_id,
            _url(each, config),
            [Placed(each, "")],
            each.visibility is Visibility.PRIVATE,
        )
        for each in every
        if not is_in_main(each)
    ]
    return [Site("", config.page_address, main), *others]


def page_url(page: Page, config: Config) -> str:
    """Where visitors find a page, without a slash at the end."""
    if is_in_main(page):
        return f"{config.page_address}/{_folder(page)}".rstrip("/")
    return _url(page, config)


def _folder(page: Page) -> str:
    if page.is_default:
        return ""
    # No new one is called so; one may be that is older than a name of ours, or than a language.
    taken = SITE_NAMES | APP_NAMES | {each.lower() for each in tags()}
    return f"page-{page.slug}/" if page.slug in taken else f"{page.slug}/"


def _url(page: Page, config: Config) -> str:
    return page.address or f"{config.public_url}/{page.slug}"
