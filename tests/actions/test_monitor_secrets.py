"""Secrets among a monitor's settings: sealed, kept by stars, and never led astray."""

import pytest
from actions.watched import TCP, problems_of
from factories import NOW

from kener.actions.monitors import create_monitor, update_monitor
from kener.store.secrets import configure, unseal

pytestmark = pytest.mark.usefixtures("sealing")

HTTP = {
    "name": "Shop",
    "kind": "http",
    "settings": {"url": "http://127.0.0.1/", "password": "hunter2"},
}


def test_secrets_are_sealed_and_stars_keep_the_stored_one(session):
    monitor = create_monitor(session, HTTP, NOW)
    assert "hunter2" not in str(monitor.settings)

    update_monitor(session, monitor, {"settings": {"password": "***", "username": "me"}}, NOW)

    assert unseal(monitor.settings["password"]) == "hunter2"
    assert monitor.settings["username"] == "me"
    assert monitor.settings["url"] == "http://127.0.0.1/"


@pytest.mark.parametrize("password", [{}, {"password": "***"}])
def test_a_stored_secret_does_not_follow_to_another_server(session, password):
    monitor = create_monitor(session, HTTP, NOW)

    elsewhere = {"settings": {"url": "http://127.0.0.1:81/"} | password}
    problems = problems_of(update_monitor, session, monitor, elsewhere, NOW)
    assert set(problems) == {"settings.password"}

    update_monitor(session, monitor, {"settings": {"url": "http://127.0.0.1/path"} | password}, NOW)
    assert unseal(monitor.settings["password"]) == "hunter2"


def test_another_server_gets_a_secret_that_is_entered_for_it(session):
    monitor = create_monitor(session, HTTP, NOW)

    settings = {"url": "http://127.0.0.1:81/", "password": "new"}
    update_monitor(session, monitor, {"settings": settings}, NOW)

    assert unseal(monitor.settings["password"]) == "new"


def test_stars_for_a_secret_that_is_not_stored_are_refused(session):
    settings = HTTP["settings"] | {"password": "***"}

    problems = problems_of(create_monitor, session, HTTP | {"settings": settings}, NOW)

    assert set(problems) == {"settings.password"}


def test_another_kind_does_not_inherit_settings(session):
    monitor = create_monitor(session, HTTP, NOW)

    problems = problems_of(update_monitor, session, monitor, {"kind": "tcp"}, NOW)
    assert set(problems) == {"settings.host", "settings.port"}

    update_monitor(session, monitor, {"kind": "tcp", "settings": TCP["settings"]}, NOW)
    assert "password" not in monitor.settings


def test_a_lost_secret_stops_neither_a_new_name_nor_a_new_secret(session):
    monitor = create_monitor(session, HTTP, NOW)
    configure("another key altogether, which is long enough")

    update_monitor(session, monitor, {"name": "Renamed"}, NOW)
    problems = problems_of(update_monitor, session, monitor, {"settings": {"username": "me"}}, NOW)
    assert problems["settings"].code == "secret_lost"
    assert "password" in problems["settings"]

    update_monitor(session, monitor, {"settings": {"password": "new"}}, NOW)
    assert unseal(monitor.settings["password"]) == "new"
