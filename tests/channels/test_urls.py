"""Which URLs may be saved at all."""

import pytest
from receivers import LOOPBACK

from kener.channels._http import url_problem

GOOD = ["https://example.org/hook?a=b", "http://example.org:8080", "https://bücher.example/"]


@pytest.mark.parametrize("url", GOOD)
def test_a_url_may_be_saved(url):
    assert url_problem(url, ()) == ""


BAD = {
    "ftp://example.org/": "must begin with https:// or http://",
    "file:///etc/passwd": "must begin with https:// or http://",
    "example.org/hook": "must begin with https:// or http://",
    "https://": "",
    "https://user:secret@example.org/": "must not hold a user name",
    "https://user@example.org/": "must not hold a user name",
    "https://example.org\\@10.0.0.1/": "must not hold a user name",
    "https://example.org/a\r\nX-Evil: 1": "must not hold spaces or control",
    "https://example.org/a b": "must not hold spaces or control",
    "https://exam\tple.org/": "must not hold spaces or control",
    "https://example.org:99999/": "is not a valid address",
    "https://example.org:port/": "is not a valid address",
    "https://[::1/": "is not a valid address",
    "https://example.org/" + "a" * 2000: "must be at most 2000 characters",
    "http://10.0.0.1/": "10.0.0.1 is not a public address",
    "http://[::1]/": "::1 is not a public address",
    "http://localhost/": "127.0.0.1 is not a public address",
}


@pytest.mark.parametrize(("url", "problem"), BAD.items(), ids=range(len(BAD)))
def test_a_url_may_not_be_saved(url, problem):
    assert url_problem(url, ()) != ""
    assert problem in url_problem(url, ())


def test_a_private_url_may_be_saved_where_its_network_is_named():
    assert url_problem("http://127.0.0.1:9/", LOOPBACK) == ""
