"""What failed and may pass is tried again, at the right time, and never done twice."""

import asyncio
import json

import pytest
from kener_client import (
    AsyncKener,
    IdempotencyConflict,
    InvalidRequest,
    Kener,
    KenerError,
    NetworkError,
    RateLimited,
    Retries,
    ServerError,
    TimedOut,
    Unavailable,
    UnexpectedAnswer,
)
from moody import DROP, SILENCE, a_moody_server, answer
from servers import a_free_port

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
GOOD = answer(200, b'{"success": true, "data": {"id": "x"}, "message": "Good"}')
BUSY = answer(503, b'{"success": false, "error": {"code": "UNAVAILABLE", "message": "Busy."}}')


def refused(status, code, **headers):
    error = {"code": code, "message": "No."}
    return answer(status, json.dumps({"success": False, "error": error}).encode(), **headers)


class Manner:
    """One of the two clients; nothing sleeps, `waits` tells how long it would have."""

    def __init__(self, is_async):
        self.is_async = is_async
        self.waits = []

    def ask(self, address, do, most=3, chance=0.0, **options):
        retries = Retries(most, chance=lambda: chance, now=lambda: NOW)
        options |= {"key": "kener_a_key", "retries": retries}
        if self.is_async:
            return asyncio.run(self._ask(address, do, options))
        with Kener(address, sleep=self.waits.append, **options) as kener:
            return do(kener)

    async def _ask(self, address, do, options):
        async with AsyncKener(address, sleep=self._sleep, **options) as kener:
            return await do(kener)

    async def _sleep(self, seconds):
        self.waits.append(seconds)


@pytest.fixture(params=["waiting", "awaited"])
def manner(request):
    return Manner(request.param == "awaited")


def get(kener):
    return kener.monitors.get("x")


def create(kener):
    return kener.monitors.create(name="X", kind="manual")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_fails_is_asked_for_again(manner, status):
    with a_moody_server(answer(status), BUSY, GOOD) as server:
        assert manner.ask(server.address, get) == {"id": "x"}

    assert len(server.asked) == 3
    assert manner.waits == [0.25, 0.5]


def test_waits_grow_and_are_bounded(manner):
    with a_moody_server(BUSY) as server, pytest.raises(Unavailable) as error:
        manner.ask(server.address, get, most=7, chance=1.0)

    assert manner.waits == [0.5, 1, 2, 4, 8, 8, 8]
    assert len(server.asked) == 8
    assert (error.value.code, error.value.message) == ("UNAVAILABLE", "Busy.")


def test_half_of_a_wait_is_left_to_chance(manner):
    with a_moody_server(BUSY, BUSY, GOOD) as server:
        manner.ask(server.address, get, chance=0.5)

    assert manner.waits == [0.375, 0.75]


def test_retry_after_is_heeded_in_seconds(manner):
    with a_moody_server(refused(429, "RATE_LIMITED", retry_after="17"), GOOD) as server:
        manner.ask(server.address, get)

    assert manner.waits == [17]


def test_retry_after_is_heeded_as_a_date(manner):
    date = "Tue, 14 Nov 2023 22:13:50 GMT"
    with a_moody_server(answer(503, retry_after=date), GOOD) as server:
        manner.ask(server.address, get)

    assert manner.waits == [30]


def test_not_all_come_back_at_the_same_moment(manner):
    with a_moody_server(answer(429, retry_after="2"), GOOD) as server:
        manner.ask(server.address, get, chance=0.5)

    assert manner.waits == [2.25]


def test_a_date_that_is_past_means_now(manner):
    date = "Tue, 14 Nov 2023 22:00:00 GMT"
    with a_moody_server(answer(503, retry_after=date), GOOD) as server:
        manner.ask(server.address, get)

    assert manner.waits == [0]


@pytest.mark.parametrize("said", ["soon", "-3", "1e400", "", "Tue, 99 Nov 2023", "²"])
def test_a_retry_after_that_is_none_counts_for_nothing(manner, said):
    with a_moody_server(answer(503, retry_after=said.encode().decode("latin-1")), GOOD) as server:
        manner.ask(server.address, get)

    assert manner.waits == [0.25]


def test_who_asks_for_too_much_patience_is_not_waited_for(manner):
    busy = refused(429, "RATE_LIMITED", retry_after="61")
    with a_moody_server(busy, GOOD) as server, pytest.raises(RateLimited) as error:
        manner.ask(server.address, get)

    assert error.value.retry_after == 61
    assert (manner.waits, len(server.asked)) == ([], 1)


