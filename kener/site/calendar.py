"""`maintenance.ics` and `calendar.ics` (RFC 5545): planned work, and that with all incidents."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from kener.core.instant import Instant, as_datetime
from kener.locales import gettext
from kener.site.accounts import Story
from kener.site.planned import Planned
from kener.site.snapshot import Snapshot
from kener.site.stories import PHASES

REST = timedelta(hours=1)
"""So often readers may look again."""
SHORTEST = 60_000
"""ms that an incident lasts at least, as calendars do not show what has no length."""


def calendars(seen: Snapshot, url: str) -> dict[str, bytes]:
    """Path → content. `url` is where the page is, without a slash at the end."""
    windows = [_window(each, url) for each in (*seen.worked, *seen.planned)]
    incidents = [_incident(each, url) for each in seen.stories]
    return {
        "maintenance.ics": _calendar(gettext("%(title)s: maintenance", title=seen.title), windows),
        "calendar.ics": _calendar(seen.title, [*windows, *incidents]),
    }


def _calendar(name: str, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Kener//Status page//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REST, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for each in events:
        calendar.add_component(each)
    return bytes(calendar.to_ical())


def _window(window: Planned, url: str) -> Event:
    about = f"{url}/maintenance/#{window.public_id}"
    event = _event(window.public_id, window.title, window.message, about)
    _when(event, window.starts_at, window.ends_at, window.updated_at, window.version)
    _about(event, [each.name for each in window.affected])
    return event


def _incident(story: Story, url: str) -> Event:
    """While it is open it ends with its newest message: a calendar is no clock."""
    text = "\n\n".join(
        gettext("%(what)s: %(text)s", what=gettext(PHASES[each.phase]), text=each.message)
        for each in story.updates
    )
    event = _event(story.public_id, story.title, text, f"{url}/incidents/{story.public_id}/")
    newest = max((each.at for each in story.updates), default=story.started_at)
    ends = max(story.resolved_at or newest, story.started_at + SHORTEST)
    _when(event, story.started_at, ends, story.updated_at, story.version)
    _about(event, [each.name for each in story.affected])
    return event


def _event(id_: str, title: str, text: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{id_}@kener")
    event.add("summary", title)
    if text:
        event.add("description", text)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    return event


def _about(event: Event, services: Sequence[str]) -> None:
    if services:  # an empty list is not a list of none in this format
        event.add("categories", services)


def _when(event: Event, starts: Instant, ends: Instant, changed: Instant, version: int) -> None:
    event.add("dtstart", _second(starts))
    event.add("dtend", _second(ends))
    # When it was last changed, not when the file was made: the same events are the same bytes.
    event.add("dtstamp", _second(changed))
    event.add("last-modified", _second(changed))
    event.add("sequence", version)
    event.add("status", "CONFIRMED")


def _second(at: Instant) -> datetime:
    return as_datetime(at).replace(microsecond=0)
