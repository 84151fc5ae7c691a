"""Where names of transfers lead, and that libcurl forgets it."""

import pycurl
import pytest
from checks.servers import HttpServer, ok

from kener.checks._curl_pins import Pins, pin


def test_a_name_is_pinned_to_all_its_addresses():
    assert pin("shop.example", 443, ("192.0.2.1", "2001:db8::1")) == {
        "shop.example:443": "shop.example:443:192.0.2.1,[2001:db8::1]"
    }


@pytest.mark.parametrize("name", ["192.0.2.1", "2001:db8::1"])
def test_an_address_needs_no_pin(name):
    assert pin(name, 80, (name,)) == {}


def test_what_nobody_needs_any_more_is_dropped_once():
    pins, shop, mail = Pins(), pin("shop.example", 80, ("::1",)), pin("mail.example", 80, ("::1",))
    pins.take(shop)
    pins.give_back(shop)
    assert pins.take(mail) == ["-shop.example:80", "mail.example:80:[::1]"]
    assert pins.take(mail) == ["mail.example:80:[::1]"]


def test_what_another_transfer_still_needs_is_kept():
    pins, shop, mail = Pins(), pin("shop.example", 80, ("::1",)), pin("mail.example", 80, ("::1",))
    pins.take(shop)
    pins.take(shop)
    pins.give_back(shop)
    assert pins.take(mail) == list(mail.values())
    pins.give_back(shop)
    assert pins.take(mail) == ["-shop.example:80", *mail.values()]


def test_a_name_that_is_needed_again_is_pinned_after_it_was_dropped():
    pins, shop = Pins(), pin("shop.example", 80, ("::1",))
    pins.take(shop)
    pins.give_back(shop)
    assert pins.take(shop) == ["-shop.example:80", *shop.values()]


def fetched(multi, name, port, lines=()):
    """Libcurl's error code. What is not pinned leads to 127.0.0.1, as it ends in localhost."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://{name}:{port}/")
    curl.setopt(pycurl.WRITEFUNCTION, lambda part: None)
    curl.setopt(pycurl.FORBID_REUSE, 1)
    curl.setopt(pycurl.DNS_CACHE_TIMEOUT, -1)
    curl.setopt(pycurl.RESOLVE, list(lines))
    multi.add_handle(curl)
    while multi.perform()[1]:
        multi.select(1.0)
    _, good, bad = multi.info_read()
    multi.remove_handle(curl)
    return 0 if good else bad[0][1]


def test_libcurl_forgets_what_was_dropped_and_only_that():
    pins, multi = Pins(), pycurl.CurlMulti()
    with HttpServer(lambda _: ok(), host="127.0.0.2") as server:
        used, kept, last = (
            pin(f"{name}.localhost", server.port, ("127.0.0.2",))
            for name in ("used", "kept", "last")
        )
        assert fetched(multi, "kept.localhost", server.port, pins.take(kept)) == 0
        assert fetched(multi, "used.localhost", server.port, pins.take(used)) == 0
        pins.give_back(used)
        assert fetched(multi, "used.localhost", server.port) == 0
        assert fetched(multi, "last.localhost", server.port, pins.take(last)) == 0
        assert fetched(multi, "used.localhost", server.port) == pycurl.E_COULDNT_CONNECT
        assert fetched(multi, "kept.localhost", server.port) == 0
