"""/admin/monitors: the list, and what changed in it."""

from flask import make_response, render_template, request

from kener.admin import bp
from kener.admin._answers import Answer, page
from kener.admin._gate import the_time
from kener.admin._monitor_rows import Listing, Row, Wanted, listing
from kener.store.rail import rail
from kener.web.database import session

MOST_MARKS = 200


@bp.get("/monitors")
def monitors() -> Answer:
    """The list that the address asks for."""
    zone = rail(session()).page.time_zone
    found = listing(session(), Wanted.of(request.args), zone, the_time())
    return page("admin/monitors/index.html", partial="admin/monitors/_list.html", listing=found)


@bp.get("/monitors/live")
def live_monitors() -> Answer:
    """What of the list looks different from what the browser has: its marks say what it has."""
    zone = rail(session()).page.time_zone
    found = listing(session(), Wanted.of(request.args), zone, the_time())
    had = request.args.getlist("mark")[:MOST_MARKS]
    if not _same_rows(had, found):
        response = make_response(render_template("admin/monitors/_list.html", listing=found))
        response.headers["HX-Retarget"] = "#monitors"
        response.headers["HX-Reswap"] = "outerMorph"
        return response
    changed = [row for row in found.rows if row.mark not in had]
    moved = found.counts_mark != request.args.get("counts")
    if not changed and not moved:
        return make_response("", 204)
    html = render_template("admin/monitors/live.html", listing=found, rows=changed, moved=moved)
    return make_response(html)


def _same_rows(had: list[str], found: Listing) -> bool:
    return [mark.partition(".")[0] for mark in had] == [_id(row) for row in found.rows]


def _id(row: Row) -> str:
    return row.monitor.public_id
