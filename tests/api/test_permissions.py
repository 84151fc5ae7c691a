"""Every address of the API opens to the right keys only: found by walking the map of all routes, so
that a new one cannot be forgotten."""

import pytest

from kener.actions.keys import INCLUDED, PERMISSIONS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OPEN = {
    ("GET", "/api/status"),
    ("GET", "/api/status.json"),
    ("GET", "/api/v2/<path:below>"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
}
"""What anybody may ask, with heartbeats: whoever knows their token may."""
NEEDED = {
    ("GET", "/api/me"): None,
    ("GET", "/api/monitors"): "read:monitors",
    ("POST", "/api/monitors"): "write:monitors",
    ("GET", "/api/monitors/<monitor_id>"): "read:monitors",
    ("PUT", "/api/monitors/<monitor_id>"): "write:monitors",
    ("DELETE", "/api/monitors/<monitor_id>"): "delete:monitors",
    ("POST", "/api/monitors/<monitor_id>/check"): "write:monitors",
    ("POST", "/api/monitors/<monitor_id>/status"): "write:monitors",
    ("POST", "/api/monitors/<monitor_id>/pause"): "write:monitors",
    ("POST", "/api/monitors/<monitor_id>/resume"): "write:monitors",
    ("GET", "/api/monitors/<monitor_id>/results"): "read:monitors",
    ("GET", "/api/monitors/<monitor_id>/spans"): "read:monitors",
    ("GET", "/api/monitors/<monitor_id>/uptime"): "read:monitors",
    ("GET", "/api/monitors/<monitor_id>/latency"): "read:monitors",
    ("POST", "/api/monitors/bulk"): "write:monitors",
    ("POST", "/api/monitors/test"): "write:monitors",
    ("GET", "/api/secrets"): "read:secrets",
    ("PUT", "/api/secrets/<name>"): "write:secrets",
    ("DELETE", "/api/secrets/<name>"): "delete:secrets",
    ("GET", "/api/pages"): "read:pages",
    ("POST", "/api/pages"): "write:pages",
    ("GET", "/api/pages/<page_id>"): "read:pages",
    ("PUT", "/api/pages/<page_id>"): "write:pages",
    ("DELETE", "/api/pages/<page_id>"): "delete:pages",
    ("GET", "/api/incidents"): "read:incidents",
    ("POST", "/api/incidents"): "write:incidents",
    ("GET", "/api/incidents/<incident_id>"): "read:incidents",
    ("PUT", "/api/incidents/<incident_id>"): "write:incidents",
    ("DELETE", "/api/incidents/<incident_id>"): "delete:incidents",
    ("POST", "/api/incidents/<incident_id>/acknowledge"): "write:incidents",
    ("DELETE", "/api/incidents/<incident_id>/acknowledge"): "write:incidents",
    ("GET", "/api/incidents/<incident_id>/updates"): "read:incidents",
    ("POST", "/api/incidents/<incident_id>/updates"): "write:incidents",
    ("GET", "/api/incidents/<incident_id>/updates/<update_id>"): "read:incidents",
    ("PUT", "/api/incidents/<incident_id>/updates/<update_id>"): "write:incidents",
    ("DELETE", "/api/incidents/<incident_id>/updates/<update_id>"): "write:incidents",
    ("GET", "/api/incident-templates"): "read:incidents",
    ("POST", "/api/incident-templates"): "write:incidents",
    ("GET", "/api/incident-templates/<template_id>"): "read:incidents",
    ("PUT", "/api/incident-templates/<template_id>"): "write:incidents",
    ("DELETE", "/api/incident-templates/<template_id>"): "delete:incidents",
    ("GET", "/api/maintenances"): "read:maintenances",
    ("POST", "/api/maintenances"): "write:maintenances",
    ("GET", "/api/maintenances/<maintenance_id>"): "read:maintenances",
    ("PUT", "/api/maintenances/<maintenance_id>"): "write:maintenances",
    ("DELETE", "/api/maintenances/<maintenance_id>"): "delete:maintenances",
    ("POST", "/api/maintenances/<maintenance_id>/cancel"): "write:maintenances",
    ("GET", "/api/maintenances/<maintenance_id>/windows"): "read:maintenances",
    ("GET", "/api/windows/<window_id>"): "read:maintenances",
    ("PUT", "/api/windows/<window_id>"): "write:maintenances",
    ("POST", "/api/windows/<window_id>/extend"): "write:maintenances",
    ("POST", "/api/windows/<window_id>/finish"): "write:maintenances",
    ("POST", "/api/windows/<window_id>/cancel"): "write:maintenances",
}
"""The permission of each route, but for those that are all the administrators'."""
ADMINS = ("/api/webhooks", "/api/keys", "/api/settings")


@pytest.fixture
def routes(app):
    """(method, rule) of everything under /api that does something."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api") and rule.endpoint != "api.nothing_here"
        if not rule.rule.startswith(("/api/heartbeat/", "/api/push/"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    } - OPEN


def needed(route):
    method, rule = route
    asked = ("PUT" if method == "PATCH" else method, rule)
    return "admin" if rule.startswith(ADMINS) else NEEDED[asked]


def send(call, route, key=None):
    method, rule = route
    path = "/".join("nobody" if part.startswith("<") else part for part in rule.split("/"))
    body = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    return call(method.lower(), path, key, **body)


def test_every_route_is_known_to_this_test(routes):
    patched = {each for each in routes if each[0] == "PATCH"}
    known = {each for each in routes - patched if not each[1].startswith(ADMINS)}
    assert known == set(NEEDED)


def test_what_takes_put_takes_patch(routes):
    assert {rule for method, rule in routes if method == "PATCH"} == {
        rule for method, rule in routes if method == "PUT"
    }


def test_without_a_key_nothing_opens(call, app, routes):
    app.extensions["kener.limits"].enabled = False
    for route in routes:
        for key in (None, "kener_nobody_nothing", "x"):
            response = send(call, route, key)
            assert (response.status_code, response.json["error"]["code"]) == (401, "UNAUTHORIZED")


def test_a_key_opens_what_its_permission_says_and_nothing_else(call, app, make_key, routes):
    app.extensions["kener.limits"].enabled = False
    for permission in PERMISSIONS:
        key = make_key(permission)
        for route in routes:
            enough = {needed(route), INCLUDED.get(needed(route)), "admin"}
            may = needed(route) is None or permission in enough
            response = send(call, route, key)
            assert (response.status_code != 403) is may, (permission, route, response.text)
            assert response.status_code < 500
            assert response.headers["Cache-Control"] in {"no-store", "private, no-cache"}


def test_what_is_open_needs_no_key_and_minds_none(call, app):
    assert call("get", "/api/status").status_code == 200
    assert call("get", "/api/status", "kener_nobody_nothing").status_code == 200
