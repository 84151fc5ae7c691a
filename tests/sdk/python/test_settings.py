"""Where Kener is, and who asks."""

import httpx
import pytest
from kener_client import Kener


@pytest.fixture
def environment(monkeypatch):
    def put(url=None, key=None):
        for name, value in {"KENER_URL": url, "KENER_API_KEY": key}.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)

    put()
    return put


def test_the_environment_says_what_is_not_given(environment, address, key):
    environment(address, key)

    with Kener() as kener:
        assert "admin" in kener.me()["permissions"]


def test_what_is_given_counts_more(environment, address, key):
    environment("http://127.0.0.1:1", "kener_other")

    with Kener(address, key) as kener:
        assert kener.me()["name"] == "Test"


def test_without_an_address_it_says_what_to_do(environment):
    with pytest.raises(ValueError, match="KENER_URL"):
        Kener()


@pytest.mark.parametrize("tail", ["", "/", "/api", "/api/"])
def test_the_address_may_be_that_of_the_api(environment, address, key, tail):
    with Kener(address + tail, key) as kener:
        assert kener.me()["name"] == "Test"


def test_a_kener_may_live_below_a_path():
    with Kener("https://example.org/status/") as kener:
        assert repr(kener) == "Kener('https://example.org/status')"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "example.org",
        "https://",
        "https://user:password@example.org",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "http://[::1",
        "http://exa mple.org:port",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="The url ") as error:
        Kener(url)

    assert "password" not in str(error.value)


@pytest.mark.parametrize("key", ["with space", "ümlaut", "tab\t", "nul\0"])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ValueError, match="no key has"):
        Kener("http://127.0.0.1:1", key)


def test_what_is_public_can_be_asked_for_without_a_key(environment, address):
    with Kener(address) as kener:
        assert kener.status()["status"] in {"none", "unknown"}


def test_ones_own_client_is_used_and_stays_open(address, key):
    with httpx.Client(headers={"X-Request-Id": "mine"}) as http:
        with Kener(address, key, http=http) as kener:
            kener.me()

        assert not http.is_closed
        assert http.get(f"{address}/api/status").headers["X-Request-Id"] == "mine"


def test_its_own_client_is_closed(address, key):
    with Kener(address, key) as kener:
        kener.me()

    assert kener.way.http.is_closed
