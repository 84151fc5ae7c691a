"""Errors of the Python library, and that nothing in it tells a secret."""

import asyncio
import copy
import json
import pickle
import ssl
from urllib.parse import quote

import httpx
import pytest
import trustme
from kener_client import (
    AsyncKener,
    Conflict,
    Forbidden,
    InvalidRequest,
    Kener,
    KenerError,
    KeyRevoked,
    NetworkError,
    NotFound,
    RateLimited,
    Retries,
    ServerError,
    Unauthorized,
    Untrusted,
)
from kener_client.errors import BY_CODE
from moody import DROP, a_moody_server, answer
from receivers import a_receiver

KEY = "kener_this_is_the_key"
TOKEN = "a-token-of/a heartbeat"


def refused(status, code, message="No.", details=()):
    error = {"code": code, "message": message, "details": list(details)}
    return answer(
        status, json.dumps({"success": False, "error": error}).encode(), x_request_id="r1"
    )


@pytest.mark.parametrize("code", BY_CODE)
def test_every_code_raises_its_own_class(code):
    with (
        a_moody_server(refused(418, code)) as server,
        Kener(server.address, retries=0) as kener,
        pytest.raises(BY_CODE[code]) as error,
    ):
        kener.me()

    assert type(error.value) is BY_CODE[code]
    told = error.value
    assert (told.status, told.code, told.message, told.request_id) == (418, code, "No.", "r1")


def test_an_error_says_all_of_it_in_one_line():
    details = [
        {"field": "interval", "code": "invalid", "message": "must be at least 5"},
        {"field": "name", "code": "required", "message": "is required"},
    ]
    no = refused(400, "INVALID_REQUEST", "Please correct: interval, name.", details)
    with (
        a_moody_server(no) as server,
        Kener(server.address) as kener,
        pytest.raises(InvalidRequest) as error,
    ):
        kener.me()

    assert str(error.value) == (
        "400 INVALID_REQUEST: Please correct: interval, name. [interval: must be at least 5]"
        " [name: is required] (request r1)"
    )
    assert error.value.details == details


def test_a_real_kener_refuses_as_it_says(address, make_key, kener):
    with Kener(address) as nobody, pytest.raises(Unauthorized) as error:
        nobody.me()
    assert error.value.code == "UNAUTHORIZED"

    with Kener(address, make_key("read:monitors")) as reader, pytest.raises(Forbidden) as error:
        reader.monitors.create(name="X", kind="manual")
    assert "write:monitors" in error.value.message

    made = kener.keys.create(name="old", permissions=["read:monitors"])
    kener.keys.delete(made["id"])
    with Kener(address, made["key"]) as old, pytest.raises(KeyRevoked):
        old.me()

    kener.secrets.update("TOKEN", value="x")
    settings = {"url": "https://x.example", "bearer_token": "{{ secret.TOKEN }}"}
    kener.monitors.create(name="Shop", kind="http", settings=settings)
    with pytest.raises(Conflict):
        kener.secrets.delete("TOKEN")
    with pytest.raises(NotFound):
        kener.incidents.get("nothing")


def test_a_real_kener_says_when_to_come_again(address, kener):
    made = kener.keys.create(name="slow", permissions=["read:monitors"], rate_limit=1)
    with Kener(address, made["key"], retries=Retries(patience=0)) as slow:
        slow.me()
        with pytest.raises(RateLimited) as error:
            slow.me()

    assert 0 < error.value.retry_after <= 60


def test_an_error_survives_a_copy_and_a_pickle():
    error = InvalidRequest(
        "No.",
        code="INVALID_REQUEST",
        status=400,
        request_id="r1",
        details=[{"field": "a", "code": "b", "message": "c"}],
        retry_after=2.5,
    )

    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is InvalidRequest
        assert vars(other) == vars(error)
        assert str(other) == str(error)


def test_every_error_is_a_kener_error():
    assert all(issubclass(each, KenerError) for each in (*BY_CODE.values(), NetworkError))
    assert all(issubclass(BY_CODE[each], ServerError) for each in ("INTERNAL_ERROR", "UNAVAILABLE"))


def texts_of(error):
    found = [str(error), repr(error), repr(vars(error))]
    while error is not None:
        found += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(found)


@pytest.mark.parametrize(
    "said",
    [
        DROP,
        refused(404, f"{KEY} a-token-of/a heartbeat", f"{KEY}, a-token-of/a heartbeat"),
        refused(400, "X", "", [{"field": KEY, "code": KEY, "message": KEY + TOKEN}]),
        answer(500, b"", x_request_id=KEY),
        answer(302, location=f"http://x.example/{KEY}/{quote(TOKEN, safe='')}/{quote(TOKEN)}"),
    ],
)
def test_no_error_tells_a_secret(said):
    with a_moody_server(said) as server, Kener(server.address, KEY, retries=0) as kener:
        for do in (kener.me, lambda: kener.heartbeat.ping(TOKEN)):
            with pytest.raises(KenerError) as error:
                do()
            told = texts_of(error.value)
            assert KEY not in told
            if "heartbeat" in server.asked[-1].path:
                assert not any(each in told for each in (TOKEN, quote(TOKEN), quote(TOKEN, "")))


def test_no_name_of_an_object_tells_a_secret():
    kener, other = Kener("http://127.0.0.1:1/", KEY), AsyncKener("http://127.0.0.1:1", KEY)

    assert repr(kener) == "Kener('http://127.0.0.1:1')"
    assert repr(other) == "AsyncKener('http://127.0.0.1:1')"
    shown = [kener, other, kener.monitors, kener.way, other.way, kener.monitors.list()]
    assert all(KEY not in repr(each) for each in shown)
    kener.close()
    asyncio.run(other.close())


def test_a_key_with_a_line_end_is_refused_without_being_told():
    with pytest.raises(ValueError, match="no key has") as error:
        Kener("http://127.0.0.1:1", f"{KEY}\n")

    assert KEY not in texts_of(error.value)


def test_a_token_is_not_told_to_logs(caplog, kener):
    caplog.set_level("DEBUG")
    with pytest.raises(NotFound):
        kener.heartbeat.fail(TOKEN)
    kener.me()

    told = "\n".join(each.getMessage() for each in caplog.records if each.name[:4] == "http")
    assert "/api/heartbeat/***/fail" in told
    assert "/api/me" in told
    assert not any(each in told for each in (TOKEN, "a-token-of", kener.way.settings.key))


def test_a_heartbeat_is_sent_without_the_key():
    with a_moody_server(answer(200, b"{}")) as server, Kener(server.address, KEY) as kener:
        kener.heartbeat.ping("token")

    assert "authorization" not in server.asked[0].headers


def test_a_certificate_of_nobody_known_is_an_error_that_no_retry_mends():
    waits = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with a_receiver(tls=context) as receiver:
        url = receiver.url(scheme="https", path="")
        with Kener(url, KEY, sleep=waits.append) as kener, pytest.raises(Untrusted):
            kener.me()

    assert (waits, receiver.got) == ([], [])


def test_an_authority_of_ones_own_can_be_trusted():
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    good = (200, {}, b'{"success": true, "data": {"name": "Test"}}')
    with a_receiver(lambda _: good, tls=context) as receiver, httpx.Client(verify=trusting) as http:
        kener = Kener(receiver.url(scheme="https", path=""), KEY, http=http)
        assert kener.me()["name"] == "Test"
