"""The page as Lighthouse sees it: a phone on a slow line, 50 services and 90 days.

Lighthouse's mobile preset (slow 4G, a processor four times as slow), Chromium, a static host on
loopback that sends what `_headers` says and packs with gzip. It needs npm's registry once, and
Chromium.
"""

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from bench import nodes
from bench.databases import everywhere, on_sqlite, prepare
from bench.figures import Figure
from bench.site import Desk, furnished
from kener.actions.incidents import open_incident
from kener.site.headers import cache_control, content_type, extra_headers, security_headers
from kener.store.tables import Monitor

VERSION = "13.5.0"
SERVICES = 50
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "largest-contentful-paint": ("largest paint", "ms", 1200),
    "total-blocking-time": ("blocked", "ms", 50),
}
RUNS = 3
TRIES = 3
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"


def of_pages(*, quick: bool) -> list[Figure]:
    """Home, a service, an incident, history: each category 100, and what the first visit brings."""
    with on_sqlite() as place:
        prepare(place.config, everywhere(8000), SERVICES)
        desk = furnished(place.config)
        paths = _told(desk)
        desk.publish()
        folder = desk.target.current()
        assert folder is not None
        with served(folder) as url:
            pages = dict(list(paths.items())[: 1 if quick else None])
            return [each for name, path in pages.items() for each in _of(name, url + path, quick)]


def _told(desk: Desk) -> Mapping[str, str]:
    """One incident of one service; name → path of each page that is looked at."""
    with desk.database.write() as session:
        monitor = session.query(Monitor).order_by(Monitor.id).limit(1).one()
        fields = {
            "title": "Slow answers in Europe",
            "impact": "minor",
            "message": "We look into it.",
            "monitors": [{"id": monitor.public_id, "impact": "degraded"}],
        }
        incident = open_incident(session, fields, desk.at)
        return {
            "home": "/",
            "service": f"/m/{monitor.slug}/",
            "incident": f"/incidents/{incident.public_id}/",
            "history": "/history/",
        }


def _of(name: str, address: str, quick: bool) -> list[Figure]:  # noqa: FBT001
    reports = [report(address) for _ in range(1 if quick else RUNS)]
    figures = []
    for each in CATEGORIES:
        scores = [one["categories"][each]["score"] * 100 for one in reports]
        measure = f"Lighthouse mobile, {name}: {each}"
        figures.append(Figure(measure, scores, "", 100, 0, at_least=True))
    for audit, (word, unit, limit) in METRICS.items():
        values = [one["audits"][audit]["numericValue"] for one in reports]
        figures.append(Figure(f"Lighthouse mobile, {name}: {word}", values, unit, limit, 0))
    shift = [one["audits"]["cumulative-layout-shift"]["numericValue"] for one in reports]
    figures.append(Figure(f"Lighthouse mobile, {name}: layout shift", shift, "", 0.01, 3))
    if name == "home":
        loaded = [one["audits"]["network-requests"]["details"]["items"] for one in reports]
        sizes = [sum(item["transferSize"] for item in items) / 1000 for items in loaded]
        # The poll that follows is none of them: the page is whole without it.
        counts = [len([one for one in items if "/now.json" not in one["url"]]) for items in loaded]
        figures.append(Figure("first visit of home, transferred", sizes, "kB", 45, 1))
        figures.append(Figure("first visit of home", counts, "requests", 5, 0))
    return figures


def report(address: str) -> dict[str, Any]:
    """What Lighthouse finds on a page. An audit of its own may break down in Chromium; then it has
    no score, and it looks once more. AssertionError when it could not look at all."""
    for _ in range(TRIES):
        found = _report(address)
        if all(found["categories"][each]["score"] is not None for each in CATEGORIES):
            return found
    raise AssertionError(f"Lighthouse has no score for {address}")


def _report(address: str) -> dict[str, Any]:
    tool = nodes.fetched("lighthouse", VERSION)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "Lighthouse needs Chromium"
    with TemporaryDirectory(prefix="kener-lighthouse-") as folder:
        out = Path(folder) / "report.json"
        options = [
            f"--only-categories={','.join(CATEGORIES)}",
            f"--output-path={out}",
            f"--chrome-flags={CHROME}",
            *("--output=json", "--quiet", "--no-enable-error-reporting"),
        ]
        command = ["node", str(tool / "cli" / "index.js"), address, *options]
        done = nodes.run(folder, *command, CHROME_PATH=chromium)
        assert out.exists(), done.stdout[-2000:]
        found: dict[str, Any] = json.loads(out.read_text())
    return found


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A static host of this folder, as any good one is; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            path += "index.html" if not path or path.endswith("/") else ""
            file = folder / path
            found = file.is_file()
            body = gzip.compress(file.read_bytes()) if found else b""
            told = security_headers(path) | extra_headers(path)
            told |= {"Content-Type": content_type(path), "Cache-Control": cache_control(path)}
            self.send_response(200 if found else 404)
            for name, value in told.items():
                self.send_header(name, value)
            if found:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
