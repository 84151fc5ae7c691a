"""Pages, keys, secrets, settings, and what there is besides, against a real Kener."""

import pytest
from kener_client import (
    Conflict,
    Kener,
    NotFound,
    PreconditionFailed,
    Unauthorized,
    etag_of,
    token_of,
)
from sqlalchemy import select

from kener.store.tables import Heartbeat


def test_a_page_is_made_changed_and_deleted(kener):
    shop = kener.monitors.create(name="Shop", kind="manual")
    page = kener.pages.create(
        title="Our services",
        visibility="private",
        everything=False,
        look={"accent": "#336699", "links": [{"label": "Us", "url": "https://us.example"}]},
        sections=[{"name": "Shops", "monitors": ["shop"]}],
    )
    assert page["sections"][0]["monitors"] == [shop["id"]]

    changed = kener.pages.update(page["slug"], etag=etag_of(page), description="How they are.")
    assert kener.pages.get(page["id"]) == changed
    assert [each["title"] for each in kener.pages.list(limit=1)] == ["Status", "Our services"]
    assert [each["slug"] for each in kener.status(page=page["slug"])["monitors"]] == ["shop"]
    kener.pages.delete(page["id"], etag=etag_of(changed))
    with pytest.raises(NotFound):
        kener.status(page=page["slug"])


def test_a_key_is_made_used_rotated_and_revoked(kener, address):
    made = kener.keys.create(name="deploy", permissions=["read:monitors"], rate_limit=50)
    with Kener(address, made["key"]) as deploy:
        assert deploy.me()["rate_limit"] == 50
        changed = kener.keys.update(made["id"], permissions=["read:monitors", "read:pages"])
        assert deploy.me()["permissions"] == changed["permissions"]

        rotated = kener.keys.rotate(made["id"], grace=0)
        with pytest.raises(Unauthorized):
            deploy.me()
    with Kener(address, rotated["key"]) as deploy:
        assert deploy.monitors.list().all() == []
    kener.keys.delete(made["id"])

    assert kener.keys.get(made["id"])["state"] == "revoked"
    assert [each["name"] for each in kener.keys.list(state="revoked")] == ["deploy"]


def test_a_secret_goes_in_and_only_its_name_comes_out(kener):
    secret = kener.secrets.update("TOKEN", value="open sesame", note="Of the cave.")
    assert (secret["name"], secret["used_by"]) == ("TOKEN", 0)

    with pytest.raises(PreconditionFailed):
        kener.secrets.update("TOKEN", value="other", only_new=True)
    kener.secrets.update("OTHER", value="x", only_new=True)
    assert kener.secrets.update("TOKEN", etag=etag_of(secret), note="")["note"] == ""
    assert {each["name"] for each in kener.secrets.list(limit=1)} == {"TOKEN", "OTHER"}
    assert kener.secrets.delete("TOKEN") == {"name": "TOKEN"}


def test_settings_are_read_and_changed(kener):
    settings = kener.settings.get()
    changed = kener.settings.update(etag=etag_of(settings), title="Ours", time_zone="Europe/Berlin")

    assert (changed["title"], changed["time_zone"]) == ("Ours", "Europe/Berlin")
    assert changed["running"]["database"] == "sqlite"
    with pytest.raises(PreconditionFailed):
        kener.settings.update(etag=etag_of(settings), title="Theirs")
    with pytest.raises(Conflict):
        kener.settings.update(version=settings["version"], title="Theirs")


def test_anybody_may_ask_how_all_is(kener, address):
    kener.monitors.create(name="Shop", kind="manual")
    kener.monitors.set_status("shop", status="down")

    with Kener(address) as anybody:
        status = anybody.status()
    assert status["status"] in {"major", "critical"}
    assert [(each["name"], each["status"]) for each in status["monitors"]] == [("Shop", "down")]


def test_it_can_say_what_it_can(kener):
    assert kener.openapi()["openapi"].startswith("3.1")


def noted(database):
    with database.read() as session:
        return session.scalars(select(Heartbeat)).one()


def test_a_job_reports(kener, database):
    monitor = kener.monitors.create(name="Backup", kind="heartbeat", settings={"period": 3600})
    token = token_of(monitor)

    assert token_of(kener.monitors.create(name="Shop", kind="manual")) is None
    assert kener.heartbeat.start(token) is None
    assert noted(database).started_at is not None
    kener.heartbeat.log(token, "Half is done, and it is an ü.")
    assert noted(database).note == "Half is done, and it is an ü."
    assert noted(database).pinged_at is None
    kener.heartbeat.ping(token, "Done.")
    assert noted(database).pinged_at is not None
    kener.heartbeat.fail(token)
    assert noted(database).failed
    kener.heartbeat.exit(token, 0)
    assert not noted(database).failed
    kener.heartbeat.exit(token, 3, "The disk is full.")
    assert (noted(database).failed, noted(database).message) == (True, "The disk is full.")


@pytest.mark.parametrize("code", [-1, 256, 1000])
def test_a_code_that_no_program_ends_with_is_refused(kener, code):
    monitor = kener.monitors.create(name="Backup", kind="heartbeat", settings={"period": 3600})
    token = monitor["heartbeat_url"].rsplit("/", 1)[-1]

    with pytest.raises(NotFound):
        kener.heartbeat.exit(token, code)


def test_a_job_reports_as_it_did_to_uptime_kuma(kener, database):
    settings = {"period": 3600, "push_token": "oldtoken42"}
    kener.monitors.create(name="Backup", kind="heartbeat", settings=settings)

    kener.heartbeat.push("oldtoken42", status="up", msg="OK", ping=12.5)

    assert noted(database).message == "OK"
    with pytest.raises(NotFound) as error:
        kener.heartbeat.push("nosuchtoken")
    assert error.value.message == "Monitor not found or not active."
