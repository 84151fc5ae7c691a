"""/api/status: how is everything? For anybody."""

from typing import Any

from flask import Response

from kener.api import bp
from kener.api._answers import done
from kener.api._incident import public_document
from kener.api._keys import anybody
from kener.core.instant import iso, iso_or_none
from kener.core.status import verdict
from kener.core.words import headline
from kener.store.clock import now
from kener.store.incidents import open_incidents
from kener.store.standing import Standing, standings
from kener.web.database import session


@bp.get("/status")
@anybody()
def status() -> Response:
    """The state of all that visitors may see, and what is said of it."""
    at = now()
    shown = standings(session(), at, public=True)
    response = done(
        {
            "status": verdict(each.displayed for each in shown).value,
            "sentence": headline((each.monitor.name, each.displayed) for each in shown),
            "at": iso(at),
            "monitors": [_monitor(each) for each in shown],
            "incidents": [public_document(each) for each in open_incidents(session(), public=True)],
        }
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _monitor(standing: Standing) -> dict[str, Any]:
    return {
        "id": standing.monitor.public_id,
        "slug": standing.monitor.slug,
        "name": standing.monitor.name,
        "status": standing.displayed.value,
        "since": iso_or_none(standing.since),
        "checked_at": iso_or_none(standing.checked_at),
        "latency_ms": None if standing.latency_ms is None else round(standing.latency_ms, 3),
    }
