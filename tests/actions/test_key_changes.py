"""What becomes of a key: other fields, another secret, an end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import NOW

from kener.actions.key_changes import LONGEST_GRACE, rotate_key, update_key
from kener.actions.key_fields import Maker
from kener.actions.keys import KeyRefused, create_key, find_key, make_key, mark_used, revoke_key
from kener.core.errors import Conflict, Forbidden, Invalid
from kener.core.instant import DAY, HOUR, MINUTE, SECOND, iso
from kener.store.keys import KeyState, find_key_row, part_of_keys, state_of
from kener.store.tables import ApiKey


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def key(session):
    return create_key(session, "Deploy", ["read:monitors"], NOW + DAY, NOW)[0]


def maker(session, address="192.0.2.1", **limits):
    given = {"name": "Maker", "permissions": ["admin"]} | limits
    return Maker(make_key(session, given, NOW)[0], address)


def refusal_of(session, text, now=NOW):
    with pytest.raises(KeyRefused) as error:
        find_key(session, text, now)
    return error.value.code


def test_what_is_named_changes_and_the_rest_stays(session, key):
    update_key(session, key, {"rate_limit": 7, "addresses": ["10.0.0.0/8"]}, NOW, exact=True)

    assert (key.name, key.permissions, key.expires_at) == ("Deploy", ["read:monitors"], NOW + DAY)
    assert (key.rate_limit, key.addresses, key.version) == (7, ["10.0.0.0/8"], 2)


def test_limits_can_be_taken_away_again(session, key):
    update_key(session, key, {"rate_limit": 7, "addresses": ["10.0.0.0/8"]}, NOW, exact=True)
    changes = {"rate_limit": None, "addresses": [], "expires_at": None}
    update_key(session, key, changes, NOW, exact=True)

    assert (key.rate_limit, key.addresses, key.expires_at) == (None, [], None)


def test_an_expired_key_can_be_renamed_and_brought_back(session, key):
    later = NOW + 2 * DAY
    update_key(session, key, {"name": "Old"}, later, exact=True)
    assert state_of(key, later) is KeyState.EXPIRED

    update_key(session, key, {"expires_at": iso(later + HOUR)}, later, exact=True)

    assert state_of(key, later) is KeyState.ACTIVE


def test_an_end_in_the_past_is_refused(session, key):
    with pytest.raises(Invalid) as error:
        update_key(session, key, {"expires_at": iso(NOW)}, NOW, exact=True)

    assert list(error.value.problems) == ["expires_at"]


def test_an_old_version_is_a_conflict(session, key):
    update_key(session, key, {"name": "One"}, NOW, version=1)

    for change in (
        lambda: update_key(session, key, {"name": "Two"}, NOW, version=1),
        lambda: rotate_key(session, key, {}, NOW, version=1),
        lambda: revoke_key(session, key, NOW, version=1),
    ):
        with pytest.raises(Conflict):
            change()
    assert (key.name, key.revoked_at, key.old_hash) == ("One", None, None)


def test_a_revoked_key_is_revoked_for_good(session, key):
    revoke_key(session, key, NOW)

    with pytest.raises(Conflict):
        update_key(session, key, {"expires_at": None}, NOW)
    with pytest.raises(Conflict):
        rotate_key(session, key, {}, NOW)


def test_a_new_secret_ends_the_old_one_at_once(session):
    key, old = create_key(session, "Deploy", ["admin"], None, NOW)

    new = rotate_key(session, key, {}, NOW)

    assert find_key(session, new, NOW) is key
    assert refusal_of(session, old) == "KEY_REVOKED"
    assert refusal_of(session, old[:-4] + "0000") == "UNAUTHORIZED"
    assert new.rpartition("_")[2] not in str(vars(key))


def test_within_the_grace_both_secrets_open(session):
    key, old = create_key(session, "Deploy", ["admin"], None, NOW)

    new = rotate_key(session, key, {"grace": 60}, NOW)

    for at in (NOW, NOW + MINUTE - 1):
        assert find_key(session, old, at) is find_key(session, new, at) is key
    assert refusal_of(session, old, NOW + MINUTE) == "KEY_REVOKED"
    assert find_key(session, new, NOW + MINUTE) is key


def test_a_third_secret_ends_the_grace_of_the_first(session):
    key, first = create_key(session, "Deploy", ["admin"], None, NOW)
    second = rotate_key(session, key, {"grace": 600}, NOW)
    third = rotate_key(session, key, {"grace": 600}, NOW + SECOND)

    assert refusal_of(session, first, NOW + SECOND) == "UNAUTHORIZED"
    assert find_key(session, second, NOW + SECOND) is find_key(session, third, NOW + SECOND)


def test_revoking_ends_a_grace_too(session):
    key, old = create_key(session, "Deploy", ["admin"], None, NOW)
    rotate_key(session, key, {"grace": 600}, NOW)
    revoke_key(session, key, NOW)

    assert refusal_of(session, old) == "KEY_REVOKED"


def test_a_key_without_an_old_secret_is_not_opened_by_none(session):
    key, _ = create_key(session, "Deploy", ["admin"], None, NOW)

    assert refusal_of(session, f"kener_{key.public_id}_") == "UNAUTHORIZED"


def test_an_expired_key_gets_no_new_secret(session, key):
    with pytest.raises(Conflict, match="expired"):
        rotate_key(session, key, {}, NOW + 2 * DAY)


@pytest.mark.parametrize("grace", [-1, LONGEST_GRACE + 1, 1.5, "60", None])
def test_a_grace_is_a_number_of_seconds(session, key, grace):
    with pytest.raises(Invalid) as error:
        rotate_key(session, key, {"grace": grace}, NOW, exact=True)

    assert list(error.value.problems) == ["grace"]
    assert key.old_hash is None


def test_a_mightier_key_is_not_touched_but_can_be_revoked(session, key):
    weak = maker(session, "10.0.0.1", addresses=["10.0.0.0/8"])

    with pytest.raises(Forbidden):
        update_key(session, key, {"addresses": ["10.0.0.0/8"]}, NOW, weak)
    with pytest.raises(Forbidden):
        rotate_key(session, key, {}, NOW, weak)
    assert revoke_key(session, key, NOW).revoked_at == NOW


def test_a_key_cannot_widen_itself(session):
    own = maker(session, "10.0.0.1", addresses=["10.0.0.0/8"], rate_limit=5)

    with pytest.raises(Invalid) as error:
        update_key(session, own.key, {"addresses": [], "rate_limit": None}, NOW, own)

    assert set(error.value.problems) == {"addresses", "rate_limit"}
    assert update_key(session, own.key, {"rate_limit": 4}, NOW, own).rate_limit == 4


def test_a_key_does_not_shut_itself_out(session):
    own = maker(session, "192.0.2.1")

    with pytest.raises(Invalid, match=r"from 192\.0\.2\.1"):
        update_key(session, own.key, {"addresses": ["10.0.0.0/8"]}, NOW, own)

    assert update_key(session, own.key, {"addresses": ["192.0.2.0/24"]}, NOW, own).version == 2


def test_two_who_rotate_at_once_do_so_one_after_the_other(database):
    with database.write() as session:
        name = create_key(session, "Deploy", ["admin"], None, NOW)[0].public_id

    def rotate(_):
        with database.write() as session:
            return rotate_key(session, find_key_row(session, name), {"grace": 600}, NOW)

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(rotate, range(4)))

    with database.read() as session:
        codes = []
        for text in texts:
            try:
                find_key(session, text, NOW)
            except KeyRefused as refusal:
                codes.append(refusal.code)
        assert codes == ["UNAUTHORIZED"] * 2
        assert session.query(ApiKey).one().version == 5


def test_use_is_noted_with_its_address(session, key):
    mark_used(session, key.id, NOW, "2001:db8::1")
    mark_used(session, key.id, NOW + SECOND, "192.0.2.9")
    session.refresh(key)

    assert (key.used_at, key.used_from) == (NOW, "2001:db8::1")


def test_keys_are_listed_by_their_state(session, key):
    gone = create_key(session, "Gone", ["admin"], NOW + HOUR, NOW)[0]
    revoke_key(session, gone, NOW)
    create_key(session, "Always", ["admin"], None, NOW)

    def names(state, at=NOW):
        return [each.name for each in part_of_keys(session, 0, 10, at, state).rows]

    assert names(None) == ["Deploy", "Gone", "Always"]
    assert names(KeyState.ACTIVE) == ["Deploy", "Always"]
    assert names(KeyState.REVOKED, NOW + 2 * DAY) == ["Gone"]
    assert names(KeyState.EXPIRED, NOW + 2 * DAY) == ["Deploy"]
    assert part_of_keys(session, 0, 1, NOW, KeyState.ACTIVE).total == 2
