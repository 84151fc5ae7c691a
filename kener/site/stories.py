"""Incidents as the templates place them, and the two weeks behind us."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from kener.core.instant import Instant
from kener.core.status import STATUS_OF_IMPACT, Impact
from kener.locales import N_, gettext
from kener.site.accounts import Story
from kener.site.sentences import STATES, calm_text
from kener.site.snapshot import Service, Snapshot
from kener.site.strips import LETTERS
from kener.site.wording import duration, local, short_date
from kener.store.tables.incidents import Phase

FORTNIGHT = 14
PHASES: dict[Phase, str] = {
    Phase.INVESTIGATING: N_("Investigating"),
    Phase.IDENTIFIED: N_("Identified"),
    Phase.MONITORING: N_("Monitoring"),
    Phase.RESOLVED: N_("Resolved"),
    Phase.POSTMORTEM: N_("Postmortem"),
}
STEPS = tuple(PHASES)[:4]
"""What is said afterwards is no step."""


def told(story: Story, now: Instant) -> dict[str, Any]:
    """An incident's title, steps, updates and facts."""
    ended = story.resolved_at
    return {
        "public_id": story.public_id,
        "title": story.title,
        "is_open": story.is_open,
        "letter": _letter(story.impact),
        "phase": {"label": gettext(PHASES[story.phase])},
        "steps": steps(story.phase),
        "started_at": story.started_at,
        "resolved_at": ended,
        "next_update_by": story.next_update_by,
        "is_overdue": story.is_overdue(now),
        "lasted": duration(max(0, ended - story.started_at)) if ended is not None else "",
        "updates": [
            {
                "phase": {"label": gettext(PHASES[each.phase])},
                "message": each.message,
                "at": each.at,
            }
            for each in story.updates
        ],
        "affected": [
            {
                "slug": each.slug,
                "name": each.name,
                "letter": LETTERS[each.impact],
                "label": gettext(STATES[each.impact]),
            }
            for each in story.affected
        ],
    }


def steps(phase: Phase) -> list[dict[str, str]]:
    """The four steps: those before are done, resolved is done at once."""
    reached = list(PHASES).index(phase)
    return [
        {"label": gettext(PHASES[step]), "state": _state(number, reached)}
        for number, step in enumerate(STEPS)
    ]


def about(seen: Snapshot, service: Service) -> list[dict[str, Any]]:
    """The incidents that speak of a service."""
    return [
        told(each, seen.at)
        for each in seen.stories
        if service.slug in {one.slug for one in each.affected}
    ]


def past_two_weeks(seen: Snapshot) -> list[dict[str, Any]]:
    """Lines, the newest first: an incident each, and calm days between folded into one.

    Begins with the day on which there was first something to watch; nothing on that very day.
    """
    today = seen.today
    by_day: dict[date, list[Story]] = {}
    for each in seen.stories:
        by_day.setdefault(local(each.started_at, seen.zone).date(), []).append(each)
    first = max(today - timedelta(days=FORTNIGHT - 1), min([_first_day(seen), *by_day]))
    if first == today and not by_day:
        return []
    lines: list[dict[str, Any]] = []
    calm: list[date] = []
    for back in range((today - first).days + 1):
        day = today - timedelta(days=back)
        if day not in by_day:
            calm.append(day)
            continue
        lines += _calm(calm) + [{"story": told(each, seen.at)} for each in by_day[day]]
        calm = []
    return lines + _calm(calm)


def _first_day(seen: Snapshot) -> date:
    begins: list[Instant] = [each.standing.monitor.created_at for each in seen.services]
    return local(min([*begins, seen.at]), seen.zone).date()


def _calm(days: Sequence[date]) -> list[dict[str, Any]]:
    if not days:
        return []
    return [{"range": _range(days[-1], days[0]), "text": calm_text(len(days))}]


def _range(first: date, last: date) -> str:
    if first == last:
        return short_date(first)
    if first.month == last.month and short_date(first).startswith(str(first.day)):
        return f"{first.day}–{short_date(last)}"
    return f"{short_date(first)} – {short_date(last)}"


def _state(number: int, reached: int) -> str:
    if number < reached or reached >= len(STEPS) - 1:
        return "done"
    return "now" if number == reached else ""


def _letter(impact: Impact) -> str:
    return "n" if impact is Impact.NONE else LETTERS[STATUS_OF_IMPACT[impact]]
