"""What one may say of a key: networks in one spelling, nothing beyond the key that makes it."""

import pytest
from factories import NOW

from kener.actions.fields import read
from kener.actions.key_fields import KeyFields, Maker, comes_from
from kener.actions.keys import BEYOND, create_key, make_key
from kener.core.errors import Invalid
from kener.core.instant import HOUR, iso

PLAIN = {"name": "Deploy", "permissions": ["read:monitors"]}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def networks(*texts):
    return read(KeyFields, PLAIN | {"addresses": list(texts)}, exact=True).addresses


def problems(session, given, maker=None):
    with pytest.raises(Invalid) as error:
        make_key(session, PLAIN | given, NOW, maker, exact=True)
    return error.value.problems


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_a_network_is_kept_in_one_spelling(text, kept):
    assert networks(text) == [kept]


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "example.org", "10.0.0.0/33", "fe80::1%eth0", "1.2.3", "9" * 5000]
)
def test_what_is_no_network_is_told_at_its_place(text):
    with pytest.raises(Invalid) as error:
        networks("192.0.2.7", text)

    assert list(error.value.problems) == ["addresses.1"]
    assert len(error.value.problems["addresses.1"]) < 200


@pytest.mark.parametrize(
    ("kept", "address", "comes"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8:7::1", True),
        (["0.0.0.0/0"], "::1", False),
        (["0.0.0.0/0", "::/0"], "", False),
        (["0.0.0.0/0", "::/0"], "unix:", False),
    ],
)
def test_a_key_comes_from_its_networks_only(kept, address, comes):
    assert comes_from(kept, address) is comes


def test_every_bad_field_is_named_at_once(session):
    given = {
        "name": "",
        "permissions": [],
        "addresses": ["x"],
        "rate_limit": 0,
        "expires_at": "2027-01-01",
        "admin": True,
    }

    assert set(problems(session, given)) == {
        "name", "permissions", "addresses.0", "rate_limit", "expires_at", "admin",
    }  # fmt: skip


@pytest.mark.parametrize("limit", [0, -1, 1_000_001, 1.5, "30", True])
def test_a_rate_limit_is_a_whole_number_above_nothing(session, limit):
    assert list(problems(session, {"rate_limit": limit})) == ["rate_limit"]


def test_networks_and_permissions_are_kept_once(session):
    given = {
        "permissions": ["write:monitors", "read:monitors", "write:monitors"],
        "addresses": ["192.0.2.7", "10.0.0.0/8", "192.0.2.7/32"],
        "rate_limit": 30,
    }
    key, _ = make_key(session, PLAIN | given, NOW, exact=True)

    assert key.permissions == ["read:monitors", "write:monitors"]
    assert key.addresses == ["192.0.2.7/32", "10.0.0.0/8"]
    assert (key.rate_limit, key.version, key.used_from) == (30, 1, "")


@pytest.fixture
def limited(session):
    """A key with limits of every kind, asking from within its networks."""
    given = {
        "name": "Limited",
        "permissions": ["read:monitors", "write:monitors"],
        "addresses": ["10.0.0.0/8", "2001:db8::/32"],
        "rate_limit": 50,
        "expires_at": iso(NOW + HOUR),
    }
    return Maker(make_key(session, given, NOW)[0], "10.0.0.1")


WITHIN = {"addresses": ["10.1.0.0/16"], "rate_limit": 50, "expires_at": iso(NOW + HOUR)}


def test_a_key_may_make_one_that_may_as_much(session, limited):
    given = PLAIN | WITHIN | {"addresses": ["10.0.0.0/8", "2001:db8:1::/48"]}

    assert make_key(session, given, NOW, limited, exact=True)[0].rate_limit == 50


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"permissions": ["read:monitors", "read:incidents"]}, "permissions"),
        ({"permissions": ["admin"]}, "permissions"),
        ({"expires_at": None}, "expires_at"),
        ({"expires_at": iso(NOW + HOUR + 1)}, "expires_at"),
        ({"addresses": []}, "addresses"),
        ({"addresses": ["10.1.0.0/16", "11.0.0.0/8"]}, "addresses"),
        ({"addresses": ["0.0.0.0/0"]}, "addresses"),
        ({"addresses": ["::/0"]}, "addresses"),
        ({"rate_limit": None}, "rate_limit"),
        ({"rate_limit": 51}, "rate_limit"),
    ],
)
def test_a_key_never_makes_a_mightier_one(session, limited, more, field):
    found = problems(session, WITHIN | more, limited)

    assert {name: problem.code for name, problem in found.items()} == {field: BEYOND}


def test_an_administrators_key_without_limits_may_make_any(session):
    admin = Maker(create_key(session, "Admin", ["admin"], None, NOW)[0], "192.0.2.1")

    key, _ = make_key(session, PLAIN | {"rate_limit": 9000}, NOW, admin, exact=True)

    assert (key.expires_at, key.addresses, key.rate_limit) == (None, [], 9000)
