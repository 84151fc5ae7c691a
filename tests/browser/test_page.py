"""The public page in a real browser, from a server that knows nothing but files."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pages
import pytest
from browsers import a_browser
from playwright.sync_api import expect

from kener.core.days import days
from kener.core.instant import DAY, HOUR, MINUTE, SECOND
from kener.core.status import Status
from kener.site.build import build
from kener.site.headers import SECURITY, cache_control, content_type
from kener.site.snapshot import snapshot
from kener.site.strips import paths
from kener.site.wording import local
from kener.store.clock import now
from kener.store.tables import Incident, Monitor, Observation, Page, Span
from kener.store.tables.incidents import Phase

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
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
        for name, value in SECURITY.items():
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
    """Publish the site as it is (some ms ago) to the host."""
    count = iter(range(1, 100))

    def put(ago=0):
        with database.read() as session:
            seen = snapshot(session, now() - ago)
            release = build(session, seen, seq=next(count), every=EVERY, known={})
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
        assert [each for each in said if not each.startswith(tuple(expected) or "\0")] == []

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


@pytest.mark.parametrize("path", ["/", "/m/checkout/", "/404.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1010])
def test_no_page_scrolls_sideways_or_breaks_its_policy(put, visit, path, scheme, width):
    put()
    with visit(path, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        expect(page.locator("#age")).to_contain_text("ago")
        scrolls = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert scrolls <= 0


def test_the_first_visit_needs_few_requests(put, host, visit):
    put()
    with visit() as page:
        page.wait_for_load_state("networkidle")

    assert len(host.asked) <= 7
    assert "htmx" not in " ".join(host.asked)


def test_without_javascript_everything_is_there(put, visit):
    put()
    with visit(java_script_enabled=False) as page:
        expect(page.locator("#verdict h1")).to_have_text("Checkout is degraded.")
        expect(page.locator("#age")).to_contain_text("Published")
        expect(page.locator("footer")).to_contain_text("normally replaced every minute")
        expect(page.locator(".svc .pct").nth(1)).to_contain_text("99.")
        expect(page.locator(".js").first).not_to_be_visible()
        page.locator(".svc summary").nth(1).click()
        expect(page.locator(".more").nth(1)).to_contain_text("Paying by card")


def test_a_fresh_page_tells_when_it_was_checked(put, visit):
    put()
    with visit() as page:
        expect(page.locator("#age")).to_have_text("Checked 43 seconds ago", timeout=9000)
        expect(page.locator("#unsure")).not_to_be_visible()


def test_a_late_page_says_so_but_keeps_its_verdict(put, visit):
    put(ago=4 * MINUTE)
    with visit() as page:
        expect(page.locator("#age")).to_have_text("Last published 4 minutes ago, later than usual")
        expect(page.locator("#verdict h1")).to_be_visible()


def test_a_stale_page_takes_its_verdict_back(put, visit):
    put(ago=26 * MINUTE)
    with visit() as page:
        expect(page.locator("#unsure h1")).to_have_text("We can’t confirm the status right now.")
        expect(page.locator("#verdict h1")).not_to_be_visible()
        expect(page.locator("#unsure-age")).to_have_text("26 minutes")
        expect(page).to_have_title("◌ Not current – Northwind status")
        assert "icon-n" in page.locator("#icon").get_attribute("href")
        assert "grayscale" in page.locator(".svc .strip").first.evaluate(
            "each => getComputedStyle(each).filter"
        )


def test_a_page_that_is_published_again_is_believed_again(put, visit):
    put(ago=26 * MINUTE)
    with visit() as page:
        expect(page.locator("#unsure h1")).to_be_visible()
        put()
        poll_now(page)
        expect(page.locator("#verdict h1")).to_be_visible()
        expect(page.locator("#unsure h1")).not_to_be_visible()
        assert "icon-d" in page.locator("#icon").get_attribute("href")


@pytest.mark.parametrize("wrong", [-DAY, DAY])
def test_a_wrong_clock_raises_no_warning_and_hides_none(put, visit, host, wrong):
    """The visitor's clock and ours differ by a day; the server's counts."""
    put()
    with visit(None) as page:
        page.clock.install(time=(now() + wrong) / 1000)
        page.goto(host.url)
        expect(page.locator("#age")).to_contain_text("Checked 4")
        expect(page.locator("#unsure")).not_to_be_visible()
    put(ago=26 * MINUTE)
    with visit(None) as page:
        page.clock.install(time=(now() + wrong) / 1000)
        page.goto(host.url)
        expect(page.locator("#unsure h1")).to_be_visible()


def test_a_page_without_its_server_grows_old_by_itself(put, visit, host):
    put()
    with visit(expected=["Failed to load resource"]) as page:
        expect(page.locator("#age")).to_contain_text("Checked")
        host.is_down = True
        for _ in range(3):
            poll_now(page)
            page.wait_for_timeout(100)
        expect(page.locator("#age")).to_contain_text("You appear to be offline. Published")
        expect(page.locator("#verdict h1")).to_be_visible()


def test_news_is_swapped_in_without_closing_what_was_opened(put, visit, database, host):
    put()
    with visit() as page:
        page.locator(".svc .nm").nth(1).click()
        expect(page.locator(".more").nth(1)).to_be_visible()
        expect(page.locator("#say")).to_have_text("")
        page.locator(".svc summary").nth(1).focus()
        resolve(database)
        put()
        poll_now(page)
        expect(page.locator("#v")).to_have_text("Everything is working.")
        expect(page.locator(".inc")).to_have_count(0)
        expect(page.locator("#say")).to_have_text("Everything is working.")
        expect(page).to_have_title("● Operational – Northwind status")
        expect(page.locator(".more").nth(1)).to_be_visible()
        assert page.evaluate("document.activeElement.closest('details').id") == "s-checkout"
        assert sum("htmx" in each for each in host.asked) == 1


def test_a_services_page_follows_its_state_too(put, visit, database):
    put()
    with visit("/m/checkout/") as page:
        expect(page.locator("#v")).to_have_text("Checkout is degraded.")
        expect(page.locator("#age")).to_contain_text("Checked")
        resolve(database)
        put()
        poll_now(page)
        expect(page.locator("#v")).to_have_text("Checkout is working.")
        assert page.locator("#live #live").count() == 0


def test_news_that_cannot_be_fetched_is_not_taken_for_fresh(put, visit, database, host):
    put(ago=3 * MINUTE)
    with visit(expected=["Failed to load resource"]) as page:
        expect(page.locator("#age")).to_contain_text("Last published 3 minutes ago")
        resolve(database)
        put()
        live = json.loads(host.files["now.json"].body)["live"].lstrip("/")
        missing = host.files.pop(live)
        poll_now(page)
        page.wait_for_timeout(300)
        expect(page.locator("#v")).to_have_text("Checkout is degraded.")
        expect(page.locator("#age")).to_contain_text("Last published 3 minutes ago")
        host.files[live] = missing
        poll_now(page)
        expect(page.locator("#v")).to_have_text("Everything is working.")


@pytest.mark.parametrize(
    "zone",
    ["Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Pacific/Kiritimati",
     "Pacific/Pago_Pago", "America/Havana", "Africa/Cairo", "UTC"],
)  # fmt: skip
def test_bars_in_the_viewers_zone_are_what_the_server_would_draw(put, visit, zone):
    seen = put()
    today = local(seen.at, zone).date()
    with visit(timezone_id=zone) as page:
        expect(page.locator("#zone-name")).not_to_contain_text("Berlin")
        for service in seen.services:
            wanted = paths(each.status for each in days(service.stretches, zone, today, 90))
            strip = page.locator(f"#s-{service.slug} .strip path")
            expect(strip).to_have_count(len(wanted))
            for path, (letter, drawn) in zip(strip.all(), wanted, strict=True):
                expect(path).to_have_attribute("class", letter)
                expect(path).to_have_attribute("d", drawn)


def test_times_follow_the_zone_and_the_choice_is_kept(put, visit):
    seen = put()
    began = seen.open_stories[0].started_at
    with visit(timezone_id="Asia/Kathmandu") as page:
        shown = page.locator(".inc header .meta time")
        expect(shown).to_contain_text(f"{local(began, 'Asia/Kathmandu'):%H:%M}")
        published = local(seen.at, "Asia/Kathmandu")
        expect(page.locator("footer .pub")).to_contain_text(f"{published:%H:%M} UTC+5:45.")
        page.locator("#zone").select_option("UTC")
        expect(shown).to_contain_text(f"{local(began, 'UTC'):%H:%M}")
        page.reload()
        expect(page.locator("#zone-name")).to_have_text("UTC")


def the_day(page, ago):
    """Where on the screen the checkout's day is, so many days ago."""
    box = page.locator("#s-checkout .bar").bounding_box()
    return box["x"] + box["width"] * (90 - ago - 0.5) / 90, box["y"] + 10


