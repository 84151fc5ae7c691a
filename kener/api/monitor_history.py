"""/api/monitors/<id>/results, /spans, /uptime and /latency: how a monitor was."""

import re
from typing import Annotated, Any

from flask import Response, g
from pydantic import AfterValidator, BeforeValidator

from kener.actions.fields import words_of
from kener.api import bp
from kener.api._answers import done
from kener.api._history import (
    LatencyDocument,
    ResultDocument,
    SpanDocument,
    UptimeDocument,
    day_document,
    latency_figures,
    listed_without_total,
    result_document,
    span_document,
    uptime_figures,
)
from kener.api._input import ListQuery, cursor_of, keys_of
from kener.api._keys import needs
from kener.api._lists import commas
from kener.api._shapes import Answer, OpenListAnswer
from kener.api._window import LONGEST, TimesQuery, Window, WindowQuery, times_of, window_of
from kener.checks import check_cron
from kener.core.days import days_within
from kener.core.errors import Invalid
from kener.core.instant import DAY, HOUR, MINUTE, SECOND, Instant, iso
from kener.core.latency import together
from kener.core.status import Status
from kener.core.uptime import lengths, outages, uptime
from kener.store.clock import now
from kener.store.history import stretches
from kener.store.latencies import latencies
from kener.store.monitors import all_locations, find_monitor
from kener.store.newest import COUNTS, newest
from kener.store.past import past
from kener.web.address import the_config
from kener.web.database import session

MOST_POINTS = 200
MOST_PERCENTILES = 10
STEPS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2)),
)
FINE = 26 * HOUR
"""How long a window may be for its samples to be opened: longer ones go by the hours' figures."""
PERCENT = re.compile(r"\d{1,3}(\.\d{1,3})?")


def _percents(value: Any) -> Any:
    texts = [each.strip() for each in str(value).split(",")]
    if not all(PERCENT.fullmatch(each) and 0 < float(each) <= 100 for each in texts):
        raise ValueError("must be numbers over 0 up to 100, like 50,95,99.9")
    if len(texts) > MOST_PERCENTILES:
        raise ValueError(f"must be at most {MOST_PERCENTILES} numbers")
    return tuple(sorted({float(each) for each in texts}))


def _zone(name: str) -> str:
    try:
        check_cron("* * * * *", name)
    except Invalid as error:
        raise ValueError(error.problems["time_zone"]) from None
    return name


def _observable(value: Any) -> Any:
    if value not in list(COUNTS):
        raise ValueError(f"must be one of {', '.join(COUNTS)}")
    return Status(value)


class ResultsQuery(ListQuery, TimesQuery):
    """Which results."""

    status: Annotated[Status, BeforeValidator(_observable), words_of(COUNTS)] | None = None


class SpansQuery(ListQuery, TimesQuery):
    """Which spans."""


class UptimeQuery(WindowQuery):
    """`days`: each local day of the time zone too."""

    days: bool = False
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"


class LatencyQuery(WindowQuery):
    """Which percentiles, besides."""

    percentiles: Annotated[
        tuple[float, ...],
        BeforeValidator(
            _percents,
            json_schema_input_type=commas(type="number", exclusiveMinimum=0, maximum=100),
        ),
    ] = (50, 95, 99)


@bp.get("/monitors/<monitor_id>/results")
@needs("read:monitors", takes=ResultsQuery, gives=OpenListAnswer[ResultDocument])
def list_results(monitor_id: str) -> Response:
    """What each check saw, the newest first."""
    asked: ResultsQuery = g.parameters
    at = now()
    from_at, to_at = times_of(asked, at)
    # A slot may be claimed a little ahead; what is asked up to now has it all the same.
    end = to_at if asked.to_at is not None else at + HOUR
    key = keys_of(asked.cursor, 2)
    monitor = find_monitor(session(), monitor_id)
    oldest = max(from_at or 0, end - LONGEST, at - (the_config().results_days + 1) * DAY)
    before = min((key[0], key[1]), (end, 0)) if key else (end, 0)
    part = newest(session(), monitor.id, oldest, before, asked.limit, status=asked.status)
    places = {each.id: each.name for each in all_locations(session())}
    return listed_without_total(
        [result_document(each, places) for each in part.rows],
        limit=asked.limit,
        following=None if part.following is None else cursor_of(*part.following),
    )


@bp.get("/monitors/<monitor_id>/spans")
@needs("read:monitors", takes=SpansQuery, gives=OpenListAnswer[SpanDocument])
def list_spans(monitor_id: str) -> Response:
    """The confirmed history without a hole, the newest first."""
    asked: SpansQuery = g.parameters
    at = now()
    from_at, to_at = times_of(asked, at)
    (before,) = keys_of(asked.cursor, 1) or (to_at,)
    monitor = find_monitor(session(), monitor_id)
    part = past(session(), monitor, from_at, min(before, to_at), asked.limit, now=at)
    return listed_without_total(
        [span_document(each, at) for each in part.rows],
        limit=asked.limit,
        following=None if part.following is None else cursor_of(part.following),
    )


@bp.get("/monitors/<monitor_id>/uptime")
@needs("read:monitors", takes=UptimeQuery, gives=Answer[UptimeDocument])
def show_uptime(monitor_id: str) -> Response:
    """How much of the watched time it was up, as visitors saw it."""
    asked: UptimeQuery = g.parameters
    at = now()
    from_at, to_at = window_of(asked, at)
    monitor = find_monitor(session(), monitor_id)
    seen = stretches(session(), [monitor.id], from_at, to_at, at)[monitor.id]
    document: dict[str, Any] = {"from": iso(from_at), "to": iso(to_at)}
    document |= uptime_figures(uptime(seen), lengths(seen)) | {"outages": outages(seen)}
    if asked.days:
        days = days_within(seen, asked.time_zone, from_at, to_at)
        document["time_zone"] = asked.time_zone
        document["days"] = [day_document(each) for each in days]
    return done(document)


@bp.get("/monitors/<monitor_id>/latency")
@needs("read:monitors", takes=LatencyQuery, gives=Answer[LatencyDocument])
def show_latency(monitor_id: str) -> Response:
    """How long checks took: all of the window, and step by step."""
    asked: LatencyQuery = g.parameters
    at = now()
    (from_at, to_at), step = _in_steps(window_of(asked, at), at)
    monitor = find_monitor(session(), monitor_id)
    found = latencies(session(), monitor.id, from_at, to_at, step)
    whole = latency_figures(together(found.values()), asked.percentiles)
    points = [
        {"at": iso(start), **latency_figures(each, asked.percentiles)}
        for start, each in found.items()
    ]
    window = {"from": iso(from_at), "to": iso(to_at), "step": step // SECOND}
    return done(window | whole | {"points": points})


def _in_steps(window: Window, at: Instant) -> tuple[Window, int]:
    """The window widened to whole steps, so that it stands still for as long as one of them, and
    how long they are: an hour at least where only the hours' figures serve, as the window is long
    or its samples are pruned."""
    from_at, to_at = window
    is_fine = to_at - from_at <= FINE and from_at >= at - the_config().results_days * DAY
    least = max(MINUTE if is_fine else HOUR, (to_at - from_at) / (MOST_POINTS - 2))
    step = next(each for each in STEPS if each >= least)
    return (from_at // step * step, -(-to_at // step) * step), step
