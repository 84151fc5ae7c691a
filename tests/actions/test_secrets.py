"""Secrets that settings refer to by name."""

import pytest
from factories import NOW, a_monitor
from sqlalchemy import select

from kener.actions.monitors import create_monitor, update_monitor
from kener.actions.rekey import rekey
from kener.actions.secrets import delete_secret, set_secret, users_of
from kener.core.errors import Conflict, Invalid
from kener.store import secrets
from kener.store.secrets import is_sealed, unseal
from kener.store.stored_secrets import find_secret
from kener.store.tables import Monitor, Schedule, Secret

VALUE = "a very secret token"
LATER = NOW + 60_000


@pytest.fixture
def session(database, sealing):
    with database.write() as session:
        yield session


def store(session, name="TOKEN", value=VALUE, **more):
    return set_secret(session, name, {"value": value, **more}, NOW)


def shop(session, **settings):
    own = {"url": "http://127.0.0.1/", "bearer_token": "{{ secret.TOKEN }}"}
    fields = {"name": "Shop", "kind": "http", "settings": own | settings}
    return create_monitor(session, fields, NOW)


def problems_of(call, *args, **given):
    with pytest.raises(Invalid) as error:
        call(*args, **given)
    return error.value.problems


def due_at(session, monitor):
    return session.scalars(select(Schedule.due_at).where(Schedule.monitor_id == monitor.id)).one()


def test_a_secret_is_sealed_and_replaced_under_its_name(session):
    secret, is_new = store(session, note="of the shop")
    sealed = secret.value_sealed
    _, again = set_secret(session, "TOKEN", {"value": "another"}, LATER)

    assert (is_new, again) == (True, False)
    assert is_sealed(sealed)
    assert unseal(secret.value_sealed) == "another"
    assert (secret.note, secret.created_at, secret.updated_at) == ("of the shop", NOW, LATER)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A.B", "A" * 65, "Ä", "A\n", "A }}"])
def test_a_name_that_no_reference_could_have_is_refused(session, name):
    assert list(problems_of(store, session, name)) == ["name"]


@pytest.mark.parametrize("value", ["", "x" * 8001, 7, "a\0b", "\ud800"])
def test_a_value_that_cannot_be_kept_is_refused(session, value):
    assert list(problems_of(store, session, value=value)) == ["value"]
    assert session.query(Secret).count() == 0


def test_a_new_secret_needs_a_value_and_an_old_one_may_change_its_note(session):
    assert list(problems_of(set_secret, session, "TOKEN", {"note": "x"}, NOW)) == ["value"]
    secret, _ = store(session)
    set_secret(session, "TOKEN", {"note": "x"}, NOW)

    assert (secret.note, unseal(secret.value_sealed)) == ("x", VALUE)


def test_a_reference_is_stored_as_it_was_written(session):
    store(session)
    monitor = shop(session, secret_headers="X-Api-Key: {{ secret.TOKEN }}")

    assert monitor.settings["bearer_token"] == "{{ secret.TOKEN }}"
    assert is_sealed(monitor.settings["secret_headers"])
    assert unseal(monitor.settings["secret_headers"]) == "X-Api-Key: {{ secret.TOKEN }}"
    assert VALUE not in str(monitor.settings)


def test_a_secret_that_does_not_exist_is_named_at_its_field(session):
    problems = problems_of(shop, session)

    assert problems == {"settings.bearer_token": "there is no secret TOKEN"}
    assert problems["settings.bearer_token"].code == "not_found"


def test_a_reference_where_it_would_be_shown_is_refused(session):
    store(session)

    problems = problems_of(shop, session, username="{{ secret.TOKEN }}")

    assert list(problems) == ["settings.username"]


def test_settings_are_judged_with_the_secret_in_its_place(session):
    store(session, value="two\nlines")

    problems = problems_of(shop, session)

    assert list(problems) == ["settings.bearer_token"]