def test_a_day_tells_what_happened_by_mouse_tap_and_key(put, visit):
    put()
    with visit() as page:
        page.mouse.move(*the_day(page, 20))
        tip = page.locator(".tip")
        expect(tip).to_contain_text("Outage")
        expect(tip).to_contain_text("1 h 35 min")
        tip.hover()
        page.wait_for_timeout(300)
        expect(tip).to_be_visible()
        page.mouse.move(10, 10)
        expect(tip).not_to_be_visible()

        page.mouse.click(*the_day(page, 20))
        page.mouse.move(10, 10)
        page.wait_for_timeout(300)
        expect(tip).to_be_visible()
        expect(page.locator("#s-checkout .more")).not_to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).not_to_be_visible()

        page.locator("#s-checkout summary").focus()
        page.keyboard.press("ArrowLeft")
        expect(tip).to_contain_text("Degraded")
        expect(tip.locator("a")).to_have_text("Slow checkout <in Europe>")
        for _ in range(9):
            page.keyboard.press("ArrowLeft")
        expect(tip).to_contain_text("Outage")
        expect(tip).to_contain_text("20 min")


def test_the_theme_is_chosen_once_and_does_not_flash(put, visit):
    put()
    with visit(color_scheme="light") as page:
        paper = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(paper) == "rgb(246, 244, 238)"
        page.locator("#theme").click()
        assert page.evaluate(paper) == "rgb(14, 17, 22)"
        page.reload(wait_until="commit")
        page.wait_for_function("document.body")
        assert page.evaluate(paper) == "rgb(14, 17, 22)"
