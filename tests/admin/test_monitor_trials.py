"""The test of a monitor before it is saved."""

import re
import socket
from contextlib import contextmanager
from threading import Thread

from admin.typed import ONE_DATABASE, TCP
from factories import a_monitor
from forms import HTMX

from kener.actions.secrets import set_secret
from kener.store.clock import now
from kener.store.tables import Monitor
from kener.web import trials


@contextmanager
def a_listener():
    """Something that accepts one connection after the other on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        thread = Thread(target=accept)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_test_really_probes_and_stores_nothing(browser, rows):
    with a_listener() as port:
        answer = browser.post(
            "/admin/monitors/probe", TCP | {"settings.port": str(port)}, headers=HTMX
        )

    assert answer.status_code == 200
    assert "Test passed" in answer.text
    assert answer.text.lstrip().startswith('<div id="probe"')
    assert rows.query(Monitor).count() == 0


@ONE_DATABASE
def test_a_failing_test_says_why(browser):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    answer = browser.post("/admin/monitors/probe", TCP | {"settings.port": str(port)}, headers=HTMX)

    assert "Outage" in answer.text
    assert "refused" in answer.text


@ONE_DATABASE
def test_without_javascript_a_test_comes_with_the_form_as_it_was_sent(browser, database):
    with database.write() as session:
        public_id = a_monitor(session, name="Port").public_id
    form = TCP | {"name": "Typed", "version": "1"}

    new = browser.post("/admin/monitors/probe", form | {"settings.port": "0"})
    stored = browser.post(f"/admin/monitors/{public_id}/probe", form)

    assert new.status_code == 422
    assert "Not tested yet" in new.text
    assert 'value="Typed"' in new.text
    assert 'action="/admin/monitors/new"' in new.text
    assert re.search("Test failed|Test passed", stored.text)
    assert 'value="Typed"' in stored.text
    assert f'action="/admin/monitors/{public_id}/edit"' in stored.text
    assert f'formaction="/admin/monitors/{public_id}/form"' in stored.text


@ONE_DATABASE
def test_a_test_of_bad_settings_names_the_fields(browser):
    answer = browser.post("/admin/monitors/probe", TCP | {"settings.port": "0"}, headers=HTMX)

    assert answer.status_code == 422
    assert re.search(r"<li>Port: [^<]*\b1\.</li>", answer.text)


@ONE_DATABASE
def test_where_too_many_are_tested_at_once_one_is_told_so(browser):
    for _ in range(trials.AT_ONCE):
        trials._places.acquire()
    try:
        answer = browser.post("/admin/monitors/probe", TCP, headers=HTMX)
    finally:
        for _ in range(trials.AT_ONCE):
            trials._places.release()

    assert answer.status_code == 429
    assert "tests are running already" in answer.text
    assert 'id="probe"' in answer.text


@ONE_DATABASE
def test_a_stored_secret_is_used_by_a_test_and_not_shown(browser, database):
    with database.write() as session:
        set_secret(session, "TOKEN", {"value": "a very secret token"}, now())
    form = {
        "kind": "http",
        "shape": "http",
        "settings.url": "http://127.0.0.1:9/",
        "settings.bearer_token": "{{ secret.TOKEN }}",
        "timeout": "2",
    }
    tested = browser.post("/admin/monitors/probe", form, headers=HTMX)
    gone = form | {"settings.bearer_token": "{{ secret.GONE }}"}
    refused = browser.post("/admin/monitors/probe", gone, headers=HTMX)

    assert "Outage" in tested.text
    assert "very secret" not in tested.text
    assert "<li>Bearer token: There is no secret GONE.</li>" in refused.text


def test_nothing_is_locked_while_a_test_waits(browser, database):
    """Another process writes while the probe hangs on a server that never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        port = server.getsockname()[1]
        form = {
            "kind": "http",
            "shape": "http",
            "settings.url": f"http://127.0.0.1:{port}/",
            "timeout": "2",
        }
        answers = []
        thread = Thread(
            target=lambda: answers.append(browser.post("/admin/monitors/probe", form, headers=HTMX))
        )
        thread.start()
        connection, _ = server.accept()
        started = now()
        with database.write() as session:
            a_monitor(session, name="Meanwhile")
        took = now() - started
        thread.join()
        connection.close()

    assert took < 1500
    assert answers[0].status_code == 200
    assert "Outage" in answers[0].text
