"""/api/settings: what can be set, and what is running."""

import pytest

from kener import __version__
from kener.config import variables
from kener.store.tables import Page, Publication

DEADMAN = "https://example.org/ping/deadman-9137"
PREVIOUS = "previous-key-9137-previous-key-9137"


@pytest.fixture
def config(config):
    given = {
        "deadman_url": DEADMAN,
        "previous_secret_keys": PREVIOUS,
        "trusted_proxies": "10.0.0.0/8,::1",
        "private_targets": "192.168.0.0/16",
    }
    return type(config)(_env_file=None, **(config.model_dump() | given))


def codes(answer):
    return {each["field"]: each["code"] for each in answer.json["error"]["details"]}


def test_what_can_be_set_and_what_is_running_is_shown(call, admin, database):
    data = call("get", "/api/settings", admin).json["data"]

    assert set(data) == {"title", "time_zone", "version", "running"}
    assert (data["title"], data["time_zone"], data["version"]) == ("Status", "UTC", 1)
    running = data["running"]
    assert running["kener"] == __version__
    assert running["database"] == database.engine.dialect.name
    assert running["trusted_proxies"] == ["10.0.0.0/8", "::1/128"]
    assert running["private_targets"] == "192.168.0.0/16"
    assert (running["redis"], running["deadman"], running["rate_limit"]) == (True, True, 100)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_setting_is_shown_or_kept_back_on_purpose(call, admin):
    """A new setting is looked at before anybody may see it."""
    kept = {"host", "port", "data_dir", "database_url", "redis_url", "secret_key"}
    kept |= {"previous_secret_keys", "sqlite_folders", "canaries", "deadman_url"}
    told = set(call("get", "/api/settings", admin).json["data"]["running"])

    assert told - {"kener", "database", "redis", "deadman"} == set(variables().values()) - kept


def test_no_secret_of_the_configuration_is_told(call, admin, config):
    text = call("get", "/api/settings", admin).text

    hidden = [config.secret_key.get_secret_value(), config.database_url, config.redis_url]
    hidden += [DEADMAN, PREVIOUS, str(config.data_dir)]
    assert [each for each in hidden if each in text] == []


def test_what_is_named_changes_and_the_page_is_published_anew(call, admin, database):
    answer = call("put", "/api/settings", admin, json={"title": "Northwind", "version": 1})

    assert (answer.status_code, answer.json["data"]["version"]) == (200, 2)
    with database.read() as session:
        page = session.query(Page).one()
        assert (page.title, page.time_zone) == ("Northwind", "UTC")
        assert session.query(Publication).one().dirty_seq == 2


def test_an_old_version_is_a_conflict(call, admin):
    call("put", "/api/settings", admin, json={"time_zone": "Asia/Kathmandu"})
    answer = call("put", "/api/settings", admin, json={"title": "Late", "version": 1})

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")
    assert call("get", "/api/settings", admin).json["data"]["title"] == "Status"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_bad_setting_is_told_at_once(call, admin):
    bad = {"title": 7, "time_zone": "Mars/Base", "running": {"rate_limit": 1}, "colour": "red"}
    answer = call("put", "/api/settings", admin, json=bad)

    assert answer.status_code == 400
    assert codes(answer) == {
        "title": "wrong_type",
        "time_zone": "invalid",
        "running": "read_only",
        "colour": "unknown_field",
    }
    assert call("get", "/api/settings", admin).json["data"]["version"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_settings_take_no_parameters(call, admin):
    assert call("get", "/api/settings?page=1", admin).status_code == 400
