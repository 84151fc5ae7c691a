"""The owner's account and signing in, on both databases."""

import stat
import threading
import time

import pytest
from argon2 import PasswordHasher
from factories import NOW, a_member

from kener.actions import members
from kener.actions.members import (
    Browser,
    authenticate,
    create_owner,
    end_other_sign_ins,
    end_sign_in,
    first_run_token,
    is_first_run_token,
    is_stale,
    member_of,
    reference_of,
    renew_hash,
    set_password,
    sign_in,
    sign_in_of,
    sign_out,
    token_hash,
    touch,
)
from kener.core.errors import Conflict, Forbidden, Invalid
from kener.core.instant import DAY, MINUTE, SECOND
from kener.store.tables import Member, SignIn

PASSWORD = "correct horse battery"
HERE = Browser("127.0.0.1", "a browser")


@pytest.fixture
def owner(session):
    return create_owner(session, "owner@example.org", PASSWORD, NOW)


def test_the_first_run_token_is_kept_for_our_eyes_only(config, session):
    token = first_run_token(config, session)

    file = config.data_dir / "first-run.token"
    assert file.read_text().strip() == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(token) >= 32


def test_every_process_gets_the_same_first_run_token(config, database):
    found = []

    def ask():
        with database.read() as session:
            found.append(first_run_token(config, session))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert len(set(found)) == 1
    assert [each.name for each in config.data_dir.iterdir() if "first-run" in each.name] == [
        "first-run.token"
    ]


def test_only_the_whole_token_is_the_token(config, session):
    token = first_run_token(config, session)

    assert is_first_run_token(config, session, token)
    assert not is_first_run_token(config, session, token[:-1])
    assert not is_first_run_token(config, session, "")
    assert not is_first_run_token(config, session, "ä")


def test_with_an_owner_the_token_is_worth_nothing(config, session):
    token = first_run_token(config, session)
    create_owner(session, "owner@example.org", PASSWORD, NOW)

    assert not is_first_run_token(config, session, token)
    assert first_run_token(config, session) is None
    assert not (config.data_dir / "first-run.token").exists()


def test_an_address_is_kept_in_lower_case_and_the_password_only_as_a_hash(session):
    member = create_owner(session, "  Owner@Example.ORG ", PASSWORD, NOW, name=" Ada ")

    assert (member.email, member.name, member.role) == ("owner@example.org", "Ada", "owner")
    assert member.password_hash.startswith("$argon2id$")
    assert PASSWORD not in member.password_hash


@pytest.mark.parametrize(
    ("email", "password", "bad"),
    [
        ("nonsense", PASSWORD, ["email"]),
        ("", PASSWORD, ["email"]),
        ("a b@example.org", PASSWORD, ["email"]),
        ("a@" + "b" * 260, PASSWORD, ["email"]),
        ("owner@example.org", "short", ["password"]),
        ("owner@example.org", "x" * 1025, ["password"]),
        ("nonsense", "short", ["email", "password"]),
    ],
)
def test_every_bad_field_of_an_account_is_named_at_once(session, email, password, bad):
    with pytest.raises(Invalid) as error:
        create_owner(session, email, password, NOW)

    assert list(error.value.problems) == bad


def test_there_is_no_second_first_owner(session, owner):
    with pytest.raises(Conflict, match="has an owner already"):
        create_owner(session, "stranger@example.org", PASSWORD, NOW)


def test_from_a_shell_another_owner_can_be_made_but_not_the_same_one_twice(session, owner):
    another = create_owner(session, "second@example.org", PASSWORD, NOW, another=True)

    assert another.id != owner.id
    with pytest.raises(Conflict, match="There is an account"):
        create_owner(session, "OWNER@example.org", PASSWORD, NOW, another=True)


def test_of_many_first_owners_at_once_one_wins(database):
    outcomes = []

    def claim(number):
        try:
            with database.write() as session:
                create_owner(session, f"owner{number}@example.org", PASSWORD, NOW)
            outcomes.append("owner")
        except Conflict:
            outcomes.append("too late")

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["owner"] + ["too late"] * 4
    with database.read() as session:
        assert session.query(Member).count() == 1


def test_the_right_password_proves_who_one_is(session, owner):
    assert authenticate(session, " Owner@example.org", PASSWORD) is owner


