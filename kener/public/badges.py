"""/badge/…svg: as it lies in the folder, or in another style and with another label.

What it says is read from the file for shields.io beside it. So it never says anything else than the
page does, and asks no database.
"""

import json
from pathlib import Path

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from kener.core.status import Status
from kener.public import bp
from kener.public.site import answer_headers, is_plain, site_file
from kener.site.badges import COLOURS, LONGEST, STYLES, Badge, dot, draw
from kener.targets.folder import FolderTarget
from kener.web.address import the_config

PARAMETERS = {"style", "label"}
STATUS_OF_COLOUR = {colour.removeprefix("#"): status for status, colour in COLOURS.items()}


@bp.get("/badge/<path:name>.svg")
def badge(name: str) -> Answer:
    """A badge; `style` is one of ours, `label` any text of 120 characters, or none at all."""
    if not request.args or not is_plain(name):
        return site_file(f"badge/{name}.svg")
    if wrong := _wrong():
        return Response(f"{wrong}\n", 400, content_type="text/plain; charset=utf-8")
    found = _said(name)
    if found is None:
        return site_file(f"badge/{name}.svg")
    label = request.args.get("label", found.label)
    shown = Badge(label, found.message, found.status)
    is_dot = name.rpartition("/")[2] == "dot"
    svg = dot(shown) if is_dot else draw(shown, request.args.get("style", STYLES[0]))
    response = Response(svg, headers=answer_headers(f"badge/{name}.svg"))
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


def _said(name: str) -> Badge | None:
    """What the badge of this name says; None when there is none."""
    release = FolderTarget(folder=the_config().site_dir).current()
    if release is None:
        return None
    folder, _, kind = name.rpartition("/")
    path = Path(folder) / f"{'status' if kind == 'dot' else kind}.json"
    try:
        found = json.loads((release / "badge" / path).read_bytes())
    except OSError:
        return None
    return Badge(
        found["label"], found["message"], STATUS_OF_COLOUR.get(found["color"], Status.UNKNOWN)
    )
