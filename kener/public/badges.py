"""/badge/…svg: as it lies in the folder, or in another style and with another label.

What it says is read from the file for shields.io beside it. So it never says anything else than the
page does, and asks no database.
"""

import json
from pathlib import Path

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from kener.core.addresses import APP_NAMES
from kener.core.status import Status
from kener.public import bp
from kener.public._sites import asked
from kener.public.site import answer_headers, is_plain, site_file
from kener.site.badges import COLOURS, LONGEST, STYLES, Badge, dot, draw

PARAMETERS = {"style", "label"}
STATUS_OF_COLOUR = {colour.removeprefix("#"): status for status, colour in COLOURS.items()}


@bp.get("/badge/<path:name>.svg")
@bp.get("/<page>/badge/<path:name>.svg")
def badge(name: str, page: str = "") -> Answer:
    """A badge; `style` is one of ours, `label` any text of 120 characters, or none at all."""
    below = f"{page}/badge" if page else "badge"
    path = f"{below}/{name}.svg"
    if not request.args or not is_plain(path) or page in APP_NAMES:
        return site_file(path)
    if wrong := _wrong():
        return Response(f"{wrong}\n", 400, content_type="text/plain; charset=utf-8")
    found = _said(below, name)
    if found is None:
        return site_file(path)
    label = request.args.get("label", found.label)
    shown = Badge(label, found.message, found.status)
    is_dot = name.rpartition("/")[2] == "dot"
    svg = dot(shown) if is_dot else draw(shown, request.args.get("style", STYLES[0]))
    response = Response(svg, headers=answer_headers(path))
    response.add_etag()
    return response.make_conditional(request)


def _wrong() -> str:
    if unknown := set(request.args) - PARAMETERS:
        return f"There is no parameter {min(unknown)[:40]!r}; there are style and label."
    if request.args.get("style", STYLES[0]) not in STYLES:
        return f"style must be one of {', '.join(STYLES)}."
    if len(request.args.get("label", "")) > LONGEST:
        return f"label must have at most {LONGEST} characters."
    return ""


def _said(below: str, name: str) -> Badge | None:
    """What the badge of this name says; None when there is none, or none for whoever asks."""
    there = asked(below)
    release = there.target.current()
    if release is None or there.is_private:
        return None
    folder, _, kind = name.rpartition("/")
    path = Path(folder) / f"{'status' if kind == 'dot' else kind}.json"
    try:
        found = json.loads((release / there.path / path).read_bytes())
    except OSError:
        return None
    return Badge(
        found["label"], found["message"], STATUS_OF_COLOUR.get(found["color"], Status.UNKNOWN)
    )
