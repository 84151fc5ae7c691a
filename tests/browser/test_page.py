"""The public page in a real browser, from a server that knows nothing but files."""

import pytest
from browser.host import browser, host, put, shop, visit
from playwright.sync_api import expect

from kener.actions.pages import edit_page
from kener.core.days import days
from kener.core.instant import DAY, HOUR, MINUTE, parse_iso
from kener.core.status import Status
from kener.site.strips import paths
from kener.site.wording import local
from kener.store.clock import now
from kener.store.pages import default_page
from kener.store.tables import Monitor, Span

__all__ = ["browser", "host", "put", "shop", "visit"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


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

    assert len([each for each in host.asked if each != "now.json"]) <= 5
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


@pytest.mark.parametrize("width", [320, 1010])
def test_an_announcement_covers_nothing(database, put, visit, width):
    with database.write() as session:
        words = {"text": "We move on Sunday. " * 8, "url": "https://example.org/news"}
        edit_page(session, default_page(session), {"look": {"announcement": words}}, now())
    put()
    with visit(viewport={"width": width, "height": 800}) as page:
        expect(page.locator(".notice")).to_contain_text("We move on Sunday.")
        expect(page.locator("#age")).to_contain_text("ago")
        places = [page.locator(each).bounding_box() for each in ("#fresh", "#verdict", ".notice")]
        fresh, verdict, notice = ((each["y"], each["y"] + each["height"]) for each in places)

    assert fresh[1] <= notice[0]
    assert verdict[1] <= notice[0]


ZONES = (
    "Africa/Cairo", "America/Havana", "America/New_York", "America/St_Johns", "Asia/Kathmandu",
    "Asia/Tokyo", "Australia/Lord_Howe", "Europe/Dublin", "Pacific/Chatham", "Pacific/Kiritimati",
    "Pacific/Pago_Pago", "UTC",
)  # fmt: skip
MOMENTS = {"autumn and the new year": "2027-01-20T10:00:00Z", "spring": "2027-04-20T22:30:00Z"}
"""The 90 days before them have the day on which clocks go back, or forward, of most zones."""


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("zone", ZONES)
def test_bars_in_the_viewers_zone_are_what_the_server_would_draw(  # noqa: PLR0913, PLR0917
    database, host, put, visit, zone, moment
):
    at = parse_iso(MOMENTS[moment])
    host.ahead = at - now()
    with database.write() as session:
        for span in session.query(Span):
            session.delete(span)
        for monitor in session.query(Monitor):
            troubled(session, monitor, at)
    seen = put(at=at)
    today = local(seen.at, zone).date()
    with visit(timezone_id=zone) as page:
        expect(page.locator("#age")).to_contain_text("ago")
        expect(page.locator("#zone-name")).not_to_contain_text("Berlin")
        for service in seen.services:
            wanted = paths(each.status for each in days(service.stretches, zone, today, 90))
            assert len(wanted) > 1
            strip = page.locator(f"#s-{service.slug} .strip path")
            expect(strip).to_have_count(len(wanted))
            for path, (letter, drawn) in zip(strip.all(), wanted, strict=True):
                expect(path).to_have_attribute("class", letter)
                expect(path).to_have_attribute("d", drawn)


def troubled(session, monitor, at):
    """A history with 40 minutes of trouble every 31 hours: around every midnight there is."""
    edge = at - 100 * DAY
    monitor.created_at = edge
    while edge < at:
        begin = edge + 31 * HOUR + monitor.id * 7 * MINUTE
        statuses = (Status.UP, edge, begin), (Status.DOWN, begin, begin + 40 * MINUTE)
        for status, from_at, to_at in statuses:
            session.add(Span(monitor_id=monitor.id, status=status, from_at=from_at, to_at=to_at))
        edge = begin + 40 * MINUTE


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
