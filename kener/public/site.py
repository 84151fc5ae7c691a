"""The public page's folder at `/`: the files as they are, with what any good static host says."""

import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from kener.core.addresses import APP_NAMES, inner
from kener.public import bp
from kener.public._sites import Asked, asked, may_see
from kener.site.headers import (
    cache_control,
    content_type,
    extra_headers,
    policy_told,
    security_headers,
)
from kener.web.address import the_config

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
    elif path.partition("/")[0] in APP_NAMES and path != STATUS:
        abort(404)
    found = asked(path)
    if not may_see(found):
        return redirect(f"/admin/sign-in?{urlencode({'next': request.path})}", 303)
    release = found.target.current()
    if release is None:
        return _making()
    answer = _found(found, release)
    if found.is_private:
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers.pop("Access-Control-Allow-Origin", None)
        answer.vary.add("Cookie")
    return answer


def _found(found: Asked, release: Path) -> Answer:
    path = found.path
    if not is_plain(path):
        return _missing(release)
    is_folder = path and not path.endswith("/") and (release / path).is_dir()
    if is_folder or request.path == found.root:
        return redirect(f"{request.path}/", 308)
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
    if "Content-Security-Policy" in response.headers and not inner(name).startswith("embed/"):
        response.headers["Content-Security-Policy"] = _policy(release)
    if has_packed:
        response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    # Files never change in place, and unchanged ones are linked on: this names the content.
    response.set_etag(f"{about.st_mtime_ns:x}-{about.st_size:x}")
    if status == 200:
        response.make_conditional(request)
    return response


@lru_cache(maxsize=16)
def _policy(release: Path) -> str:
    """What the pages of a release may load: as every other host of it reads it."""
    try:
        return policy_told((release / "_headers").read_text())
    except OSError:
        return policy_told("")


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
