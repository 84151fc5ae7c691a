"""The one line that says where a database is and who connects."""

import pytest

from kener.checks._dsn import parse_dsn

PORTS = {"redis": 6379}
OPTIONS = {"mode": ("on", "off"), "name": ()}


def parsed(text):
    return parse_dsn(text, PORTS, OPTIONS)


def test_all_parts_are_read():
    dsn = parsed("redis://watcher:p%40ss@Db.Example:7000/sh%20op?mode=ON&name=Mine")

    assert (dsn.host, dsn.port, dsn.database) == ("db.example", 7000, "sh op")
    assert (dsn.user, dsn.password) == ("watcher", "p@ss")
    assert dsn.options == {"mode": "on", "name": "Mine"}


def test_what_is_left_out_is_usual():
    dsn = parsed("redis://[::1]")

    assert (dsn.host, dsn.port, dsn.database, dsn.user, dsn.password) == ("::1", 6379, "", "", "")
    assert str(dsn) == "redis://[::1]:6379"


@pytest.mark.parametrize("password", ["a/b", "a@b", "a:b?c#d", "ends@", "//"])
def test_a_password_need_not_be_encoded(password):
    dsn = parsed(f"redis://watcher:{password}@db.example/1")

    assert (dsn.password, dsn.host, dsn.database) == (password, "db.example", "1")


def test_neither_user_nor_password_is_told():
    dsn = parsed("redis://watcher:hunter2@db.example/1")

    assert str(dsn) == "redis://db.example:6379/1"
    assert "hunter2" not in repr(dsn)
    assert "watcher" not in repr(dsn)
    assert dsn.told("access of 'watcher' denied,\n using hunter2\x07") == (
        "access of '…' denied, using …"
    )
    assert len(dsn.told("x" * 100_000)) == 200


def test_a_short_secret_is_cut_out_where_it_is_a_word():
    assert parsed("redis://a:b@db.example").told("a bad “b” is about") == "… bad “…” is about"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must begin with redis://"),
        ("db.example", "must begin with redis://"),
        ("postgresql://s3cret@db.example", "must begin with redis://"),
        ("redis://", "has no host"),
        ("redis://u:s3cret@", "has no host"),
        ("redis://u:s3cret@one.example,two.example/", "must name one host"),
        ("redis://db.example:0", "the port must be a number from 1 to 65535"),
        ("redis://db.example:s3cret", "the port must be a number from 1 to 65535"),
        ("redis://[::1/0", "an IPv6 address stands in brackets, like [::1]:5432"),
        ("redis://db example/0", "must be a host name or an address"),
        ("redis://db.example/0?s3cret=1", "an option that is not supported here; known: mode, n"),
        ("redis://db.example/0?mode=s3cret", "mode must be one of on, off"),
        ("redis://u:a\nb@db.example/0", "must be one line without control characters"),
        ("redis://u:a%00b@db.example/0", "must be one line without control characters"),
        ("redis://u:" + "x" * 2000 + "@db.example", "must have at most 2000 characters"),
    ],
)
def test_a_bad_line_is_refused_without_quoting_it(text, why):
    with pytest.raises(ValueError, match=r".") as refused:
        parsed(text)

    assert why in str(refused.value)
    assert "s3cret" not in str(refused.value)