def test_the_same_password_typed_on_another_keyboard_is_the_same(session):
    member = create_owner(session, "owner@example.org", "zehn Zähne weiß", NOW)

    assert authenticate(session, "owner@example.org", "zehn Za\u0308hne weiß") is member


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@example.org", "wrong horse battery"),
        ("owner@example.org", ""),
        ("owner@example.org", PASSWORD + "x" * 2000),
        ("nobody@example.org", PASSWORD),
        ("", ""),
    ],
)
def test_a_wrong_account_and_a_wrong_password_are_told_alike(session, owner, email, password):
    with pytest.raises(Forbidden) as error:
        authenticate(session, email, password)

    assert error.value.message == members.WRONG


def test_a_wrong_account_takes_as_long_as_a_wrong_password(session, owner):
    def shortest(email):
        took = []
        for _ in range(5):
            started = time.process_time()
            with pytest.raises(Forbidden):
                authenticate(session, email, "wrong horse battery")
            took.append(time.process_time() - started)
        return min(took)

    shortest("nobody@example.org")  # makes the hash that fits nobody
    known, unknown = shortest("owner@example.org"), shortest("nobody@example.org")

    assert 0.5 < known / unknown < 2


def test_a_hash_that_is_none_lets_nobody_in(session):
    member = a_member(session, email="broken@example.org", password_hash="-")

    with pytest.raises(Forbidden):
        authenticate(session, member.email, "-")


def test_a_password_is_hashed_anew_when_we_hash_more_carefully(session, owner):
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    owner.password_hash = weaker

    renew_hash(authenticate(session, owner.email, PASSWORD), PASSWORD)
    renewed = owner.password_hash
    renew_hash(authenticate(session, owner.email, PASSWORD), PASSWORD)

    assert renewed != weaker
    assert owner.password_hash == renewed


def test_a_sign_in_is_known_by_the_hash_of_its_token_alone(session, owner):
    token = sign_in(session, owner, 14, NOW, HERE)

    stored = session.query(SignIn).one()
    assert stored.token_hash == token_hash(token) != token
    assert member_of(session, token, NOW) is owner
    assert member_of(session, token + "x", NOW) is None
    assert member_of(session, "", NOW) is None


def test_a_sign_in_ends_after_its_days(session, owner):
    token = sign_in(session, owner, 14, NOW, HERE)

    assert member_of(session, token, NOW + 14 * DAY - 1) is owner
    assert member_of(session, token, NOW + 14 * DAY) is None


def test_signing_in_sweeps_out_what_has_run_out(session, owner):
    sign_in(session, owner, 1, NOW, HERE)
    sign_in(session, owner, 1, NOW + 2 * DAY, HERE)

    assert session.query(SignIn).count() == 1


def test_a_very_long_browser_name_is_cut(session, owner):
    token = sign_in(session, owner, 14, NOW, Browser("::1", "x" * 5000))

    assert len(sign_in_of(session, token, NOW).agent) == 200


def test_last_seen_is_worth_a_write_once_a_minute(session, owner):
    found = sign_in_of(session, sign_in(session, owner, 14, NOW, HERE), NOW)

    assert not is_stale(found, NOW + 59 * SECOND)
    assert is_stale(found, NOW + MINUTE)
    touch(found, NOW + MINUTE)
    assert not is_stale(found, NOW + MINUTE + 1)


def test_signing_out_ends_this_sign_in_only(session, owner):
    here, there = (sign_in(session, owner, 14, NOW, HERE) for _ in range(2))

    sign_out(session, here)
    sign_out(session, here)

    assert member_of(session, here, NOW) is None
    assert member_of(session, there, NOW) is owner


def test_all_other_sign_ins_can_be_ended_at_once(session, owner):
    here, *_others = [sign_in(session, owner, 14, NOW, HERE) for _ in range(3)]
    stranger = create_owner(session, "second@example.org", PASSWORD, NOW, another=True)
    theirs = sign_in(session, stranger, 14, NOW, HERE)

    assert end_other_sign_ins(session, owner, here) == 2
    assert member_of(session, here, NOW) is owner
    assert member_of(session, theirs, NOW) is stranger


def test_one_other_sign_in_is_ended_by_its_reference_and_only_by_its_member(session, owner):
    token = sign_in(session, owner, 14, NOW, HERE)
    stranger = create_owner(session, "second@example.org", PASSWORD, NOW, another=True)
    reference = reference_of(token_hash(token))

    end_sign_in(session, stranger, reference)
    assert member_of(session, token, NOW) is owner

    end_sign_in(session, owner, reference)
    assert member_of(session, token, NOW) is None


def test_a_new_password_signs_out_everywhere(session, owner):
    token = sign_in(session, owner, 14, NOW, HERE)

    with pytest.raises(Invalid):
        set_password(session, owner, "short")
    set_password(session, owner, "another long password")

    assert member_of(session, token, NOW) is None
    assert authenticate(session, owner.email, "another long password") is owner
