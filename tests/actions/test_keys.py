"""API keys."""

import time

import pytest
from factories import NOW
from sqlalchemy.exc import OperationalError

from kener.actions.keys import (
    PERMISSIONS,
    KeyRefused,
    create_key,
    find_key,
    is_stale,
    mark_used,
    may,
    revoke_key,
)
from kener.core.errors import Invalid
from kener.core.instant import HOUR, MINUTE
from kener.store.keys import impatient_write


def refusal_of(session, text, now=NOW):
    with pytest.raises(KeyRefused) as error:
        find_key(session, text, now)
    return error.value.code


def test_a_key_is_found_by_its_text_and_kept_only_as_a_hash(session):
    key, text = create_key(session, " Deploy ", ["write:monitors"], None, NOW)
    secret = text.rpartition("_")[2]

    assert find_key(session, text, NOW) is key
    assert text.startswith(f"kener_{key.public_id}_")
    assert len(secret) == 40
    assert secret not in str(vars(key))
    assert key.name == "Deploy"


def test_two_keys_are_never_the_same(session):
    texts = {create_key(session, "x", ["admin"], None, NOW)[1] for _ in range(50)}

    assert len(texts) == 50


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: text.upper(),
        lambda text: text.replace("kener_", "other_"),
        lambda text: "kener_nobody0000_" + text.rpartition("_")[2],
        lambda text: text.rpartition("_")[0] + "_",
        lambda text: "kener",
        lambda text: "",
        lambda text: "kener_" + "x" * 5000 + "_y",
        lambda text: text[:-1] + "\udc80",
    ],
)
def test_what_is_not_quite_the_key_is_not_the_key(session, change):
    _, text = create_key(session, "x", ["admin"], None, NOW)

    assert refusal_of(session, change(text)) == "UNAUTHORIZED"


def test_a_key_expires_at_its_instant(session):
    key, text = create_key(session, "x", ["admin"], NOW + HOUR, NOW)

    assert find_key(session, text, NOW + HOUR - 1) is key
    assert refusal_of(session, text, NOW + HOUR) == "KEY_EXPIRED"


def test_a_revoked_key_opens_nothing_for_good(session):
    key, text = create_key(session, "x", ["admin"], NOW + HOUR, NOW)

    revoke_key(session, key, NOW)
    revoke_key(session, key, NOW + MINUTE)

    assert key.revoked_at == NOW
    assert refusal_of(session, text, NOW + 2 * HOUR) == "KEY_REVOKED"


def test_who_does_not_know_the_secret_does_not_learn_that_a_key_was_revoked(session):
    key, text = create_key(session, "x", ["admin"], None, NOW)
    revoke_key(session, key, NOW)

    assert refusal_of(session, text[:-4] + "0000") == "UNAUTHORIZED"


def test_admin_has_every_permission_and_others_have_their_own(session):
    admin, _ = create_key(session, "x", ["admin"], None, NOW)
    reader, _ = create_key(session, "x", ["read:monitors"], None, NOW)

    assert all(may(admin, each) for each in PERMISSIONS)
    assert [each for each in PERMISSIONS if may(reader, each)] == ["read:monitors"]


@pytest.mark.parametrize(
    ("name", "permissions", "expires_at", "field"),
    [
        ("", ["admin"], None, "name"),
        ("two\nlines", ["admin"], None, "name"),
        ("x", [], None, "permissions"),
        ("x", ["read:everything"], None, "permissions"),
        ("x", ["admin"], NOW, "expires_at"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(session, name, permissions, expires_at, field):
    with pytest.raises(Invalid) as error:
        create_key(session, name, permissions, expires_at, NOW)

    assert set(error.value.problems) == {field}


def test_use_is_noted_once_a_minute(session):
    key, _ = create_key(session, "x", ["admin"], None, NOW)
    assert is_stale(key, NOW)

    for at in (NOW, NOW + MINUTE - 1, NOW + MINUTE):
        mark_used(session, key.id, at)
        session.refresh(key)
        assert key.used_at == (NOW if at < NOW + MINUTE else NOW + MINUTE)
        assert not is_stale(key, at)


def test_a_busy_database_is_not_waited_for(database):
    with database.write() as session:
        key, _ = create_key(session, "x", ["admin"], None, NOW)
    with database.write() as busy:
        mark_used(busy, key.id, NOW)
        begin = time.monotonic()
        with pytest.raises(OperationalError), impatient_write(database.engine) as own:
            mark_used(own, key.id, NOW + 5 * MINUTE)
        assert time.monotonic() - begin < 2

    with impatient_write(database.engine) as own:
        mark_used(own, key.id, NOW + HOUR)
    with database.read() as session:
        assert session.get(type(key), key.id).used_at == NOW + HOUR
