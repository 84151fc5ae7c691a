"""How old the public page says it is, and how news comes into it, in a real browser."""

import json
from dataclasses import replace

import pytest
from browser.host import browser, host, poll_now, put, resolve, shop, visit
from playwright.sync_api import expect

from kener.core.instant import DAY, MINUTE
from kener.store.clock import now

__all__ = ["browser", "host", "put", "shop", "visit"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


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
        expect(page.locator("#unsure-age")).to_have_text("26 minutes ago")
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


@pytest.mark.parametrize("every", [600, 60])
def test_a_host_that_is_published_to_rarely_is_believed_for_longer(put, visit, host, every):
    put(ago=5 * MINUTE)
    told = json.loads(host.files["now.json"].body) | {"every": every}
    host.files["now.json"] = replace(host.files["now.json"], content=json.dumps(told).encode())
    with visit() as page:
        late = "Checked" if every > 60 else "Last published"
        expect(page.locator("#age")).to_contain_text(late)
