"""docs/api/maintenances.md tells the truth: its examples run, and its tables are the program's."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from kener.actions.maintenance_fields import MaintenanceFields
from kener.core.instant import HOUR, as_datetime, iso
from kener.store.clock import now

PAGE = (Path(__file__).parents[2] / "docs" / "api" / "maintenances.md").read_text()
TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}


def asked(command):
    """Method, path and body of a curl."""
    words = shlex.split(command.replace("$KENER_URL", "").replace("\\\n", " "))[1:]
    options = dict(pairwise(words))
    (path,) = (each for each in words if each.startswith("/api/"))
    return options.get("-X", "GET"), path, options.get("-d")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_example_works_and_every_endpoint_has_one(app, call, admin):
    call("post", "/api/monitors", admin, json=TCP)
    today = as_datetime(now()).date().isoformat()
    times = {  # as if today were the day of the examples
        "2030-12-01T02:00": f"{today}T02:00",
        "2030-12-01T03:00:00Z": iso(now() - HOUR),
        "2030-12-01T05:00:00Z": iso(now() + HOUR),
    }
    ids, shown = {}, set()
    for example in re.findall(r"^```bash\n(curl .*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        command = example
        for written, meant in (times | ids).items():
            command = command.replace(written, meant)
        method, path, body = asked(command)
        sent = {"data": body, "content_type": "application/json"} if body else {}
        response = call(method.lower(), path, admin, **sent)
        assert response.status_code in {200, 201}, (command, response.text)
        rule, _ = app.create_url_adapter(response.request).match(
            response.request.path, method, return_rule=True
        )
        shown.add((method, rule.rule))
        data = response.json["data"]
        if path == "/api/maintenances":
            ids["MAINTENANCE_ID"] = data["id"]
        elif path.endswith("/windows"):
            ids["WINDOW_ID"] = data[0]["id"]
        elif path.endswith("/finish"):
            ids["WINDOW_ID"] = _another(call, admin, ids)

    assert shown == {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/maintenances", "/api/windows"))
        for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}
    }


def _another(call, admin, ids):
    path = f"/api/maintenances/{ids['MAINTENANCE_ID']}/windows"
    return call("get", path, admin).json["data"][-1]["id"]


def test_every_field_is_in_the_manual():
    (section,) = re.findall(r"^## Fields\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)

    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(named) == sorted(MaintenanceFields.model_fields)
