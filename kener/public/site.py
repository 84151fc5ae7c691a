"""The public page's folder at `/`: the files as they are, with what any good static host says."""

import os
from pathlib import Path

from flask import Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from kener.public import bp
from kener.site.headers import cache_control, content_type, extra_headers, security_headers
from kener.targets.folder import FolderTarget
from kener.web.address import the_config

RESERVED = frozenset({"admin", "api", "static", "docs", "healthz", "readyz"})
"""First parts of addresses that belong to the app itself, whatever the folder holds."""
STATUS = "api/status.json"
V2 = "api/v2/"
YEAR = 31_536_000


@bp.get("/")
@bp.get("/api/status.json", defaults={"path": STATUS})
@bp.get("/api/v2/<path:below>")
@bp.get("/<path:path>")
def site_file(path: str = "", below: str = "") -> Answer:
    """A file of the newest release. The release is looked up once, so that nobody gets parts of
    two."""
    if below:
        path = f"{V2}{below}"
    elif path.partition("/")[0] in RESERVED and path != STATUS:
        abort(404)
    release = FolderTarget(folder=the_config().site_dir).current()
    if release is None:
        return _making()
    if not is_plain(path):
        return _missing(release)
    if path and not path.endswith("/") and (release / path).is_dir():
        return redirect(f"/{path}/", 308)
    name = f"{path}index.html" if not path or path.endswith("/") else path
    return _answer(release, name) or _missing(release)


def is_plain(path: str) -> bool:
    """Whether a path can only mean something inside the folder: no part of it is hidden, points
    upwards or is not a name at all."""
    parts = path.removesuffix("/").split("/") if path else []
    return all(part and not part.startswith(".") for part in parts) and not set(path) & {"\\", "\0"}


def _answer(release: Path, name: str, status: int = 200) -> Response | None:
    packed = release / f"{name}.gz"
    has_packed = packed.is_file()
    is_packed = has_packed and request.accept_encodings["gzip"] > 0
    try:
        with (packed if is_packed else release / name).open("rb") as file:
            about, body = os.fstat(file.fileno()), file.read()
    except OSError:
        return None
    response = Response(body, status, answer_headers(name))
    if has_packed:
        response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    # Files never change in place, and unchanged ones are linked on: this names the content.
    response.set_etag(f"{about.st_mtime_ns:x}-{about.st_size:x}")
    if status == 200:
        response.make_conditional(request)
    return response


def _missing(release: Path) -> Answer:
    return _answer(release, "404.html", 404) or abort(404)


def _making() -> Response:
    """Nothing was ever built: a matter of seconds after the first start."""
    if request.path.endswith((".json", ".js", ".css", ".svg")):
        response = Response("The first page is being made.\n", 503, content_type="text/plain")
    else:
        response = make_response(render_template("public/making.html"), 503)
    response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_headers(name: str) -> dict[str, str]:
    """What goes along with a file of the site."""
    headers = (
        {"Content-Type": content_type(name)}
        | security_headers(name)
        | extra_headers(name)
        | {"Cache-Control": cache_control(name)}
    )
    if the_config().public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return headers
