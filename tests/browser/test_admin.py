"""The admin in a real browser: htmx under our policy, narrow and wide, and without JavaScript."""

import re

import pytest
from browsers import sign_in
from factories import a_monitor, a_span, an_incident, the_location
from forms import EMAIL, PASSWORD
from playwright.sync_api import expect
from servers import wait_until

from kener.actions.members import first_run_token
from kener.core.instant import HOUR, MINUTE
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Incident, Monitor, Observation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
TICK = "document.body.dispatchEvent(new CustomEvent('tick'))"


def probed(session, monitor, status=Status.UP):
    """As if it had just been probed."""
    session.add(
        Observation(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            slot_at=now(),
            observed_until=now() + HOUR,
            observed=status,
            confirmed=status,
            run_status=status,
            latency_us=42_000,
        )
    )
    a_span(session, monitor, status, now() - 30 * MINUTE)
    return monitor


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_link_to_the_first_monitor(open_page, config, database, javascript):
    with database.read() as session:
        token = first_run_token(config, session)
    page = open_page(java_script_enabled=javascript)

    page.goto(f"/admin/first-run?token={token}")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_label("Name of the page").fill("Northwind")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name="Add the first monitor").click()
    page.get_by_label("What should we check?").select_option("tcp")
    if not javascript:
        page.get_by_role("button", name="Show its fields").click()
    page.get_by_label("Host").fill("127.0.0.1")
    page.get_by_label("Port").fill("9")
    page.get_by_label("Name", exact=True).fill("Discard")
    page.get_by_role("button", name="Save monitor").last.click()

    page.get_by_role("heading", level=1, name="Discard").wait_for()
    assert "Discard is watched from now on." in page.locator("#toast").inner_text()


def test_a_mistake_puts_the_cursor_where_it_is(page, database):
    page.goto("/admin/monitors/new?kind=tcp")
    page.get_by_label("Name", exact=True).fill("Database")
    page.get_by_label("Host").fill("not a host!")
    page.get_by_label("Port").fill("5432")
    page.get_by_role("button", name="Save monitor").last.click()

    page.locator("[aria-invalid=true]").wait_for()
    assert page.evaluate("document.activeElement.name") == "settings.host"
    assert page.get_by_label("Name", exact=True).input_value() == "Database"
    assert page.url.endswith("/admin/monitors/new?kind=tcp")
    page.get_by_label("Host").fill("127.0.0.1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Database").wait_for()


def test_a_test_before_saving_shows_what_a_probe_saw(page, base):
    page.goto("/admin/monitors/new")
    page.get_by_label("Address", exact=True).fill(f"{base}/static/admin/icon.svg")
    page.get_by_role("button", name="Test now").click()

    page.get_by_text("Test passed").wait_for()
    assert page.locator("#probe svg rect").count() >= 2
    assert page.get_by_label("Address", exact=True).input_value().endswith("icon.svg")


def test_the_list_follows_what_happens_without_moving(page, database):
    with database.write() as session:
        shop = probed(session, a_monitor(session, name="Shop"))
        probed(session, a_monitor(session, name="Search"))
    page.goto("/admin/monitors")
    page.locator(f"#monitor-{shop.public_id} summary").click()
    with database.write() as session:
        found = session.query(Observation).filter_by(monitor_id=shop.id).one()
        found.confirmed = found.observed = Status.DOWN

    page.evaluate(TICK)

    row = page.locator(f"#monitor-{shop.public_id}")
    row.get_by_text("Outage").wait_for()
    wait_until(lambda: page.title().startswith("(1) "))
    assert row.locator("details").get_attribute("open") is not None
    assert page.locator("#chips").get_by_text("Trouble 1").is_visible()


def test_searching_keeps_the_cursor_and_fills_the_address(page, database):
    with database.write() as session:
        for name in ("Shop", "Search", "Mail"):
            a_monitor(session, name=name)
    page.goto("/admin/monitors")

    page.keyboard.press("/")
    page.keyboard.type("sea")

    page.wait_for_url(lambda url: url.endswith("?q=sea"))
    wait_until(lambda: page.locator(".list tbody tr").count() == 1)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("rch")
    page.wait_for_url(lambda url: url.endswith("?q=search"))
    assert page.locator("#q").input_value() == "search"


def test_pausing_is_undone_by_the_message(page, database):
    with database.write() as session:
        shop = a_monitor(session, name="Shop")
    page.goto("/admin/monitors")
    row = page.locator(f"#monitor-{shop.public_id}")

    row.locator("summary").click()
    row.get_by_role("button", name="Pause").click()
    row.get_by_text("Paused", exact=True).wait_for()
    page.get_by_role("button", name="Undo").click()

    page.get_by_text("Shop is watched again.").wait_for()
    with database.read() as session:
        assert session.get(Monitor, shop.id).paused is False


