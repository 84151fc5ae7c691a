"""/admin/monitors/new and …/edit."""

import re

import pytest
from admin.typed import ONE_DATABASE, TCP
from factories import a_monitor
from forms import HTMX

from kener.actions.monitors import create_monitor
from kener.checks import check_types
from kener.store.clock import now
from kener.store.secrets import is_sealed, unseal
from kener.store.tables import Monitor, Schedule


@ONE_DATABASE
@pytest.mark.parametrize("kind", sorted(check_types()))
def test_each_kind_has_a_form_made_from_its_fields(browser, kind):
    html = browser.get(f"/admin/monitors/new?kind={kind}").text

    for name, field in check_types()[kind].model_fields.items():
        assert f'id="f-settings-{name}"' in html
        assert (field.title or name) in html


def test_a_monitor_is_made_and_due_at_once(browser, rows):
    browser.get("/admin/monitors/new?kind=tcp")

    answer = browser.post("/admin/monitors/new", TCP)

    monitor = rows.query(Monitor).one()
    assert answer.status_code == 303
    assert answer.location == f"/admin/monitors/{monitor.public_id}"
    assert monitor.settings["host"] == "127.0.0.1"
    assert monitor.settings["port"] == 5432
    assert monitor.tags == ["money", "shop"]
    assert rows.query(Schedule).one().due_at <= now()
    assert "Database is watched from now on." in browser.get(answer.location).text


@ONE_DATABASE
def test_htmx_is_led_on_as_a_whole_page(browser, rows):
    answer = browser.post("/admin/monitors/new", TCP, headers=HTMX)

    public_id = rows.query(Monitor).one().public_id
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/admin/monitors/{public_id}"


@ONE_DATABASE
def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(browser, rows):
    wrong = TCP | {"slug": "Not This", "settings.port": "70000", "interval": "3"}

    answer = browser.post("/admin/monitors/new", wrong, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<form id="monitor-form"')
    for field in ("slug", "settings-port", "interval"):
        assert f'id="f-{field}-wrong"' in answer.text
        assert f'href="#f-{field}"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'value="70000"' in answer.text
    assert 'value="127.0.0.1"' in answer.text
    assert "3 things are not right yet" in answer.text
    assert rows.query(Monitor).count() == 0


@ONE_DATABASE
def test_choosing_another_kind_keeps_what_both_have(browser):
    answer = browser.post("/admin/monitors/new/form", TCP | {"kind": "http"}, headers=HTMX)

    assert answer.status_code == 200
    assert 'name="settings.url"' in answer.text
    assert 'value="Database"' in answer.text
    assert 'value="money, shop"' in answer.text
    # What was on by default in the new kind was never unticked by anybody.
    assert re.search(r'name="settings.verify_tls"[^>]* checked>', answer.text)


@ONE_DATABASE
def test_an_unticked_box_is_off(browser, rows):
    form = {
        "kind": "http",
        "shape": "http",
        "name": "Shop",
        "settings.url": "http://127.0.0.1:9/",
    }

    browser.post("/admin/monitors/new", form)

    stored = rows.query(Monitor).one().settings
    assert stored["verify_tls"] is False
    assert stored["follow_redirects"] is False


@ONE_DATABASE
def test_a_secret_is_never_shown_again_and_kept_when_untouched(browser, database, rows):
    secret = "a very secret token"
    with database.write() as session:
        fields = {
            "name": "API",
            "kind": "http",
            "settings": {"url": "http://127.0.0.1:9/", "bearer_token": secret},
        }
        monitor = create_monitor(session, fields, now())
    path = f"/admin/monitors/{monitor.public_id}"

    assert secret not in browser.get(path).text
    page = browser.get(f"{path}/edit").text
    assert secret not in page
    assert 'value="***"' in page
    form = {
        "kind": "http",
        "shape": "http",
        "version": "1",
        "name": "Renamed",
        "settings.url": "http://127.0.0.1:9/",
        "settings.bearer_token": "***",
        "settings.verify_tls": "true",
    }
    assert browser.post(f"{path}/edit", form).status_code == 303
    stored = rows.query(Monitor).one()
    assert stored.name == "Renamed"
    assert is_sealed(stored.settings["bearer_token"])
    assert unseal(stored.settings["bearer_token"]) == secret


def test_who_edits_an_old_version_is_shown_what_changed(browser, database, rows):
    with database.write() as session:
        monitor = a_monitor(session, name="Database")
    path = f"/admin/monitors/{monitor.public_id}/edit"
    browser.get(path)
    form = TCP | {"version": "1", "name": "Mine"}
    with database.write() as session:
        session.get(Monitor, monitor.id).name = "Theirs"
        session.get(Monitor, monitor.id).version = 2

    answer = browser.post(path, form)

    assert answer.status_code == 409
    assert "Somebody else changed this monitor" in answer.text
    assert "<td>Theirs</td><td>Mine</td>" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert rows.query(Monitor).one().name == "Theirs"
    rows.rollback()
    assert browser.post(path, form | {"version": "2"}).status_code == 303
    assert rows.query(Monitor).one().name == "Mine"


@ONE_DATABASE
@pytest.mark.parametrize("path", ["", "/edit", "/delete"])
def test_a_monitor_that_is_not_there_is_a_404(browser, path):
    answer = browser.get(f"/admin/monitors/nonsense{path}")

    assert answer.status_code == 404
    assert "There is no monitor" in answer.text


@ONE_DATABASE
def test_the_rare_settings_of_a_kind_stand_in_groups_where_each_has_one(browser):
    web = browser.get("/admin/monitors/new?kind=http").text
    port = browser.get("/admin/monitors/new?kind=statuspage").text

    assert re.findall("<summary>([^<]*)", web)[-5:] == [
        "The request",
        "Signing in",
        "Certificates",
        "Redirects, proxy, connection",
        "More settings",
    ]
    assert re.findall("<summary>([^<]*)", port)[-2:] == ["More about the check", "More settings"]


@ONE_DATABASE
def test_a_timeout_longer_than_the_interval_is_told_at_the_timeout(browser):
    answer = browser.post("/admin/monitors/new", TCP | {"interval": "30", "timeout": "45"})

    assert answer.status_code == 422
    assert "Must be shorter than 30 s" in answer.text
    assert 'id="f-timeout-wrong"' in answer.text
