"""How many requests a minute, and what happens while Redis is away."""

import logging
import socket
import time
from contextlib import ExitStack

import pytest
import servers

from kener.core.instant import SECOND
from kener.store.clock import now

# Counting is Redis' business: which database is beneath makes no difference.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def config(config):
    return config.model_copy(update={"rate_limit": 3})


def test_each_answer_says_what_is_left(call, admin):
    answers = [call("get", "/api/monitors", admin) for _ in range(3)]

    assert [each.headers["X-RateLimit-Limit"] for each in answers] == ["3"] * 3
    assert [each.headers["X-RateLimit-Remaining"] for each in answers] == ["2", "1", "0"]
    reset = int(answers[0].headers["X-RateLimit-Reset"])
    assert now() // SECOND <= reset <= now() // SECOND + 61
    assert all("Retry-After" not in each.headers for each in answers)


def test_too_many_requests_are_refused_and_told_when_to_come_again(call, admin):
    for _ in range(3):
        call("get", "/api/monitors", admin)

    response = call("get", "/api/incidents", admin)

    assert (response.status_code, response.json["error"]["code"]) == (429, "RATE_LIMITED")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["X-RateLimit-Remaining"] == "0"
    assert response.headers["X-Request-Id"]


def test_each_key_is_counted_for_itself(call, make_key):
    one, other = make_key("admin"), make_key("admin")
    for _ in range(4):
        spent = call("get", "/api/me", one)

    assert spent.status_code == 429
    assert call("get", "/api/me", other).status_code == 200


def test_refused_requests_of_a_key_count_too(call, admin):
    for _ in range(3):
        call("get", "/api/monitors/nobody", admin)

    assert call("get", "/api/me", admin).status_code == 429


@pytest.mark.parametrize("key", [None, "kener_wrong_wrong"])
def test_who_has_no_key_is_counted_by_address(call, admin, key):
    codes = [call("get", "/api/me", key).status_code for _ in range(4)]

    assert codes == [401, 401, 401, 429]
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert call("get", "/api/me", key, environ_overrides=elsewhere).status_code == 401
    assert call("get", "/api/me", admin).status_code == 200


def test_a_forged_address_is_not_believed(call):
    codes = [
        call("get", "/api/status", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(4)
    ]

    assert codes == [200, 200, 200, 429]


def test_a_whole_ipv6_network_is_counted_as_one(call):
    codes = [
        call("get", "/api/me", environ_overrides={"REMOTE_ADDR": f"2001:db8::{n}"}).status_code
        for n in range(1, 5)
    ]

    assert codes == [401, 401, 401, 429]


def test_nothing_outside_the_api_is_counted(app):
    client = app.test_client()
    for _ in range(5):
        response = client.get("/healthz")

    assert response.status_code == 200
    assert "X-RateLimit-Limit" not in response.headers


class TestWithoutRedis:
    """Requests are counted in memory."""

    @pytest.fixture
    def config(self, config):
        with servers.a_redis() as url:
            self.url = url
        return config.model_copy(update={"redis_url": url})

    def test_limits_go_on_and_it_is_said_once(self, call, admin, caplog):
        with caplog.at_level(logging.WARNING, "kener.web.limits"):
            answers = [call("get", "/api/me", admin) for _ in range(5)]

        assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
        told = [each.headers["X-RateLimit-Remaining"] for each in answers]
        assert told == ["2", "1", "0", "0", "0"]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        said = [each for each in caplog.records if "counts API requests" in each.message]
        assert len(said) == 1

    def test_who_has_no_key_is_counted_too(self, call, admin):
        codes = [call("get", "/api/status").status_code for _ in range(4)]

        assert codes == [200, 200, 200, 429]
        assert call("get", "/api/me", admin).status_code == 200


class TestWithoutAnyRedisConfigured:
    @pytest.fixture
    def config(self, config):
        return config.model_copy(update={"redis_url": ""})

    def test_requests_are_counted_in_memory(self, call, admin):
        codes = [call("get", "/api/me", admin).status_code for _ in range(4)]

        assert codes == [200, 200, 200, 429]


class TestWithARedisThatDies:
    """Between two requests, and between a request's counting and its answer."""

    @pytest.fixture
    def server(self):
        with ExitStack() as life:
            yield life

    @pytest.fixture
    def config(self, config, server):
        url = server.enter_context(servers.a_redis())
        return config.model_copy(update={"redis_url": url})

    def test_counting_goes_on_from_nothing(self, call, admin, server):
        assert call("get", "/api/me", admin).headers["X-RateLimit-Remaining"] == "2"
        server.close()

        answers = [call("get", "/api/me", admin) for _ in range(4)]

        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert answers[0].headers["X-RateLimit-Remaining"] == "2"

    def test_a_death_in_the_middle_of_a_request_is_no_error(self, app, call, admin, server):
        app.before_request(server.close)

        answer = call("get", "/api/me", admin)

        assert (answer.status_code, answer.headers["X-RateLimit-Limit"]) == (200, "3")


class TestWithARedisThatHangs:
    """Somebody accepts the connection, and then says nothing."""

    @pytest.fixture
    def config(self, config):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            yield config.model_copy(update={"redis_url": f"redis://127.0.0.1:{port}/0"})

    def test_nobody_waits_for_it(self, call, admin):
        begin = time.monotonic()
        answers = [call("get", "/api/me", admin) for _ in range(30)]

        assert {each.status_code for each in answers} == {200, 429}
        # One patience of 0.2 s for all of them, not one for each.
        assert time.monotonic() - begin < 4


class TestWithARedisThatComesAndGoes:
    @pytest.fixture
    def server(self):
        with servers.a_short_folder("kener-limits-") as folder:
            yield folder / "redis.sock"

    @pytest.fixture
    def config(self, config, server):
        return config.model_copy(update={"redis_url": f"unix://{server}"})

    def test_limits_are_back_when_redis_is(self, call, admin, server, monkeypatch):
        monkeypatch.setattr("kener.web.limits.REST", 0.0)
        codes = [call("get", "/api/me", admin).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]

        with servers.a_redis() as url:
            server.symlink_to(url.removeprefix("unix://"))
            codes = [call("get", "/api/me", admin).status_code for _ in range(4)]
            assert codes == [200, 200, 200, 429]
