"""What programs read: the status document, `now.json` and the history behind the strips."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kener.core.instant import DAY, Instant, iso, iso_or_none
from kener.core.status import Status, verdict
from kener.core.words import headline
from kener.site.accounts import Story
from kener.site.planned import Planned, planned_document
from kener.site.snapshot import Service, Snapshot
from kener.site.strips import LETTERS, STATUS_OF_VERDICT
from kener.store.standing import Standing


def status_document(
    standings: Sequence[Standing],
    stories: Iterable[Story],
    planned: Iterable[Planned],
    now: Instant,
) -> dict[str, Any]:
    """The state of everything: the `data` of GET /api/status and of the page's api/status.json.

    `status` is the roll-up. Instants are ISO 8601 in UTC, latencies ms. `stories` are the open
    incidents (`snapshot.story` of each), `planned` the windows of maintenance. Only what visitors
    may see, if only that is given.
    """
    return {
        "status": verdict(each.displayed for each in standings).value,
        "sentence": headline((each.monitor.name, each.displayed) for each in standings),
        "at": iso(now),
        "monitors": [_monitor(each) for each in standings],
        "incidents": [_story(each) for each in stories],
        "maintenances": planned_document(planned),
    }


def _monitor(standing: Standing) -> dict[str, Any]:
    """A service's public state: nothing of where it is or why it fails."""
    latency = None if standing.monitor.latency_hidden else standing.latency_ms
    return {
        "id": standing.monitor.public_id,
        "slug": standing.monitor.slug,
        "name": standing.monitor.name,
        "status": standing.displayed.value,
        "since": iso_or_none(standing.since),
        "checked_at": iso_or_none(standing.checked_at),
        "latency_ms": None if latency is None else round(latency, 3),
    }


def _story(story: Story) -> dict[str, Any]:
    return {
        "id": story.public_id,
        "title": story.title,
        "status": story.phase.value,
        "impact": story.impact.value,
        "message": story.updates[0].message if story.updates else "",
        "monitors": [
            {
                "id": each.public_id,
                "slug": each.slug,
                "name": each.name,
                "impact": "none" if each.impact is Status.UP else each.impact.value,
            }
            for each in story.affected
        ],
        "updates": [
            {"status": each.phase.value, "message": each.message, "at": iso(each.at)}
            for each in story.updates
        ],
        "started_at": iso(story.started_at),
        "resolved_at": iso_or_none(story.resolved_at),
        "next_update_by": iso_or_none(story.next_update_by),
        "created_at": iso(story.created_at),
        "updated_at": iso(story.updated_at),
    }


def history_document(seen: Snapshot) -> dict[str, Any]:
    """All the stretches, for browsers that cut days in their own zone.

    For each service `[letter, ms, letter, ms, …]` from `from` on without a hole; the last goes on
    until now. So the file only changes when a state does, and once a day.
    """
    return {
        "from": first_instant(seen),
        "services": {each.slug: runs(each, first_instant(seen)) for each in seen.services},
        "incidents": [_line(each) for each in seen.stories],
    }


def first_instant(seen: Snapshot) -> Instant:
    """The first whole day (UTC) of what was read."""
    return -(-seen.since // DAY) * DAY


def now_document(
    seen: Snapshot, frame: Mapping[str, Any], *, live: str, history: str
) -> dict[str, Any]:
    """The pointer and the proof of life. `generated`: the publisher lives; `measured`: the checks
    do; `every` (s): how often a new one is promised, even when nothing has changed."""
    return {
        "v": 1,
        "seq": frame["seq"],
        "generated": iso(seen.at),
        "measured": iso_or_none(seen.measured),
        "every": frame["every"],
        "state": STATUS_OF_VERDICT[seen.verdict].value,
        "headline": frame["headline"],
        "title": f"{frame['mark']} {frame['label']}",
        "icon": frame["icon"],
        "live": live,
        "history": history,
        "notice": _notice(seen),
    }


def _notice(seen: Snapshot) -> dict[str, str] | None:
    return {"text": seen.notice.text, "url": seen.notice.url} if seen.notice else None


def _line(story: Story) -> list[Any]:
    slugs = [each.slug for each in story.affected]
    return [story.started_at, story.resolved_at, story.public_id, story.title, slugs]


def runs(service: Service, start: Instant) -> list[str | int]:
    runs: list[tuple[str, int]] = []
    for each in service.stretches:
        length = each.to_at - max(each.from_at, start)
        if length <= 0:
            continue
        letter = LETTERS[each.status]
        if runs and runs[-1][0] == letter:
            runs[-1] = (letter, runs[-1][1] + length)
        else:
            runs.append((letter, length))
    return [part for run in runs for part in run][:-1]
