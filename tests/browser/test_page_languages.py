"""The page in other languages: what the script writes is what the server would, and right to left
is right to left in all."""

import pytest
from browser.host import browser, host, put, resolve, shop, visit
from playwright.sync_api import expect

from kener.core.instant import DAY, HOUR
from kener.locales import language, tags
from kener.store.clock import now
from kener.store.pages import default_page

__all__ = ["browser", "host", "put", "shop", "visit"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
TIMES = "time[data-f]:not(#age time)"
"""How old it is takes the place of a time."""


@pytest.fixture
def speak(database, shop):
    with database.write() as session:
        default_page(session).languages = [each for each in tags() if each != "en"]


def base(tag):
    return "" if tag == "en" else f"/{language(tag).part}"


@pytest.mark.parametrize("path", ["/", "/m/checkout/", "/history/"])
def test_the_script_writes_times_as_the_server_does(speak, put, visit, path):
    put()
    for tag in tags():
        written = []
        for scripted in (False, True):
            with visit(f"{base(tag)}{path}", java_script_enabled=scripted) as page:
                written.append(page.locator(TIMES).all_text_contents())
        assert written[0] == written[1], tag
        assert written[0], tag


def test_a_poll_brings_news_in_the_language_of_the_page(speak, database, put, visit):
    put(ago=DAY // 1440)
    with visit("/ar/") as page:
        expect(page.locator("h1#v")).to_have_text("خدمة Checkout تعمل بأداء منخفض.")
        resolve(database)
        put()
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.locator("h1#v")).to_have_text("جميع الخدمات تعمل.")
        expect(page).to_have_title("● تعمل – Northwind status")


def test_how_old_it_is_is_told_in_the_language_of_the_page(speak, put, visit, host):
    put(ago=HOUR)
    with visit("/de/") as page:
        expect(page.locator("#unsure h1")).to_have_text(
            "Wir können den Status gerade nicht bestätigen."
        )
        expect(page.locator("#unsure-age")).to_have_text("vor 1 Stunde")
        expect(page).to_have_title("◌ Nicht aktuell – Northwind status")


def test_from_right_to_left_the_newest_day_is_on_the_left(speak, put, visit):
    put()
    with visit("/ar/") as page:
        tip = page.locator(".tip")
        strip = page.locator("#s-checkout .strip")
        strip.scroll_into_view_if_needed()
        box = strip.bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + 10)
        expect(tip).to_contain_text("أداء منخفض")
        cursor = page.locator(".cursor").bounding_box()
        assert abs(cursor["x"] - box["x"]) < 6
        page.keyboard.press("Escape")

        page.locator("#s-checkout summary").focus()
        page.keyboard.press("ArrowRight")
        expect(tip).to_contain_text("أداء منخفض")
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        expect(tip).to_contain_text("انقطاع")
        expect(tip).to_contain_text("20 د")


def test_days_in_another_zone_are_redrawn_mirrored_too(speak, put, visit):
    put(at=now())
    with visit("/ar/", timezone_id="Pacific/Auckland") as page:
        page.wait_for_function("document.querySelector('#zone').value === 'Pacific/Auckland'")
        strip = page.locator("#s-checkout .strip")
        assert strip.evaluate("(each) => getComputedStyle(each).transform").startswith(
            "matrix(-1, 0, 0, 1"
        )
