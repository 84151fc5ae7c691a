"""What a key is kept to: addresses, and a rate of its own."""

import pytest

from kener.actions.keys import make_key
from kener.core.instant import iso
from kener.store.clock import now
from kener.store.tables import ApiKey

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROXY = "127.0.0.1"


@pytest.fixture
def config(config):
    return type(config)(
        _env_file=None, **(config.model_dump() | {"rate_limit": 3, "trusted_proxies": "127.0.0.1"})
    )


@pytest.fixture
def make(database):
    """Make a key with limits and give its text."""

    def make(**limits):
        given = {"name": "Limited", "permissions": ["read:monitors"]} | limits
        with database.write() as session:
            return make_key(session, given, now())[1]

    return make


@pytest.fixture
def come(call):
    """Ask for monitors, as a client of an address behind our proxy."""

    def come(key, address, path="/api/monitors"):
        return call("get", path, key, headers={"X-Forwarded-For": address})

    return come


def test_a_key_kept_to_addresses_opens_from_there_alone(come, make):
    key = make(addresses=["192.0.2.0/24", "2001:db8::/32"])

    assert come(key, "192.0.2.9").status_code == 200
    assert come(key, "2001:db8::9").status_code == 200
    refused = come(key, "198.51.100.1")
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "FORBIDDEN")
    assert refused.json["error"]["message"] == "This API key may not be used from 198.51.100.1."


def test_an_address_that_the_client_wrote_itself_is_not_believed(call, make):
    key = make(addresses=["192.0.2.0/24"])
    forged = {"X-Forwarded-For": "192.0.2.9"}
    elsewhere = {"REMOTE_ADDR": "198.51.100.1"}

    answer = call("get", "/api/me", key, headers=forged, environ_overrides=elsewhere)

    assert answer.status_code == 403


def test_who_does_not_know_the_secret_learns_nothing_of_the_addresses(come, make):
    key = make(addresses=["192.0.2.0/24"])

    assert come(key[:-4] + "0000", "198.51.100.1").status_code == 401


def test_from_elsewhere_a_key_uses_up_nothing_and_leaves_no_trace(come, make, database):
    key = make(addresses=["192.0.2.0/24"])
    codes = [come(key, "198.51.100.1").status_code for _ in range(4)]

    assert codes == [403, 403, 403, 429]
    with database.read() as session:
        assert session.query(ApiKey).one().used_at is None
    assert come(key, "192.0.2.9").headers["X-RateLimit-Remaining"] == "2"


def test_what_anybody_may_ask_a_key_from_elsewhere_may_too(come, make):
    assert come(make(addresses=["192.0.2.0/24"]), "198.51.100.1", "/api/status").status_code == 200


def test_a_key_may_have_more_or_fewer_requests_than_others(call, make):
    few, many = make(rate_limit=2), make(rate_limit=5)

    assert [call("get", "/api/me", few).status_code for _ in range(3)] == [200, 200, 429]
    answers = [call("get", "/api/me", many) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert {each.headers["X-RateLimit-Limit"] for each in answers} == {"5"}
    assert answers[0].headers["X-RateLimit-Remaining"] == "4"


def test_another_limit_counts_at_once(call, make, database):
    key = make()
    call("get", "/api/me", key)
    with database.write() as session:
        session.query(ApiKey).one().rate_limit = 9

    answer = call("get", "/api/me", key)

    assert answer.headers["X-RateLimit-Limit"] == "9"
    assert answer.json["data"]["rate_limit"] == 9


def test_me_tells_the_limits(call, make):
    plain = call("get", "/api/me", make()).json["data"]
    limited = call("get", "/api/me", make(addresses=["127.0.0.0/8"], rate_limit=8)).json["data"]

    assert (plain["addresses"], plain["rate_limit"]) == ([], 3)
    assert (limited["addresses"], limited["rate_limit"]) == (["127.0.0.0/8"], 8)
    assert plain["created_at"] <= iso(now())


def test_a_missing_permission_is_named_and_explained(call, make):
    message = call("delete", "/api/monitors/x", make()).json["error"]["message"]

    assert message == (
        "This API key lacks the permission delete:monitors, which it takes to delete monitors."
    )
