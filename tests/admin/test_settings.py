"""/admin/settings: the page, API keys, sessions."""

import re

import pytest
from forms import EMAIL, PASSWORD, Browser

from kener.actions.keys import PERMISSIONS, KeyRefused, find_key
from kener.core.instant import DAY
from kener.store.clock import now
from kener.store.tables import ApiKey, Page, Publication, SignIn

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = {"name": "Deploy script", "expires": "30", "permission.read:monitors": "true"}


def test_the_page_gets_a_name_and_a_zone_and_is_published_anew(browser, rows):
    before = rows.query(Publication).one().dirty_seq
    rows.rollback()

    answer = browser.post(
        "/admin/settings/page",
        {"title": "Northwind", "time_zone": "Asia/Kathmandu", "version": "1"},
    )

    assert answer.status_code == 303
    page = rows.query(Page).one()
    assert (page.title, page.time_zone, page.version) == ("Northwind", "Asia/Kathmandu", 2)
    assert rows.query(Publication).one().dirty_seq > before
    assert "Northwind</title>" in browser.get("/admin/settings/page").text


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\x1b[31mb"}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"time_zone": "Mars"}, "time_zone"),
    ],
)
def test_nonsense_about_the_page_is_told_at_the_field(browser, rows, change, field):
    form = {"title": "Northwind", "time_zone": "UTC", "version": "1"} | change

    answer = browser.post("/admin/settings/page", form)

    assert answer.status_code == 422
    assert f'id="f-{field}-wrong"' in answer.text
    assert rows.query(Page).one().version == 1


@ONE_DATABASE
def test_an_old_version_of_the_page_is_not_saved(browser):
    form = {"title": "Northwind", "time_zone": "UTC", "version": "1"}
    browser.post("/admin/settings/page", form)

    assert browser.post("/admin/settings/page", form).status_code == 409


def test_a_key_is_generated_and_shown_once(browser, rows):
    browser.get("/admin/settings/api-keys/new")

    made = browser.post("/admin/settings/api-keys/new", KEY)

    text = re.search(r'<code id="key">([^<]+)</code>', made.text)[1]
    key = find_key(rows, text, now())
    assert (key.name, key.permissions) == ("Deploy script", ["read:monitors"])
    assert 29 * DAY < key.expires_at - now() <= 30 * DAY
    listed = browser.get("/admin/settings/api-keys").text
    assert "Deploy script" in listed
    assert text not in listed


@ONE_DATABASE
def test_a_key_may_live_for_ever(browser, rows):
    browser.post("/admin/settings/api-keys/new", KEY | {"expires": "never"})

    assert rows.query(ApiKey).one().expires_at is None
    assert "never expires" in browser.get("/admin/settings/api-keys").text


@ONE_DATABASE
def test_a_key_can_be_kept_to_addresses_and_a_rate(browser, rows):
    limits = {"addresses": "192.0.2.7\r\n10.0.0.0/8\r\n", "rate_limit": " 30 "}
    browser.post("/admin/settings/api-keys/new", KEY | limits)

    key = rows.query(ApiKey).one()
    assert (key.addresses, key.rate_limit) == (["192.0.2.7/32", "10.0.0.0/8"], 30)
    listed = browser.get("/admin/settings/api-keys").text
    assert "Only from 192.0.2.7/32, 10.0.0.0/8 · 30 requests a minute" in listed


@ONE_DATABASE
def test_the_form_says_of_each_permission_what_it_allows(browser):
    html = browser.get("/admin/settings/api-keys/new").text

    for permission, what in PERMISSIONS.items():
        assert f'{what[:1].upper()}{what[1:]} <code class="dim">{permission}</code>' in html


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"addresses": "192.0.2.7 example.org"}, "addresses"),
        ({"rate_limit": "0"}, "rate_limit"),
        ({"rate_limit": "many"}, "rate_limit"),
        ({"permission.read:monitors": ""}, "permissions"),
        ({"expires": "31"}, "expires"),
    ],
)
def test_a_bad_key_is_not_made(browser, rows, change, field):
    answer = browser.post("/admin/settings/api-keys/new", KEY | change)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert rows.query(ApiKey).count() == 0


def test_a_revoked_key_opens_nothing(browser, rows):
    made = browser.post("/admin/settings/api-keys/new", KEY)
    text = re.search(r'<code id="key">([^<]+)</code>', made.text)[1]
    path = f"/admin/settings/api-keys/{text.split('_')[1]}/revoke"

    assert "Revoke Deploy script?" in browser.get(path).text
    assert browser.post(path).location == "/admin/settings/api-keys"

    with pytest.raises(KeyRefused) as refused:
        find_key(rows, text, now())
    assert refused.value.code == "KEY_REVOKED"
    assert "Revoked" in browser.get("/admin/settings/api-keys").text


@pytest.fixture
def elsewhere(app, browser):
    """The same owner in another browser."""
    elsewhere = Browser(app.test_client())
    assert elsewhere.sign_in(EMAIL, PASSWORD).status_code == 303
    return elsewhere


def test_another_browser_can_be_signed_out(browser, elsewhere):
    html = browser.get("/admin/settings/sessions").text
    assert html.count("This browser") == 1
    (reference,) = re.findall(r'name="reference" value="([^"]+)"', html)

    browser.post("/admin/settings/sessions/end", {"reference": reference})

    assert elsewhere.get("/admin/monitors").status_code == 303
    assert browser.get("/admin/monitors").status_code == 200


@ONE_DATABASE
def test_no_page_tells_a_token_or_its_hash(browser, elsewhere, rows):
    html = browser.get("/admin/settings/sessions").text

    assert not any(each.token_hash in html for each in rows.query(SignIn))


def test_all_other_browsers_can_be_signed_out_at_once(browser, elsewhere):
    browser.post("/admin/settings/sessions/end-others")

    assert elsewhere.get("/admin/monitors").status_code == 303
    assert "Signed out of 1 other browser." in browser.get("/admin/monitors").text
