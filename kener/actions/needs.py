"""What a check declares to need besides the network, fetched for its probe."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kener.checks import Cached, Check, LastPing, MemberStatus, PushedStatus
from kener.core.instant import Instant
from kener.store import needs

Extras = dict[int, dict[str, Any]]


def extras(
    session: Session,
    wanted: Mapping[int, Check],
    now: Instant,
    location_id: int | None = None,
) -> Extras:
    """What to hand over in the context, by monitor id (one that is stored nowhere may have any
    other number). One query for each kind of need that occurs; of `location_id`, or of any."""
    found: Extras = {key: {} for key in wanted}
    for name, fetch in FETCH.items():
        mine = {key: check for key, check in wanted.items() if name in check.needs}
        if mine:
            for key, value in fetch(session, mine, now, location_id).items():
                found[key][name] = value
    return found


def member_status(member: needs.Member) -> MemberStatus:
    """A member as its group may tell of it: what is hidden has no name there."""
    return MemberStatus("" if member.hidden else member.name, member.status, member.paused)


def _last_pings(
    session: Session, wanted: Mapping[int, Check], _now: Instant, _place: int | None
) -> dict[int, Any]:
    rows = needs.last_pings(session, list(wanted))
    return {key: LastPing(*rows[key][1:]) if key in rows else LastPing() for key in wanted}


def _pushed(
    session: Session, wanted: Mapping[int, Check], _now: Instant, _place: int | None
) -> dict[int, Any]:
    rows = needs.pushed_statuses(session, list(wanted))
    return {key: PushedStatus(*row[1:]) for key, row in rows.items()}


def _cached(
    session: Session, wanted: Mapping[int, Check], _now: Instant, place: int | None
) -> dict[int, Any]:
    rows = needs.last_facts(session, list(wanted), place)
    return {key: Cached(facts, at) for key, (facts, at) in rows.items()}


def _members(
    session: Session, wanted: Mapping[int, Check], now: Instant, _place: int | None
) -> dict[int, Any]:
    names = {key: list(getattr(check, "members", ())) for key, check in wanted.items()}
    rows = needs.members(session, {each for several in names.values() for each in several}, now)
    return {
        key: {each: member_status(rows[each]) for each in several if each in rows}
        for key, several in names.items()
    }


FETCH = {
    "last_ping": _last_pings,
    "member_statuses": _members,
    "pushed_status": _pushed,
    "cache": _cached,
}