def test_deleting_asks_in_a_dialog_that_escape_closes(page, database):
    with database.write() as session:
        shop = a_monitor(session, name="Shop")
    page.goto(f"/admin/monitors/{shop.public_id}")

    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("dialog").get_by_text("Delete Shop?").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete the monitor").click()

    page.get_by_text("Shop was deleted.").wait_for()
    with database.read() as session:
        assert session.query(Monitor).count() == 0


def test_an_incident_from_opening_to_its_end_on_a_phone(open_page, owner, database):
    with database.write() as session:
        a_monitor(session, name="Checkout")
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True)
    sign_in(page)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Incidents").click()
    page.get_by_role("link", name="Open an incident").first.click()
    page.get_by_label("Title").fill("Payments fail")
    page.get_by_label("Message").fill("We are looking into it.")
    page.get_by_label("Checkout").select_option("down")
    page.get_by_role("button", name="Open the incident").click()
    page.get_by_role("heading", level=1, name="Payments fail").wait_for()
    page.get_by_label("Message").fill("Over.")
    page.get_by_label("Status").select_option("resolved")
    page.get_by_role("button", name="Post the update").click()

    page.get_by_text("The incident is resolved.").wait_for()
    with database.read() as session:
        assert session.query(Incident).one().resolved_at is not None


def test_a_draft_is_kept_by_its_own_button_and_published_by_another(open_page, owner, database):
    page = open_page()
    sign_in(page)
    page.goto("/admin/incidents/new")
    page.get_by_label("Title").fill("Payments fail")
    page.get_by_label("Message").fill("We are looking into it.")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("heading", name="Nobody sees this yet").wait_for()
    with database.read() as session:
        assert session.query(Incident).one().draft

    page.get_by_role("button", name="Publish it").click()
    page.get_by_role("button", name="Acknowledge").click()

    page.get_by_role("button", name="Take that back").wait_for()
    with database.read() as session:
        assert not session.query(Incident).one().draft


@pytest.mark.parametrize("width", [360, 390, 860, 1320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_screen_is_wider_than_the_window(open_page, owner, database, width, scheme):
    with database.write() as session:
        long = "A-monitor-with-a-very-long-name-" * 3
        monitor = probed(session, a_monitor(session, name=long, tags=["x" * 40]), Status.DOWN)
        incident = an_incident(session, (monitor, Status.DOWN), title=long, message=long)
        incident.next_update_by = incident.started_at
        update = incident.updates[0].public_id
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    sign_in(page)

    for path in (
        "/admin/monitors",
        "/admin/monitors/new",
        f"/admin/monitors/{monitor.public_id}",
        f"/admin/monitors/{monitor.public_id}/edit",
        "/admin/incidents",
        "/admin/incidents/new",
        f"/admin/incidents/{incident.public_id}",
        f"/admin/incidents/{incident.public_id}/updates/{update}",
        "/admin/webhooks/new",
        "/admin/settings/page",
        "/admin/settings/api-keys/new",
        "/admin/settings/sessions",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (path, wide)


def test_a_lost_session_leads_to_signing_in_and_back(page, database):
    with database.write() as session:
        a_monitor(session, name="Shop")
    page.goto("/admin/monitors?state=paused")
    page.context.clear_cookies()

    page.evaluate(TICK)

    # Not by waiting for a navigation: each of two polls begins one, and the second ends the first.
    expect(page).to_have_url(re.compile(r"/admin/sign-in\?next="))
    page.wait_for_load_state("networkidle")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: url.endswith("/admin/monitors?state=paused"))


def test_a_key_is_copied_from_its_only_showing(open_page, owner, base):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page)
    page.goto("/admin/settings/api-keys")
    page.get_by_role("link", name="Generate New Key").click()
    page.get_by_role("textbox", name="Name").fill("Deploy script")
    page.get_by_role("checkbox", name="See monitors").check()
    page.get_by_role("button", name="Generate the key").click()

    page.get_by_role("button", name="Copy").click()

    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#key").inner_text()
    assert copied.startswith("kener_")


def test_the_server_away_is_told_and_its_return_too(page, database):
    with database.write() as session:
        a_monitor(session, name="Shop")
    page.goto("/admin/monitors")

    page.context.set_offline(True)
    page.evaluate(TICK)
    page.get_by_text("Not connected.").wait_for()
    page.context.set_offline(False)
    page.evaluate(TICK)
    page.get_by_text("Not connected.").wait_for(state="hidden")
