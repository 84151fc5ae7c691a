"""The public page on a static host, and a real browser that visits it."""

from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pages
import pytest
from browsers import a_browser

from kener.core.instant import HOUR, SECOND
from kener.core.status import Status
from kener.site.build import build
from kener.site.headers import cache_control, content_type, security_headers
from kener.site.snapshot import snapshot
from kener.store.clock import now
from kener.store.tables import Incident, Monitor, Observation, Page, Span
from kener.store.tables.incidents import Phase

EVERY = 60


class Host:
    """A static host: what it has is `files`; its clock may be wrong by `ahead` ms."""

    def __init__(self):
        self.files, self.asked, self.ahead, self.is_down = {}, [], 0, False
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.answer(self)

            def date_time_string(self, timestamp=None):
                at = datetime.fromtimestamp((now() + host.ahead) / 1000, UTC)
                return format_datetime(at, usegmt=True)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, request):
        path = request.path.lstrip("/")
        path += "index.html" if not path or path.endswith("/") else ""
        self.asked.append(path)
        file = None if self.is_down else self.files.get(path)
        body = file.body if file else b""
        request.send_response(200 if file else 503 if self.is_down else 404)
        for name, value in security_headers(path).items():
            request.send_header(name, value)
        request.send_header("Content-Type", content_type(path))
        request.send_header("Cache-Control", cache_control(path) if file else "no-store")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def host():
    host = Host()
    thread = Thread(target=host.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield host
    host.server.shutdown()
    thread.join()
    host.server.server_close()


@pytest.fixture(scope="module")
def browser():
    with a_browser() as browser:
        yield browser


@pytest.fixture
def shop(database):
    with database.write() as session:
        page = session.query(Page).one()
        page.title, page.time_zone = "Northwind status", "Europe/Berlin"
        return pages.a_shop(session, now())


@pytest.fixture
def put(database, host, shop):
    """Publish the site as it is (some ms ago, or at a time) to the host."""
    count = iter(range(1, 100))

    def put(ago=0, at=None):
        with database.read() as session:
            seen = snapshot(session, now() - ago if at is None else at)
            release = build(
                session,
                [("", seen)],
                seq=next(count),
                every=EVERY,
                url="http://127.0.0.1",
                known={},
            ).made()
        host.files |= release.files
        return seen

    return put


@pytest.fixture
def visit(browser, host):
    """Open an address; nothing may be said on the console but what is expected."""

    @contextmanager
    def visit(path="/", expected=(), **options):
        options = {"timezone_id": "Europe/Berlin", "viewport": {"width": 1010, "height": 900}} | (
            options
        )
        context = browser.new_context(**options)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        if path:
            page.goto(host.url + path)
        yield page
        context.close()
        odd = [each for each in said if not each.startswith(tuple(expected) or "\0")]
        assert odd == [], odd

    return visit


def resolve(database):
    """All is well again."""
    at = now()
    with database.write() as session:
        for each in session.query(Incident):
            each.status, each.resolved_at = Phase.RESOLVED, each.resolved_at or at
        checkout = session.query(Monitor).filter_by(slug="checkout").one()
        span = session.query(Span).filter_by(monitor_id=checkout.id, to_at=None).one()
        span.to_at = at - SECOND
        session.flush()
        up = Span(monitor_id=checkout.id, status=Status.UP, from_at=at - SECOND)
        session.add(up)
        seen = session.query(Observation).filter_by(monitor_id=checkout.id).one()
        seen.observed = seen.confirmed = Status.UP
        seen.observed_until = at + HOUR


def poll_now(page):
    """What happens when somebody comes back to the tab."""
    page.evaluate("dispatchEvent(new Event('focus'))")
