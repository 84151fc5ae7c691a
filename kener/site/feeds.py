"""Atom (RFC 4287) and RSS 2.0: one entry for each message of an incident, the newest 50; for the
page, and for each service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from kener.core.instant import Instant, as_datetime
from kener.locales import gettext
from kener.site.accounts import Story
from kener.site.snapshot import Service, Snapshot
from kener.site.stories import PHASES
from kener.site.templates import environment
from kener.site.wording import moment, zone_offset

LATEST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of an incident. `id` and `at` never change; `when` is its time for people."""

    id: str
    link: str
    title: str
    message: str
    at: Instant
    when: str
    services: tuple[str, ...]


def feeds(seen: Snapshot, url: str) -> dict[str, str]:
    """Path → text of the page's own two. `url` is where the page is."""
    found = entries(seen, seen.stories, url)
    about = {"title": seen.title, "page": f"{url}/", "entries": found, "page_id": seen.page_id}
    return {f"feed.{kind}": _feed(kind, about, f"{url}/feed.{kind}") for kind in ("atom", "rss")}


def service_feed(service: Service, seen: Snapshot, url: str) -> str:
    """The Atom feed of one service: of the incidents that speak of it."""
    mine = [each for each in seen.stories if service.slug in {one.slug for one in each.affected}]
    page = f"{url}/m/{service.slug}/"
    about = {
        "title": f"{service.name} – {seen.title}",
        "page": page,
        "entries": entries(seen, mine, url),
        "page_id": service.standing.monitor.public_id,
    }
    return _feed("atom", about, f"{page}feed.atom")


def entries(seen: Snapshot, stories: Iterable[Story], url: str) -> list[Entry]:
    """The newest messages of incidents, the newest first."""
    found = [
        Entry(
            id=f"urn:kener:{story.public_id}:{said.public_id}",
            link=f"{url}/incidents/{story.public_id}/",
            title=gettext("%(what)s: %(text)s", what=gettext(PHASES[said.phase]), text=story.title),
            message=said.message,
            at=said.at,
            when=_when(said.at, seen.zone),
            services=tuple(each.name for each in story.affected),
        )
        for story in stories
        for said in story.updates
    ]
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)[:LATEST]


def _feed(kind: str, about: Mapping[str, Any], own: str) -> str:
    # Without any entry a feed was last changed when it could first have had one: never.
    updated = max((each.at for each in about["entries"]), default=0)
    context = {**about, "own": own, "updated": updated, "mail_date": mail_date}
    return environment().get_template(f"site/feed.{kind}").render(context)


def mail_date(at: Instant) -> str:
    """As RSS writes it (RFC 822, with four digits of the year)."""
    return format_datetime(as_datetime(at), usegmt=True)


def _when(at: Instant, zone: str) -> str:
    """In UTC and in the page's zone: a reader shows it wherever it is."""
    utc = f"{moment(at, 'UTC')} UTC"
    offset = zone_offset(at, zone)
    return utc if offset == "UTC" else f"{utc} ({moment(at, zone)} {offset})"