def test_what_is_wrong_with_a_secret_in_its_place_does_not_quote_it(session):
    store(session, value=VALUE)

    problems = problems_of(
        shop, session, bearer_token="", secret_headers="{{ secret.TOKEN }} and no colon"
    )

    assert list(problems) == ["settings.secret_headers"]
    assert VALUE not in str(problems)
    assert VALUE[:8] not in str(problems)


def test_a_secret_that_cannot_be_read_is_told_at_the_field(session):
    store(session)
    session.query(Secret).one().value_sealed = "enc:v1:0000:AAAA"
    session.flush()

    problems = problems_of(shop, session)

    assert problems["settings.bearer_token"].code == "secret_lost"


def test_another_value_makes_its_users_due_and_new_for_every_cache(session):
    store(session)
    store(session, "OTHER")
    using = shop(session)
    within = shop(session, bearer_token="", secret_headers="X-Key: {{ secret.TOKEN }}!")
    other = shop(session, bearer_token="{{ secret.OTHER }}")
    paused = shop(session)
    paused.paused = True
    session.execute(Schedule.__table__.update().values(due_at=LATER + 60_000))
    session.execute(
        Schedule.__table__.update().where(Schedule.monitor_id == paused.id).values(due_at=None)
    )
    before = {each.id: each.version for each in (using, within, other, paused)}

    set_secret(session, "TOKEN", {"value": "another"}, LATER)

    session.expire_all()
    assert [due_at(session, each) for each in (using, within)] == [LATER, LATER]
    assert due_at(session, paused) is None
    assert due_at(session, other) > LATER
    moved = {key for key, version in before.items() if session.get(Monitor, key).version > version}
    assert moved == {using.id, within.id, paused.id}


def test_the_same_value_again_disturbs_nobody(session):
    store(session)
    monitor = shop(session)
    set_secret(session, "TOKEN", {"value": VALUE, "note": "the same"}, LATER)
    session.expire_all()

    assert monitor.version == 1


def test_a_secret_in_use_is_not_deleted_and_its_users_are_named(session):
    secret, _ = store(session)
    monitor = shop(session)
    for _ in range(6):
        shop(session)

    with pytest.raises(Conflict, match=r"TOKEN is used by Shop, .* and 2 more"):
        delete_secret(session, secret)
    assert users_of(session, ["TOKEN"])["TOKEN"][0] is monitor


def test_a_secret_that_nobody_uses_any_more_is_deleted(session):
    secret, _ = store(session)
    monitor = shop(session)
    update_monitor(session, monitor, {"settings": {"bearer_token": ""}}, NOW)

    delete_secret(session, secret)

    assert session.query(Secret).count() == 0


def test_settings_that_cannot_be_read_hinder_nobody(session):
    store(session)
    a_monitor(session, kind="http", settings={"bearer_token": "enc:v1:0000:AAAA"})
    a_monitor(session, kind="from-the-future", settings={"x": "{{ secret.TOKEN }}"})

    assert users_of(session, ["TOKEN"]) == {"TOKEN": []}


def test_a_stored_secret_stays_with_its_server_and_a_reference_may_move(session):
    store(session)
    kept = shop(session, bearer_token="", username="kener", password="hunter2")
    moved = shop(session)

    problems = problems_of(
        update_monitor, session, kept, {"settings": {"url": "http://127.0.0.2/"}}, NOW
    )
    update_monitor(session, moved, {"settings": {"url": "http://127.0.0.2/"}}, NOW)

    assert list(problems) == ["settings.password"]
    assert moved.settings["url"] == "http://127.0.0.2/"


def test_rekeying_reaches_stored_secrets(session):
    before = secrets._ring
    try:
        store(session)
        secrets.configure(
            "another key for tests, long enough", ["a key for tests that is long enough to be one"]
        )
        sealed = find_secret(session, "TOKEN").value_sealed
        rekey(session)
        secrets.configure("another key for tests, long enough")
        session.expire_all()

        assert find_secret(session, "TOKEN").value_sealed != sealed
        assert unseal(find_secret(session, "TOKEN").value_sealed) == VALUE
    finally:
        secrets._ring = before
