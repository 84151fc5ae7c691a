"""/admin/webhooks: receivers, their secret, and what was sent to them."""

import re

import pytest
from factories import a_webhook
from forms import HTMX

from kener.actions.events import EVENTS
from kener.actions.webhooks import send_test
from kener.store.clock import now
from kener.store.secrets import seal, unseal
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables.events import DeliveryState

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "https://hooks.example.org/kener"
FORM = {"name": "Chat bot", "url": URL, "enabled": "true", "event.monitor.down": "true"}


@pytest.fixture
def webhook(database, sealing):
    with database.write() as session:
        return a_webhook(session, URL, seal("whsec_c2VjcmV0"), name="Chat bot")


def test_a_webhook_is_made_and_its_secret_shown_once(browser, rows):
    browser.get("/admin/webhooks/new")

    made = browser.post("/admin/webhooks/new", FORM)

    stored = rows.query(Webhook).one()
    secret = unseal(stored.secret_sealed)
    assert (stored.name, stored.events) == ("Chat bot", ["monitor.down"])
    assert secret in made.text
    assert secret not in browser.get(f"/admin/webhooks/{stored.public_id}").text


@ONE_DATABASE
def test_all_events_ticked_means_also_those_to_come(browser, rows):
    html = browser.get("/admin/webhooks/new").text
    every = dict.fromkeys(re.findall(r'name="(event\.[^"]+)"', html), "true")

    browser.post("/admin/webhooks/new", FORM | every)

    assert len(every) == len(EVENTS)
    assert rows.query(Webhook).one().events == []


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"url": "ftp://example.org"}, "url"),
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"event.monitor.down": ""}, "events"),
    ],
)
def test_a_mistake_comes_back_with_what_was_typed(browser, rows, change, field):
    answer = browser.post("/admin/webhooks/new", FORM | change)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert rows.query(Webhook).count() == 0


def test_a_webhook_is_changed_unless_somebody_was_faster(browser, webhook, rows):
    path = f"/admin/webhooks/{webhook.public_id}/edit"
    browser.get(path)
    form = FORM | {"name": "Pager", "version": "1"}
    form.pop("enabled")

    assert browser.post(path, form).status_code == 303
    stored = rows.query(Webhook).one()
    assert (stored.name, stored.enabled) == ("Pager", False)
    assert browser.post(path, form).status_code == 409


def test_a_new_secret_is_shown_once(browser, webhook, rows):
    made = browser.post(f"/admin/webhooks/{webhook.public_id}/secret")

    secret = unseal(rows.query(Webhook).one().secret_sealed)
    assert secret != "whsec_c2VjcmV0"
    assert secret in made.text


def test_a_test_is_on_its_way_and_stands_in_the_log(browser, webhook, rows):
    path = f"/admin/webhooks/{webhook.public_id}"

    assert browser.post(f"{path}/test").location == path

    assert rows.query(Delivery).one().event.name == "webhook.test"
    html = browser.get(path).text
    assert "webhook.test" in html
    assert "Waiting" in html


def test_a_delivery_shows_each_attempt_and_can_be_sent_again(browser, webhook, database, rows):
    with database.write() as session:
        delivery = send_test(session, session.get(Webhook, webhook.id), now())
        delivery.state = DeliveryState.EXHAUSTED
        delivery.finished_at = now()
        delivery.log.append(Attempt(at=now(), took_ms=182, status_code=503, answer="<b>busy</b>"))
    path = f"/admin/webhooks/{webhook.public_id}/deliveries/{delivery.public_id}"

    html = browser.get(path).text
    assert "Answer 503" in html
    assert "&lt;b&gt;busy&lt;/b&gt;" in html
    assert delivery.public_id in html
    assert browser.post(f"{path}/again").location == path

    stored = rows.query(Delivery).one()
    assert (stored.state, stored.public_id) == (DeliveryState.PENDING, delivery.public_id)
    # A moment later it is being tried already.
    again = browser.post(f"{path}/again")
    assert again.status_code == 409
    assert "being tried already" in again.text


@ONE_DATABASE
def test_a_delivery_belongs_to_its_webhook(browser, webhook, database):
    with database.write() as session:
        delivery = send_test(session, session.get(Webhook, webhook.id), now())
        other = a_webhook(session, URL)

    path = f"/admin/webhooks/{other.public_id}/deliveries/{delivery.public_id}"
    assert browser.get(path).status_code == 404


def test_deleting_is_asked_first_and_then_final(browser, webhook, rows):
    path = f"/admin/webhooks/{webhook.public_id}/delete"

    assert browser.get(path, headers=HTMX).text.lstrip().startswith('<form id="ask-form"')
    assert browser.post(path).location == "/admin/webhooks"
    assert rows.query(Webhook).count() == 0


@ONE_DATABASE
def test_without_webhooks_it_says_what_they_are_for(browser):
    assert "A webhook is an address of yours." in browser.get("/admin/webhooks").text
