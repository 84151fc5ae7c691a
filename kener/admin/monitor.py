"""/admin/monitors/<id>: one monitor, how it is, and how it was."""

from dataclasses import dataclass
from typing import Any

from kener.admin import bp
from kener.admin._answers import Answer, page
from kener.admin._forms import Field, filled
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.admin._monitor_fields import fields_of, known_kind, stored_texts
from kener.admin._monitor_rows import Row, rows_of
from kener.admin._settings_fields import PREFIX
from kener.admin.monitor_probe import seen
from kener.admin.monitor_status import status_form, takes_status
from kener.core.instant import DAY, HOUR, Instant
from kener.core.outcome import Outcome
from kener.core.packing import Sample
from kener.core.status import Status
from kener.core.timeline import cut
from kener.core.uptime import uptime
from kener.site.charts import Chart, chart, points
from kener.store.history import stretches
from kener.store.monitors import all_monitors, heartbeat_tokens
from kener.store.rail import rail
from kener.store.results import latency, samples
from kener.store.secrets import SecretLost
from kener.store.standing import Standing, standings
from kener.store.tables import Monitor
from kener.web.address import the_config
from kener.web.database import session

SHOWN_RESULTS = 20
CHART_STEPS, CHART_WIDTH, CHART_HEIGHT = 96, 960, 120
WINDOWS = (("24 hours", DAY), ("7 days", 7 * DAY), ("30 days", 30 * DAY))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is shown: its label, and its value masked."""

    label: str
    value: str


@bp.get("/monitors/<public_id>")
def monitor(public_id: str) -> Answer:
    """How it is, how it was, and what it is set to."""
    found = my_monitor(public_id)
    now, zone = the_time(), rail(session()).page.time_zone
    (standing,) = standings(session(), now, monitors=[found])
    (row,) = rows_of(session(), [standing], zone, now)
    return page(
        "admin/monitors/show.html",
        partial="admin/monitors/_now.html",
        monitor=found,
        status_form=status_form() if takes_status(found) else None,
        **_now(row, zone, now),
    )


def _now(row: Row, zone: str, now: Instant) -> dict[str, Any]:
    """What changes by itself: asked for again every ten seconds."""
    found, standing = row.monitor, row.standing
    return {
        "row": row,
        "standing": standing,
        "zone": zone,
        "settings": settings_of(found),
        "results": _results(found, now),
        "uptimes": _uptimes(found, now),
        "chart": _chart(found, now),
        "seen": seen(_outcome(standing), zone),
        "is_settled": known_kind(found.kind).is_settled,
        "address": _address(found),
        "locked": _is_locked(found),
    }


def settings_of(found: Monitor) -> list[Setting]:
    """The settings that are not as usual, secrets masked."""
    fields = fields_of(known_kind(found.kind))
    usual = filled(fields, {})
    return [
        Setting(each.label, _in_words(each))
        for each in filled(fields, stored_texts(found)).fields
        if each.name.startswith(PREFIX) and each.value != usual[each.name].value
    ]


def _in_words(field: Field) -> str:
    if field.widget != "picks":
        return WORDS.get(field.value, field.value)
    names = {each.public_id: each.name for each in all_monitors(session())}
    return "\n".join(names.get(each, "a monitor that was deleted") for each in field.picked)


WORDS = {"true": "yes", "false": "no"}


def _results(found: Monitor, now: Instant) -> list[Sample]:
    """The last results, the newest first; a rare kind is looked for further back."""
    for back in (2 * HOUR, 2 * DAY, 60 * DAY):
        seen = samples(session(), found.id, now - back, now + HOUR)
        if len(seen) >= SHOWN_RESULTS:
            break
    return list(reversed(seen))[:SHOWN_RESULTS]


def _uptimes(found: Monitor, now: Instant) -> list[tuple[str, str]]:
    past = stretches(session(), [found.id], now - WINDOWS[-1][1], now, now)[found.id]
    texts = []
    for name, length in WINDOWS:
        text = uptime(cut(past, now - length, now)).text()
        texts.append((name, f"{text} %" if text else "no data"))
    return texts


def _chart(found: Monitor, now: Instant) -> Chart | None:
    """A day of response times, in steps of a quarter of an hour."""
    begin, step = now - DAY, DAY // CHART_STEPS
    counts = latency(session(), [found.id], begin, now, step)[found.id]
    each_step = [counts.get(at, {}) for at in range(begin, now, step)]
    return chart(points(each_step), CHART_WIDTH, CHART_HEIGHT)


def _outcome(standing: Standing) -> Outcome:
    return Outcome(
        standing.observed or Status.UNKNOWN,
        latency_ms=standing.latency_ms,
        phases=standing.phases,
        facts=standing.facts,
    )


def _address(found: Monitor) -> str | None:
    """Where a heartbeat reports to."""
    try:
        token = heartbeat_tokens(session(), [found.id]).get(found.id)
    except SecretLost:
        return None
    return f"{the_config().public_url}/api/heartbeat/{token}" if token else None


def _is_locked(found: Monitor) -> bool:
    return "last_ping" in known_kind(found.kind).needs and _address(found) is None