def test_a_post_keeps_its_key_when_it_is_sent_again(manner):
    with a_moody_server(DROP, BUSY, GOOD) as server:
        manner.ask(server.address, create)
        manner.ask(server.address, create)

    keys = [each.headers["idempotency-key"] for each in server.asked]
    assert len(keys) == 4
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert len({each.body for each in server.asked}) == 1


def test_ones_own_key_is_sent(manner):
    def do(kener):
        return kener.incidents.create(title="X", message="Y", idempotency_key="deploy-1742")

    with a_moody_server(DROP, GOOD) as server:
        manner.ask(server.address, do)

    assert [each.headers["idempotency-key"] for each in server.asked] == ["deploy-1742"] * 2


def test_what_is_still_at_work_is_waited_for(manner):
    with a_moody_server(refused(409, "IDEMPOTENCY_CONFLICT", retry_after="1"), GOOD) as server:
        manner.ask(server.address, create)

    assert manner.waits == [1]


def test_another_body_under_the_same_key_is_not_sent_again(manner):
    no = refused(409, "IDEMPOTENCY_CONFLICT")
    with a_moody_server(no) as server, pytest.raises(IdempotencyConflict):
        manner.ask(server.address, create)

    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 412, 413, 415, 418])
def test_what_is_refused_is_not_sent_again(manner, status):
    with a_moody_server(answer(status)) as server, pytest.raises(KenerError) as error:
        manner.ask(server.address, get)

    assert error.value.status == status
    assert error.value.code == f"HTTP_{status}"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "do",
    [
        get,
        create,
        lambda kener: kener.monitors.update("x", interval=30),
        lambda kener: kener.monitors.delete("x"),
    ],
    ids=["get", "post", "put", "delete"],
)
def test_a_connection_that_breaks_is_made_again(manner, do):
    with a_moody_server(DROP, GOOD) as server:
        assert manner.ask(server.address, do) == {"id": "x"}

    assert len(server.asked) == 2


def test_nobody_at_the_address_is_an_error_of_the_network(manner):
    address = f"http://127.0.0.1:{a_free_port()}"
    with pytest.raises(NetworkError) as error:
        manner.ask(address, get)

    assert (error.value.status, error.value.code) == (None, "NETWORK_ERROR")
    assert str(error.value).startswith(f"NETWORK_ERROR: {address.removeprefix('http://')} cannot")
    assert len(manner.waits) == 3


def test_a_name_that_does_not_exist_is_an_error_of_the_network(manner):
    with pytest.raises(NetworkError):
        manner.ask("http://kener.invalid", get, most=0)


def test_who_says_nothing_is_given_up(manner):
    with a_moody_server(SILENCE) as server, pytest.raises(TimedOut) as error:
        manner.ask(server.address, get, most=0, timeout=0.05)

    assert "did not answer in time" in str(error.value)


def test_retries_can_be_turned_off(manner):
    with a_moody_server(BUSY) as server, pytest.raises(Unavailable):
        manner.ask(server.address, get, most=0)

    assert (manner.waits, len(server.asked)) == ([], 1)


def test_a_page_of_a_proxy_is_told_from_an_answer(manner):
    page = answer(200, b"<html>Welcome to nginx</html>", content_type="text/html")
    with a_moody_server(page) as server, pytest.raises(UnexpectedAnswer) as error:
        manner.ask(server.address, get)

    assert "text/html" in error.value.message


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'{"data": {}}',
        b'{"success": true, "data": 3}',
        b'{"data": []}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_an_answer_of_another_shape_is_told_from_ours(manner, body):
    with a_moody_server(answer(200, body)) as server:
        with pytest.raises(UnexpectedAnswer):
            manner.ask(server.address, get)
        with pytest.raises(UnexpectedAnswer):
            manner.ask(server.address, lambda kener: kener.pages.list().all())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"error": 1}', b'{"error": {"details": [3]}}', b"<h1>", b"\xff\xfe"]
)
def test_an_error_of_any_shape_is_an_error(manner, body):
    with a_moody_server(answer(502, body)) as server, pytest.raises(ServerError) as error:
        manner.ask(server.address, get, most=0)

    assert error.value.code == "HTTP_502"


def test_a_code_that_is_newer_than_the_library_is_told_by_its_status(manner):
    with a_moody_server(refused(400, "TEAPOT")) as server, pytest.raises(InvalidRequest) as error:
        manner.ask(server.address, get)

    assert error.value.code == "TEAPOT"


def test_a_redirect_is_not_followed(manner):
    with a_moody_server(GOOD) as other:
        there = answer(302, location=other.address)
        with a_moody_server(there) as server, pytest.raises(UnexpectedAnswer) as error:
            manner.ask(server.address, get)

    assert (error.value.status, other.asked) == (302, [])
    assert f"leads on to {other.address}. " in error.value.message
