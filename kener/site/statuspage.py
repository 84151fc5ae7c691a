"""`api/v2/`: the page in the shape of Atlassian Statuspage's public API, so that what reads those
reads ours (https://www.githubstatus.com/api shows one).

Nothing in it changes by itself but `generated_at` in the summary: what is the same need not be sent
to a host again.
"""

from collections.abc import Iterable
from typing import Any

from kener.core.instant import Instant, as_datetime
from kener.core.status import FACES, Status, Verdict, verdict
from kener.site.accounts import Story
from kener.site.planned import Planned
from kener.site.snapshot import Part, Service, Snapshot
from kener.site.strips import STATUS_OF_VERDICT
from kener.site.wording import local

LATEST = 50
"""Incidents, and windows of maintenance, of those that are over too."""
DESCRIPTIONS: dict[Verdict, str] = {
    Verdict.NONE: "All Systems Operational",
    Verdict.MINOR: "Partially Degraded Service",
    Verdict.MAJOR: "Partial System Outage",
    Verdict.CRITICAL: "Major Service Outage",
    Verdict.MAINTENANCE: "Service Under Maintenance",
    Verdict.UNKNOWN: "Not Confirmed",
}
"""What readers expect to read, and one honest sentence more."""
Document = dict[str, Any]


def statuspage_documents(seen: Snapshot, url: str) -> dict[str, Document]:
    """Path below `api/v2/` → body. `url` is where the page is, without a slash at the end."""
    page = _page(seen, url)
    shown = _Shown(seen, url)
    status = {"status": _status(seen)}
    components = {"components": shown.components()}
    unresolved = {"incidents": [shown.incident(each) for each in seen.open_stories]}
    latest = [shown.incident(each) for each in seen.stories[:LATEST]]
    upcoming = [shown.window(each) for each in seen.planned if not each.is_open]
    active = [shown.window(each) for each in seen.planned if each.is_open]
    worked = [shown.window(each) for each in seen.worked]
    now = {"scheduled_maintenances": active + upcoming}
    every = {"scheduled_maintenances": (active + upcoming + worked)[:LATEST]}
    summary_page = {"page": page | {"generated_at": moment(seen.at)}}
    return {
        "summary.json": summary_page | status | components | unresolved | now,
        "status.json": {"page": page} | status,
        "components.json": {"page": page} | components,
        "incidents.json": {"page": page, "incidents": latest},
        "incidents/unresolved.json": {"page": page} | unresolved,
        "scheduled-maintenances.json": {"page": page} | every,
        "scheduled-maintenances/upcoming.json": {"page": page, "scheduled_maintenances": upcoming},
        "scheduled-maintenances/active.json": {"page": page, "scheduled_maintenances": active},
    }


def moment(at: Instant) -> str:
    """ISO 8601 with milliseconds, as Statuspage writes it."""
    return as_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def last_confirmed(service: Service) -> Status:
    """What Statuspage can say of a service: where there is no data, what was last known. It has no
    word for "nobody knows"; of a service that was never seen it is not said that it works."""
    if service.status is not Status.UNKNOWN:
        return service.status
    known = (each.status for each in reversed(service.stretches))
    return next((each for each in known if each is not Status.UNKNOWN), Status.MAINTENANCE)


def _page(seen: Snapshot, url: str) -> Document:
    return {
        "id": seen.page_id,
        "name": seen.title,
        "url": url,
        "time_zone": seen.zone,
        "updated_at": moment(_last_change(seen)),
    }


def _last_change(seen: Snapshot) -> Instant:
    changes = [_since(each) for each in seen.services]
    changes += [each.updated_at for each in seen.stories]
    changes += [each.updated_at for each in (*seen.planned, *seen.worked)]
    return max(changes, default=seen.at)


def _status(seen: Snapshot) -> Document:
    if seen.verdict is Verdict.UNKNOWN:
        indicator = verdict(last_confirmed(each) for each in seen.services)
        known = Verdict.NONE if indicator is Verdict.UNKNOWN else indicator
        return {"indicator": known.value, "description": DESCRIPTIONS[Verdict.UNKNOWN]}
    return {"indicator": seen.verdict.value, "description": DESCRIPTIONS[seen.verdict]}


def _since(service: Service) -> Instant:
    created: Instant = service.standing.monitor.created_at
    return max(created, service.standing.since or created)


