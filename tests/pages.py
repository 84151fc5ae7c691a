"""A shop with a history, for tests of the public page."""

from zoneinfo import ZoneInfo

import factories
from sqlalchemy.orm import Session

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, Instant, as_datetime, instant
from kener.core.status import Impact, Status
from kener.store.tables import Observation, Result, Update
from kener.store.tables.incidents import Phase

NOW: Instant = factories.NOW
BERLIN = ZoneInfo("Europe/Berlin")


def a_service(session: Session, name: str, *spans, now=NOW, status=Status.UP, age=200 * DAY, **own):
    """A monitor that was up for `age` but for the spans (ms ago, length, status), and is now
    `status`, as seen 42 s ago."""
    own = {"slug": name.lower().replace(" ", "-"), "created_at": now - age} | own
    monitor = factories.a_monitor(session, name=name, **own)
    at = now - age
    for ago, length, what in sorted(spans, reverse=True):
        factories.a_span(session, monitor, Status.UP, at, to_at=now - ago)
        factories.a_span(session, monitor, what, now - ago, to_at=now - ago + length)
        at = now - ago + length
    if status is not Status.UP:
        factories.a_span(session, monitor, Status.UP, at, to_at=now - 37 * MINUTE)
        at = now - 37 * MINUTE
    factories.a_span(session, monitor, status, at)
    observe(session, monitor, status, at, now)
    return monitor


def observe(session: Session, monitor, status: Status, since: Instant, now=NOW) -> Observation:
    """What the location last saw: 42 s ago, and good for 100 s more."""
    return factories.add(
        session,
        Observation(
            monitor_id=monitor.id,
            location_id=factories.the_location(session).id,
            slot_at=now - 42 * SECOND,
            observed_until=now + 100 * SECOND,
            observed=status,
            confirmed=status,
            run_length=3,
            run_status=status,
            run_since=since,
            latency_us=164_000,
        ),
    )


def measure(session: Session, monitor, now=NOW, every=30 * MINUTE) -> None:
    """Response times of the last 24 h: 100 ms, and each tenth 900 ms."""
    location = factories.the_location(session).id
    for number in range(DAY // every):
        session.add(
            Result(
                due_at=now - DAY + number * every,
                monitor_id=monitor.id,
                location_id=location,
                status=Status.UP,
                latency_us=900_000 if number % 10 == 9 else 100_000,
            )
        )
    session.flush()


def a_shop(session: Session, now=NOW) -> dict:
    """Four services, one degraded; one incident open, one past."""
    # At noon in Berlin, whatever the time is now: no trouble runs over midnight into another day.
    late = now - instant(as_datetime(now).astimezone(BERLIN).replace(hour=12, minute=0))
    checkout_trouble = [
        (20 * DAY + late, 95 * MINUTE, Status.DOWN),
        (9 * DAY + late, 20 * MINUTE, Status.DOWN),
    ]
    shop = {
        "storefront": a_service(session, "Storefront", now=now, position=1),
        "checkout": a_service(
            session,
            "Checkout",
            *checkout_trouble,
            now=now,
            status=Status.DEGRADED,
            position=2,
            description="Paying by card & voucher.",
        ),
        "search": a_service(session, "Search", now=now, position=3, age=30 * DAY),
        "images": a_service(session, "Product images", now=now, position=4),
    }
    measure(session, shop["checkout"], now)
    # Fixed ids: by its name a page knows the minute in which it is made anew every hour.
    an_open_incident(session, shop["checkout"], now, public_id="incopen000")
    factories.an_incident(
        session,
        (shop["storefront"], Status.UP),
        title="Delayed order e-mails",
        status=Phase.RESOLVED,
        impact=Impact.NONE,
        started_at=now - 3 * DAY,
        resolved_at=now - 3 * DAY + 52 * MINUTE,
        message="All were delivered.",
        public_id="incpast000",
    )
    return shop


def an_open_incident(session: Session, monitor, now=NOW, **given):
    """Identified, with two updates."""
    incident = factories.an_incident(
        session,
        (monitor, Status.DEGRADED),
        title="Slow checkout <in Europe>",
        status=Phase.IDENTIFIED,
        impact=Impact.MINOR,
        started_at=now - 37 * MINUTE,
        message="The card processor answers slowly.",
        **given,
    )
    incident.updates[0].at = now - 11 * MINUTE
    early = {"status": Phase.INVESTIGATING, "message": "We look into it.", "at": now - HOUR // 2}
    incident.updates.append(Update(**early))
    session.flush()
    return incident
