"""Nothing is changed but by our own forms, and nobody loses what they typed."""

import re

import pytest
from factories import a_monitor, a_webhook, an_incident
from forms import HTMX, Browser

from kener.store.tables import Incident
from kener.web.csrf import FOREIGN, OUTDATED

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INCIDENT = {"title": "Slow pages", "status": "investigating", "impact": "minor", "message": "Hm."}
CHANGES = [
    "/admin/incidents/new",
    "/admin/monitors/new",
    "/admin/monitors/probe",
    "/admin/monitors/abc/pause",
    "/admin/monitors/abc/delete",
    "/admin/webhooks/new",
    "/admin/settings/page",
    "/admin/settings/api-keys/new",
    "/admin/settings/sessions/end-others",
    "/admin/sign-out",
]


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_form_without_our_token_changes_nothing(browser, rows, path, token):
    answer = browser.post(path, INCIDENT | {"csrf_token": token})

    assert answer.status_code in {400, 403}
    assert OUTDATED in answer.text
    assert rows.query(Incident).count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_another_site_changes_nothing_even_with_a_token(browser, rows, headers):
    answer = browser.post("/admin/incidents/new", INCIDENT, headers=headers)

    assert answer.status_code == 403
    assert FOREIGN in answer.text
    assert rows.query(Incident).count() == 0


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_our_own_site_does(browser, rows, headers):
    assert browser.post("/admin/incidents/new", INCIDENT, headers=headers).status_code == 303
    assert rows.query(Incident).count() == 1


def test_behind_a_proxy_the_public_address_counts_as_ours(another_app, owner):
    behind = Browser(another_app(url="http://status.example.org").test_client())
    behind.get("/admin/sign-in")
    form = {"email": "owner@example.org", "password": "correct horse battery"}

    answer = behind.post("/admin/sign-in", form, headers={"Origin": "http://status.example.org"})

    assert answer.status_code == 303


def test_the_token_may_come_in_a_header_as_htmx_sends_it(browser, rows):
    page = browser.get("/admin/incidents/new").text
    token = re.search(r"hx-headers:inherited='\{\"X-CSRFToken\": \"([^\"]+)\"\}'", page)[1]
    sent = HTMX | {"X-CSRFToken": token}

    assert browser.client.post("/admin/incidents/new", data=INCIDENT, headers=sent)
    assert rows.query(Incident).count() == 1


def test_a_form_that_was_open_too_long_comes_back_with_its_input_and_can_be_sent(
    app, browser, rows
):
    app.config["WTF_CSRF_TIME_LIMIT"] = -1
    late = browser.post("/admin/incidents/new", INCIDENT)

    assert late.status_code == 400
    assert OUTDATED in late.text
    assert 'value="Slow pages"' in late.text
    assert "Hm.</textarea>" in late.text
    assert rows.query(Incident).count() == 0
    app.config["WTF_CSRF_TIME_LIMIT"] = 3600
    assert browser.post("/admin/incidents/new", INCIDENT).status_code == 303


def test_a_token_of_before_signing_in_is_worth_nothing_afterwards(stranger, owner):
    stranger.get("/admin/sign-in")
    old = stranger.token
    stranger.sign_in()

    answer = stranger.post("/admin/incidents/new", INCIDENT | {"csrf_token": old})

    assert answer.status_code == 400


def test_every_form_that_changes_something_carries_a_token(browser, database):
    with database.write() as session:
        monitor = a_monitor(session)
        places = [
            "/admin/monitors",
            "/admin/monitors/new",
            f"/admin/monitors/{monitor.public_id}",
            f"/admin/monitors/{monitor.public_id}/edit",
            f"/admin/monitors/{monitor.public_id}/delete",
            f"/admin/incidents/{an_incident(session).public_id}",
            f"/admin/webhooks/{a_webhook(session, 'https://example.org').public_id}",
            "/admin/settings/page",
            "/admin/settings/api-keys/new",
            "/admin/settings/sessions",
        ]
    for path in places:
        html = browser.get(path).text
        forms = re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL)
        assert forms, path
        assert all('name="csrf_token" value="' in form for form in forms), path


def test_no_page_holds_script_or_style_of_its_own(browser, database):
    with database.write() as session:
        public_id = a_monitor(session, name="<script>alert(1)</script>").public_id
    for path in ("/admin/monitors", f"/admin/monitors/{public_id}", "/admin/settings/page"):
        html = browser.get(path).text
        assert not re.search(r"<script(?![^>]* src=)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", html)
