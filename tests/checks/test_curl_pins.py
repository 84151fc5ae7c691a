"""Where names of transfers lead, and that libcurl forgets it."""

import asyncio

import pycurl
import pytest
from checks.servers import HttpServer, ok

from kener.checks import _curl_pins
from kener.checks._curl_multi import Multi
from kener.checks._curl_pins import Pins, pin


def test_a_name_is_pinned_to_all_its_addresses():
    assert pin("shop.example", 443, ("192.0.2.1", "2001:db8::1")) == {
        "shop.example:443": "shop.example:443:192.0.2.1,[2001:db8::1]"
    }


@pytest.mark.parametrize("name", ["192.0.2.1", "2001:db8::1"])
def test_an_address_needs_no_pin(name):
    assert pin(name, 80, (name,)) == {}


@pytest.fixture
def pins(monkeypatch):
    """So that two left over are much."""
    monkeypatch.setattr(_curl_pins, "MOST_STALE", 2)
    return Pins()


SHOP, MAIL, NEWS = (pin(f"{name}.example", 80, ("::1",)) for name in ("shop", "mail", "news"))


def used(pins, *names):
    for name in names:
        assert pins.take(name) == list(name.values())
    for name in names:
        pins.give_back(name)


def test_what_nobody_needs_any_more_is_to_be_dropped_once_when_it_is_much(pins):
    used(pins, SHOP)
    assert pins.stale() == []
    used(pins, MAIL)
    assert sorted(pins.stale()) == ["mail.example:80", "shop.example:80"]
    assert pins.stale() == []


def test_what_another_transfer_still_needs_is_kept(pins):
    pins.take(SHOP)
    used(pins, SHOP, MAIL)
    assert pins.stale() == []
    pins.give_back(SHOP)
    assert sorted(pins.stale()) == ["mail.example:80", "shop.example:80"]


def test_a_name_that_is_needed_again_is_not_dropped(pins):
    used(pins, SHOP, MAIL)
    pins.take(SHOP)
    assert pins.stale() == []
    used(pins, NEWS)
    assert sorted(pins.stale()) == ["mail.example:80", "news.example:80"]


async def fetched(multi, name, port, lines=()):
    """Libcurl's error code. What is not pinned leads to 127.0.0.1, as it ends in localhost."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://{name}:{port}/")
    curl.setopt(pycurl.WRITEFUNCTION, lambda part: None)
    curl.setopt(pycurl.FORBID_REUSE, 1)
    curl.setopt(pycurl.DNS_CACHE_TIMEOUT, -1)
    curl.setopt(pycurl.RESOLVE, list(lines))
    return await multi.perform(curl)


def test_libcurl_forgets_what_was_dropped_and_only_that():
    async def main(port):
        multi = Multi(asyncio.get_running_loop())
        for name in ("kept", "used"):
            lines = pin(f"{name}.localhost", port, ("127.0.0.2",)).values()
            assert await fetched(multi, f"{name}.localhost", port, lines) == 0
        assert await fetched(multi, "used.localhost", port) == 0
        multi.drop([f"used.localhost:{port}"])
        codes = [await fetched(multi, f"{name}.localhost", port) for name in ("used", "kept")]
        multi.close()
        return codes

    with HttpServer(lambda _: ok(), host="127.0.0.2") as server:
        assert asyncio.run(main(server.port)) == [pycurl.E_COULDNT_CONNECT, 0]


def test_a_transfer_that_ends_while_pins_are_dropped_is_told():
    async def main():
        multi = Multi(asyncio.get_running_loop())
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, "nothing://nowhere")
        waiting = asyncio.create_task(multi.perform(curl))
        await asyncio.sleep(0)
        multi.drop(["used.localhost:80"])
        code = await asyncio.wait_for(waiting, 5)
        multi.close()
        return code

    assert asyncio.run(main()) == pycurl.E_UNSUPPORTED_PROTOCOL
