"""A real browser for tests: the Chromium of this machine, or Playwright's own."""

import shutil
from contextlib import contextmanager

import pytest
from forms import EMAIL, PASSWORD
from playwright.sync_api import sync_playwright

# Without these Chromium calls home at its start and is refused, many times at once.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def a_browser():
    """A headless Chromium; skips where there is none (CI fails then)."""
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        path = found or playwright.chromium.executable_path
        if not shutil.which(path):
            pytest.skip("needs Chromium")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def a_page(**options):
    """A page that may say nothing on its console: errors and policy violations fail the test."""
    said = []
    with a_browser() as browser:
        page = browser.new_context(**options).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
    assert said == []


def sign_in(page):
    """As the owner whom `forms` knows, by the form."""
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/monitors")
