"""/admin/settings/secrets"""

import pytest
from factories import NOW
from forms import HTMX
from queries import counting

from kener.actions.monitors import create_monitor
from kener.actions.secrets import set_secret
from kener.admin._monitor_rows import Wanted, listing
from kener.store.clock import now
from kener.store.secrets import unseal
from kener.store.tables import Secret

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VALUE = "a very secret token"
NEW = {"name": "SHOP_TOKEN", "value": VALUE, "note": "of the shop"}
PATH = "/admin/settings/secrets"


@pytest.fixture
def used(database, sealing):
    with database.write() as session:
        set_secret(session, "SHOP_TOKEN", {"value": VALUE}, NOW)
        settings = {"url": "http://127.0.0.1:9/", "bearer_token": "{{ secret.SHOP_TOKEN }}"}
        fields = {"name": "Shop & Co", "kind": "http", "settings": settings}
        return create_monitor(session, fields, now())


def test_a_secret_is_stored_listed_and_never_shown(browser, rows):
    assert browser.get(f"{PATH}/new").status_code == 200
    answer = browser.post(f"{PATH}/new", NEW | {"value": "two\r\nlines"})

    assert (answer.status_code, answer.location) == (303, PATH)
    assert unseal(rows.query(Secret).one().value_sealed) == "two\nlines"
    html = browser.get(PATH).text
    assert "SHOP_TOKEN" in html
    assert "of the shop" in html
    assert "Not used" in html
    assert "lines" not in html.split('<ul class="card lines">')[1]


@ONE_DATABASE
def test_a_refused_value_is_not_sent_back(browser, rows):
    answer = browser.post(f"{PATH}/new", NEW | {"name": "not a name"}, headers=HTMX)

    assert answer.status_code == 422
    assert 'id="f-name-wrong"' in answer.text
    assert 'value="of the shop"' in answer.text
    assert VALUE not in answer.text
    assert rows.query(Secret).count() == 0


@ONE_DATABASE
def test_a_name_that_is_taken_is_not_replaced_by_accident(browser, used, rows):
    answer = browser.post(f"{PATH}/new", NEW | {"value": "another"})

    assert answer.status_code == 422
    assert unseal(rows.query(Secret).one().value_sealed) == VALUE


@ONE_DATABASE
def test_a_value_is_replaced_and_an_empty_one_keeps_it(browser, used, rows):
    assert VALUE not in browser.get(f"{PATH}/SHOP_TOKEN/edit").text
    browser.post(f"{PATH}/SHOP_TOKEN/edit", {"value": "", "note": "new note"})
    secret = rows.query(Secret).one()
    assert (unseal(secret.value_sealed), secret.note) == (VALUE, "new note")
    rows.rollback()

    answer = browser.post(f"{PATH}/SHOP_TOKEN/edit", {"value": "another", "note": ""})

    assert answer.status_code == 303
    assert unseal(rows.query(Secret).one().value_sealed) == "another"


def test_who_uses_it_is_listed_and_it_cannot_be_deleted(browser, used, rows):
    html = browser.get(PATH).text
    assert f'href="/admin/monitors/{used.public_id}">Shop &amp; Co</a>' in html
    assert f"{PATH}/SHOP_TOKEN/delete" not in html

    answer = browser.post(f"{PATH}/SHOP_TOKEN/delete")

    assert answer.status_code == 409
    assert "SHOP_TOKEN is used by Shop &amp; Co" in answer.text
    assert rows.query(Secret).count() == 1


@ONE_DATABASE
def test_a_secret_that_nobody_uses_is_deleted_after_a_question(browser, rows):
    browser.post(f"{PATH}/new", NEW)
    assert "Delete SHOP_TOKEN?" in browser.get(f"{PATH}/SHOP_TOKEN/delete").text

    assert browser.post(f"{PATH}/SHOP_TOKEN/delete").status_code == 303
    assert rows.query(Secret).count() == 0


@ONE_DATABASE
@pytest.mark.parametrize("path", ["NOBODY/edit", "NOBODY/delete", "%7B%7B/edit"])
def test_a_secret_that_is_not_there_is_a_404(browser, path):
    assert browser.get(f"{PATH}/{path}").status_code == 404


def test_a_monitor_shows_which_secret_it_uses(browser, used):
    for path in ("", "/edit"):
        html = browser.get(f"/admin/monitors/{used.public_id}{path}").text
        assert "{{ secret.SHOP_TOKEN }}" in html
        assert VALUE not in html


@ONE_DATABASE
def test_a_list_whose_settings_refer_to_secrets_asks_for_them_once(database, used):
    with database.write() as session:
        for _ in range(20):
            fields = {"name": "S", "kind": "http", "settings": used.settings}
            create_monitor(session, fields, now())

    with counting(database) as statements, database.read() as session:
        found = listing(session, Wanted(q="127.0.0.1"), "UTC", now())

    assert len(found.rows) == 21
    assert {row.target for row in found.rows} == {"http://127.0.0.1:9/"}
    assert len([each for each in statements if "FROM secrets" in each]) <= 2
