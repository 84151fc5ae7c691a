"""Pages beside the default one, as the app shows them."""

import pages
import pytest
from factories import a_page
from forms import EMAIL, PASSWORD, Browser

from kener.actions.members import create_owner
from kener.site.publish import publish_if_dirty
from kener.store.tables import Page
from kener.store.tables.pages import Visibility

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN = {"base_url": "http://eu.example.org"}


@pytest.fixture
def publish(app, database, config):
    """Publish the shop and a page of one service, which is as given."""

    def publish(**given):
        with database.write() as session:
            shop = pages.a_shop(session)
            section = "Shops", [shop["storefront"]]
            a_page(session, section, **{"slug": "eu", "title": "Europe status"} | given)
        assert publish_if_dirty(database, config, lambda: pages.NOW, settle=0) == 1

    return publish


@pytest.fixture
def member(app, database):
    with database.write() as session:
        create_owner(session, EMAIL, PASSWORD, pages.NOW)
    browser = Browser(app.test_client())
    assert browser.sign_in().status_code == 303
    return browser


def test_a_public_page_is_at_its_name(client, publish):
    publish(languages=["ar"])

    assert "Everything is working." in client.get("/eu/").text
    assert client.get("/eu").headers["Location"] == "/eu/"
    assert client.get("/eu/now.json").headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=5, must-revalidate"
    )
    assert client.get("/eu/now.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "frame-ancestors *" in client.get("/eu/ar/embed/").headers["Content-Security-Policy"]
    assert 'dir="rtl"' in client.get("/eu/ar/").text


def test_a_badge_of_a_page_has_styles_too(client, publish):
    publish()

    answer = client.get("/eu/badge/storefront/status.svg?style=for-the-badge&label=Shop")
    assert "SHOP" in answer.text
    assert client.get("/eu/badge/checkout/status.svg?label=x").status_code == 404


def test_a_page_with_an_address_answers_to_its_host(client, publish):
    publish(address="http://eu.example.org")

    assert "Everything is working." in client.get("/", **OWN).text
    assert client.get("/m/storefront/", **OWN).status_code == 200
    assert client.get("/m/checkout/", **OWN).status_code == 404
    assert "Checkout is degraded." in client.get("/").text
    assert client.get("/eu/").status_code == 404
    assert client.get("/api/v2/summary.json", **OWN).json["page"]["name"] == "Europe status"
    assert client.get("/admin/sign-in", **OWN).status_code == 200


def test_no_page_takes_the_place_of_the_main_one(client, publish, config):
    publish(address=config.public_url, visibility=Visibility.PRIVATE)
    host = {"base_url": config.public_url}

    assert "Checkout is degraded." in client.get("/", **host).text


def test_a_private_page_asks_for_a_sign_in(client, publish):
    publish(visibility=Visibility.PRIVATE)

    for path in ("/eu/", "/eu/now.json", "/eu/m/storefront/", "/eu/api/v2/summary.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.data.find(b"Europe status")) == (303, -1)
        assert answer.headers["Location"].startswith("/admin/sign-in?next=")
    said = client.get("/eu/badge/storefront/status.svg?label=x")
    assert said.status_code == 303


def test_members_see_a_private_page_and_nobody_keeps_it(member, publish):
    publish(visibility=Visibility.PRIVATE)
    answer = member.get("/eu/")

    assert "Everything is working." in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in member.get("/eu/now.json").headers
    assert member.get("/eu/m/storefront/").status_code == 200
    assert 'href="/eu/m/storefront/"' in answer.text


def test_a_private_page_with_an_address_asks_there_too(client, publish):
    publish(visibility=Visibility.PRIVATE, address="http://eu.example.org")

    assert client.get("/", **OWN).status_code == 303
    assert client.get("/eu/").status_code == 404


def test_what_becomes_private_is_gone_with_the_next_build(client, publish, database, config):
    publish()
    assert client.get("/eu/").status_code == 200
    with database.write() as session:
        session.query(Page).filter_by(slug="eu").one().visibility = Visibility.PRIVATE
    publish_if_dirty(database, config, lambda: pages.NOW + 60_000, settle=0)

    assert client.get("/eu/").status_code == 303
    assert client.get("/eu/embed/").status_code == 303


def test_pages_stay_up_when_the_database_is_down(client, publish, database, monkeypatch):
    publish(address="http://eu.example.org")

    def fail(*_, **__):
        raise AssertionError("asked")

    monkeypatch.setattr("kener.public._sites.current_member", fail)
    assert client.get("/", **OWN).status_code == 200
    assert client.get("/").status_code == 200


def test_where_a_private_page_leads_after_the_sign_in(app, database, publish):
    publish(visibility=Visibility.PRIVATE)
    with database.write() as session:
        create_owner(session, EMAIL, PASSWORD, pages.NOW)
    browser = Browser(app.test_client())

    wanted = browser.get("/eu/m/storefront/").headers["Location"]
    browser.get(wanted)
    answer = browser.post(wanted, {"email": EMAIL, "password": PASSWORD})

    assert answer.headers["Location"] == "/eu/m/storefront/"
