"""What is hidden or private is nowhere to be seen: on every route that there is, asked as a
stranger, and in every published file."""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote

import factories
import pages
import pytest

from kener.actions.incidents import open_incident
from kener.actions.keys import create_key
from kener.actions.maintenances import plan_maintenance
from kener.actions.monitors import create_monitor, delete_monitor
from kener.actions.secrets import set_secret
from kener.core.instant import DAY, iso
from kener.core.status import Status
from kener.site.publish import publish_if_dirty
from kener.store.clock import now
from kener.store.pages import default_page
from kener.store.tables import ApiKey, Incident, Monitor, Webhook
from kener.store.tables.pages import Visibility
from kener.targets.folder import FolderTarget

ROOT = Path(__file__).parents[2] / "kener"
HIDDEN = ("payroll", "payday", "hidden-host", "10.20.30.40", "not yet known")
"""Words of the hidden monitor, of what is said of it, and of where it is."""
SECRET = "swordfish-9137"
PARTS = {
    "verb": "extend",
    "word": "start",
    "way": "up",
    "filename": "app.css",
    "path": "m/payroll/",
}
"""What to ask for where an address has a part of this name; elsewhere whatever is hidden is asked
for by its name."""


@pytest.fixture
def secretive(app, database):
    """A shop with one more monitor, which is hidden, down, and spoken of in two incidents."""
    with database.write() as session:
        pages.a_shop(session, now())
        hidden = pages.a_service(
            session,
            "Payroll",
            now=now(),
            status=Status.DOWN,
            hidden=True,
            kind="http",
            settings={"url": "http://hidden-host:8080/", "headers": f"X: {SECRET}"},
            description="Runs on payday, at 10.20.30.40.",
            tags=["payday"],
        )
        paused = {"name": "Resting", "kind": "tcp", "paused": True}
        settings = {"host": "10.20.30.40", "port": 4711, "send": SECRET}
        create_monitor(session, paused | {"settings": settings}, now())
        heartbeat = {"name": "Payroll job", "kind": "heartbeat", "hidden": True}
        create_monitor(session, heartbeat, now())
        shown = session.query(Monitor).filter_by(slug="search").one()
        say = {"title": "Trouble on payday", "message": "The cause is not yet known."}
        open_incident(session, say | {"monitors": [hidden.public_id]}, now())
        inner = {"slug": "inner-page", "visibility": Visibility.PRIVATE, "title": "Payday"}
        factories.a_page(session, ("Wages on payday", [hidden]), **inner)
        draft = {"title": "Search stops on payday", "message": "Not yet known.", "draft": True}
        open_incident(session, draft | {"monitors": [shown.public_id]}, now())
        both = {"title": "Search is slow", "message": "We look into it."}
        open_incident(session, both | {"monitors": [hidden.public_id, shown.public_id]}, now())
        a_household(session)
        for title, monitors in (
            ("Payday is prepared", [hidden.public_id]),
            ("Search moves", [hidden.public_id, shown.public_id]),
        ):
            tomorrow = iso(now() // DAY * DAY + DAY)
            work = {"title": title, "starts": tomorrow, "duration": 60, "monitors": monitors}
            plan_maintenance(session, work, now())
    return hidden


def a_household(session):
    """What only the owner may see: her account, a key, a receiver and a stored secret."""
    factories.a_member(session, email="payroll@example.org", name="Payday")
    create_key(session, "Payroll script", ["admin"], None, now())
    factories.a_webhook(session, "https://hidden-host/payday", name="Payday bell")
    set_secret(session, "PAYROLL_TOKEN", {"value": SECRET, "note": "for payday"}, now())


def names_of(database, hidden):
    """By what somebody who guesses well would ask for what is hidden."""
    with database.read() as session:
        rows = [
            *session.query(Incident).filter_by(title="Trouble on payday"),
            *session.query(ApiKey),
            *session.query(Webhook),
        ]
        known = [hidden.slug, hidden.public_id, "PAYROLL_TOKEN", "inner-page"]
        return [*known, *(each.public_id for each in rows)]


def tell_tales(text):
    lowered = text.lower()
    return [word for word in (*HIDDEN, SECRET) if word in lowered]


def readable(body):
    plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    return plain.decode(errors="replace")


def published(config):
    """Every file of the newest release, by its name."""
    release = FolderTarget(folder=config.site_dir).current()
    return {
        str(path.relative_to(release)): readable(path.read_bytes())
        for path in release.rglob("*")
        if path.is_file()
    }


def publish(database, config, at):
    assert publish_if_dirty(database, config, lambda: at, settle=0) == 1


def test_nothing_hidden_is_in_any_published_file(database, config, secretive):
    publish(database, config, now())
    files = published(config)

    assert "Search" in files["index.html"]
    assert "Search moves" in files["index.html"]
    assert "Resting" in files["index.html"]
    assert {name: tell_tales(text) for name, text in files.items() if tell_tales(text)} == {}
    assert [name for name in files if tell_tales(name) or secretive.public_id in name] == []
    assert not any(secretive.public_id in text for text in files.values())


def addresses_of(app, names):
    """(method, path) of every route of the application, with each of the names in its parts."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for name in names if rule.arguments else names[:1]:
            parts = {each: PARTS.get(each, name) for each in rule.arguments}
            path = adapter.build(rule.endpoint, parts | (rule.defaults or {}))
            yield from ((method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_route_tells_a_stranger_of_what_is_hidden(app, database, config, secretive):
    app.extensions["kener.limits"].enabled = False
    publish(database, config, now())
    names = names_of(database, secretive)
    asked = {
        *addresses_of(app, names),
        *(("GET", f"/{name}") for name in published(config)),
        *(("GET", f"/api/status?page={name}") for name in names),
        *(("GET", f"/{folder}/{name}/") for folder in ("m", "incidents") for name in names),
    }
    assert len(asked) > 150
    for method, path in sorted(asked):
        answer = app.test_client().open(path, method=method)
        told = unquote(readable(answer.data) + str(answer.headers)).replace(unquote(path), "")
        for name in names:  # what was asked for may be repeated
            told = told.replace(name, "") if path.endswith(f"={name}") else told
        assert answer.status_code < 500 or path == "/readyz", (method, path)
        if not path.startswith("/docs/"):
            assert tell_tales(told) == [], (method, path)
        assert secretive.public_id not in told, (method, path)
    with database.read() as session:
        assert session.get(Monitor, secretive.id).name == "Payroll"


def test_only_one_place_says_what_is_hidden():
    """A public door that looked for itself would forget one day."""
    doors = [*(ROOT / "site").glob("*.py"), *(ROOT / "public").glob("*.py"), ROOT / "api/status.py"]

    assert len(doors) > 15
    assert [path.name for path in doors if re.search(r"\.hidden\b", path.read_text())] == []


def test_what_is_hidden_stays_so_in_a_section_of_the_page(app, database, config, secretive):
    with database.write() as session:
        shown = session.query(Monitor).filter_by(slug="search").one()
        job = session.query(Monitor).filter_by(slug="payroll-job").one()
        hidden = session.get(Monitor, secretive.id)
        sections = ("Web", [hidden, shown]), ("Wages on payday", [job])
        factories.put_sections(session, default_page(session), *sections)
    publish(database, config, now())
    files = published(config)
    status = app.test_client().get("/api/status").text

    assert "Search" in files["index.html"]
    assert {name: tell_tales(text) for name, text in files.items() if tell_tales(text)} == {}
    assert "Search" in status
    assert tell_tales(status) == []
    for name in ("inner-page", "page000000"):
        answer = app.test_client().get(f"/api/status?page={name}")
        assert (answer.status_code, tell_tales(answer.text)) == (404, [])


def test_what_becomes_hidden_leaves_the_page(app, database, config, secretive):
    publish(database, config, now())
    with database.write() as session:
        session.query(Monitor).filter_by(slug="search").one().hidden = True
    publish(database, config, now() + 60_000)
    client = app.test_client()

    assert client.get("/m/search/").status_code == 404
    assert "Search" not in client.get("/").text
    assert "Search" not in client.get("/api/status").text


def test_what_was_said_of_a_hidden_monitor_does_not_come_out_when_it_is_deleted(
    app, database, config, secretive
):
    with database.write() as session:
        delete_monitor(session, session.get(Monitor, secretive.id), now())
    publish(database, config, now())

    assert "payday" not in app.test_client().get("/api/status").text
    assert [name for name, text in published(config).items() if "payday" in text] == []


def test_what_was_said_of_a_monitor_on_private_pages_alone_goes_with_it_too(app, database):
    with database.write() as session:
        shop, mail = factories.a_monitor(session), factories.a_monitor(session)
        factories.put_sections(session, default_page(session), ("Web", [shop]))
        factories.a_page(session, ("Office", [mail]), visibility=Visibility.PRIVATE)
        factories.an_incident(session, (mail, Status.DOWN), title="No mail")
        factories.an_incident(session, (shop, Status.DOWN), title="No shop")
        for each in (mail, shop):
            delete_monitor(session, each, now())

    incidents = app.test_client().get("/api/status").json["data"]["incidents"]
    assert [each["title"] for each in incidents] == ["No shop"]


def test_secrets_of_a_monitor_are_in_no_answer_to_the_best_of_keys(app, database):
    secrets = {"password": SECRET, "username": "watch", "secret_headers": f"X-Token: {SECRET}"}
    with database.write() as session:
        settings = {"url": "http://127.0.0.1:9/", **secrets}
        fields = {"name": "Shop", "slug": "shop", "kind": "http", "settings": settings}
        create_monitor(session, fields, factories.NOW)
        key = create_key(session, "Test", ["admin"], None, now())[1]
    client, headers = app.test_client(), {"Authorization": f"Bearer {key}"}
    answers = [
        client.get("/api/monitors", headers=headers),
        client.get("/api/monitors/shop", headers=headers),
        client.put("/api/monitors/shop", headers=headers, json={"name": "Store"}),
        client.put("/api/monitors/shop", headers=headers, json={"settings": {"password": 1}}),
        client.post("/api/monitors/shop/check", headers=headers),
    ]

    assert [SECRET in each.text for each in answers] == [False] * 5