class _Shown:
    """Documents of one page's things, each of which names the page and the others."""

    def __init__(self, seen: Snapshot, url: str) -> None:
        self._seen = seen
        self._url = url
        self._by_slug = {each.slug: each for each in seen.services}
        self._groups = {each.slug: part.public_id for part in seen.parts for each in part.services}
        self._places = {each.slug: number for number, each in enumerate(seen.services, 1)}

    def components(self) -> list[Document]:
        """Services in the page's order, each section before those in it."""
        if not self._seen.parts:
            return [self._component(each) for each in self._seen.services]
        found = []
        for number, part in enumerate(self._seen.parts, 1):
            found.append(self._group(part, number))
            found += [self._component(each) for each in part.services]
        return found

    def incident(self, story: Story) -> Document:
        """An incident, the newest update first."""
        monitoring = [each.at for each in story.updates if each.phase.value == "monitoring"]
        own = {
            "status": story.phase.value,
            "impact": story.impact.value,
            "monitoring_at": _or_none(min(monitoring, default=None)),
            "resolved_at": _or_none(story.resolved_at),
            "shortlink": f"{self._url}/incidents/{story.public_id}/",
            "started_at": moment(story.started_at),
            "incident_updates": [
                self._update(
                    story.public_id, each.public_id, each.phase.value, each.message, each.at
                )
                for each in story.updates
            ],
            "components": self._components_of(each.slug for each in story.affected),
        }
        return self._named(story.public_id, story.title, story.created_at, story.updated_at) | own

    def window(self, window: Planned) -> Document:
        """A window of maintenance: an incident that is known beforehand."""
        status = _status_of(window, self._seen.at)
        resolved = window.ends_at if status == "completed" else None
        own = {
            "status": status,
            "impact": "maintenance",
            "monitoring_at": None,
            "resolved_at": _or_none(resolved),
            "shortlink": f"{self._url}/maintenance/",
            "started_at": moment(window.starts_at),
            "scheduled_for": moment(window.starts_at),
            "scheduled_until": moment(window.ends_at),
            "incident_updates": [
                self._update(
                    window.public_id,
                    window.public_id,
                    "scheduled",
                    window.message,
                    window.created_at,
                )
            ],
            "components": self._components_of(each.slug for each in window.affected),
        }
        name = window.public_id, window.title, window.created_at, window.updated_at
        return self._named(*name) | own

    def _named(self, id_: str, name: str, created: Instant, updated: Instant) -> Document:
        return {
            "id": id_,
            "name": name,
            "created_at": moment(created),
            "updated_at": moment(updated),
            "page_id": self._seen.page_id,
        }

    def _update(
        self, incident_id: str, id_: str, status: str, message: str, at: Instant
    ) -> Document:
        times = dict.fromkeys(("created_at", "updated_at", "display_at"), moment(at))
        return {
            "id": id_,
            "status": status,
            "body": message,
            "incident_id": incident_id,
            "affected_components": None,
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        } | times

    def _components_of(self, slugs: Iterable[str]) -> list[Document]:
        return [self._component(self._by_slug[each]) for each in slugs if each in self._by_slug]

    def _component(self, service: Service) -> Document:
        about = service.standing.monitor
        return {
            "status": FACES[last_confirmed(service)].component,
            "position": self._places[service.slug],
            "description": service.description or None,
            "showcase": True,
            "start_date": local(about.created_at, self._seen.zone).date().isoformat(),
            "group_id": self._groups.get(service.slug),
            "group": False,
            "only_show_if_degraded": False,
        } | self._named(about.public_id, service.name, about.created_at, _since(service))

    def _group(self, part: Part, position: int) -> Document:
        worst = verdict(last_confirmed(each) for each in part.services)
        created = min(each.standing.monitor.created_at for each in part.services)
        return {
            "status": FACES[STATUS_OF_VERDICT[worst]].component,
            "position": position,
            "description": part.description or None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "group": True,
            "only_show_if_degraded": False,
            "components": [each.standing.monitor.public_id for each in part.services],
        } | self._named(part.public_id, part.name, created, max(map(_since, part.services)))


def _status_of(window: Planned, now: Instant) -> str:
    if window.ends_at <= now:
        return "completed"
    return "in_progress" if window.is_open else "scheduled"


def _or_none(at: Instant | None) -> str | None:
    return None if at is None else moment(at)
