"""Idempotency-Key: sent twice, done once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from kener.actions.rekey import rekey
from kener.actions.replays import KEPT, Answer, remember, wish_of
from kener.actions.retention import prune_some
from kener.config import Config
from kener.store import secrets
from kener.store.clock import now
from kener.store.replays import wait_for_turn
from kener.store.tables import Event, Incident, Replay
from kener.web.database import db, held, release, session

INCIDENT = {"title": "Trouble", "message": "We look."}
TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}
SECRET_KEY = "a key for tests that is long enough to be one"
OTHER_KEY = "another key for tests that is long enough"
WEBHOOK = {"name": "Chat", "url": "https://hooks.example/kener"}


@pytest.fixture
def post(call, admin):
    def post(path, body=None, key="one", by=admin, **given):
        headers = {"Idempotency-Key": key}
        return call("post", path, by, json=body, headers=headers, **given)

    return post


def count(database, table):
    with database.read() as rows:
        return rows.query(table).count()


def assert_conflict(response):
    assert response.status_code == 409
    assert response.json["error"]["code"] == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/incidents", INCIDENT), ("/api/monitors", TCP), ("/api/webhooks", WEBHOOK)],
)
def test_the_same_wish_gets_the_same_answer_again(call, admin, post, path, body):
    first = post(path, body)
    again = post(path, body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for name in ("Content-Type", "Location", "ETag"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert again.headers["Cache-Control"] == "no-store"
    assert call("get", path, admin).json["pagination"]["total"] == 1


def test_others_hear_of_it_once(post, database):
    made = post("/api/incidents", INCIDENT).json["data"]
    say, path = {"status": "resolved", "message": "Over."}, f"/api/incidents/{made['id']}/updates"
    for _ in range(3):
        assert post(path, say).status_code == 201

    with database.read() as rows:
        told = [each.name for each in rows.query(Event).order_by(Event.id)]
    assert told == ["incident.created", "incident.resolved"]


def test_a_post_without_a_body_can_be_sent_again_too(call, admin, post):
    path = f"/api/monitors/{post('/api/monitors', TCP).json['data']['id']}"
    paused = post(f"{path}/pause")
    call("post", f"{path}/resume", admin)

    again = post(f"{path}/pause")

    assert again.data == paused.data
    assert call("get", path, admin).json["data"]["paused"] is False


@pytest.mark.parametrize("other", [INCIDENT | {"title": "Other"}, {}, [], INCIDENT | {"x": 1}])
def test_another_body_under_the_same_key_is_a_conflict(post, database, other):
    post("/api/incidents", INCIDENT)

    assert_conflict(post("/api/incidents", other))
    assert count(database, Incident) == 1


def test_it_counts_for_one_key_and_one_path_only(call, make_key, post, database):
    body = {"title": "Trouble", "message": "We look."}
    answers = [
        post("/api/incidents", body),
        post("/api/incidents", body, key="two"),
        post("/api/incidents", body, by=make_key("write:incidents")),
    ]

    assert [each.status_code for each in answers] == [201] * 3
    assert len({each.json["data"]["id"] for each in answers}) == 3
    assert post("/api/monitors", TCP).status_code == 201
    assert count(database, Incident) == 3


def test_without_the_header_everything_is_new(call, admin, database):
    for _ in range(2):
        assert call("post", "/api/incidents", admin, json=INCIDENT).status_code == 201

    assert (count(database, Incident), count(database, Replay)) == (2, 0)


def test_who_may_not_is_told_nothing(post, make_key, database):
    post("/api/incidents", INCIDENT)

    assert post("/api/incidents", INCIDENT, by=make_key("read:incidents")).status_code == 403
    assert post("/api/incidents", INCIDENT, by="kener_a_b").status_code == 401


def test_what_is_refused_is_forgotten(call, admin, post, database):
    assert post("/api/incidents", {"title": "Trouble"}).status_code == 400
    assert post("/api/monitors/nobody/check").status_code == 404
    assert count(database, Replay) == 0
    assert post("/api/incidents", INCIDENT).status_code == 201
    assert post("/api/monitors", TCP | {"paused": True}).status_code == 201
    assert post("/api/monitors/shop/check").status_code == 409
    call("post", "/api/monitors/shop/resume", admin)
    assert post("/api/monitors/shop/check").status_code == 202


def test_what_fails_after_it_was_done_is_not_done(call, admin, post, monkeypatch, database):
    """As nothing can be answered, and so nothing kept: it could be done twice else."""

    def broken(_incident):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("kener.api.incidents.document", broken)
        assert post("/api/incidents", INCIDENT).status_code == 500
    assert (count(database, Incident), count(database, Replay)) == (0, 0)

    assert post("/api/incidents", INCIDENT).status_code == 201
    assert count(database, Incident) == 1


def test_a_secret_that_is_shown_once_does_not_lie_there_to_be_read(post, database):
    shown = post("/api/webhooks", WEBHOOK)
    secret = shown.json["data"]["secret"]

    with database.read() as rows:
        (row,) = rows.execute(text("SELECT * FROM replays")).all()
    assert secrets.is_sealed(row.answer_sealed)
    assert secret not in str(row)
    assert post("/api/webhooks", WEBHOOK).json["data"]["secret"] == secret


def test_it_outlives_another_secret_key(post, database):
    first = post("/api/incidents", INCIDENT)
    secrets.configure(OTHER_KEY, [SECRET_KEY])
    with database.write() as rows:
        rekey(rows)
    secrets.configure(OTHER_KEY)
    assert post("/api/incidents", INCIDENT).data == first.data

    secrets.configure(SECRET_KEY)
    lost = post("/api/incidents", INCIDENT)
    assert (lost.status_code, lost.json["error"]["code"]) == (409, "CONFLICT")
    assert count(database, Incident) == 1


@pytest.mark.parametrize("key", ["x" * 255, "550e8400-e29b-41d4-a716-446655440000", '"a"', "!~"])
def test_a_sane_key_is_taken(post, key):
    assert post("/api/incidents", INCIDENT, key=key).status_code == 201
    assert post("/api/incidents", INCIDENT, key=key).headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é", "\x7f"])
def test_a_strange_key_is_refused(post, database, key):
    response = post("/api/incidents", INCIDENT, key=key)

    assert response.status_code == 400
    assert [each["field"] for each in response.json["error"]["details"]] == ["Idempotency-Key"]
    assert count(database, Incident) == 0


def test_after_a_day_it_is_new_again(post, database):
    first = post("/api/incidents", INCIDENT)
    with database.write() as rows:
        rows.query(Replay).update({"answered_at": now() - KEPT})

    second = post("/api/incidents", INCIDENT)
    third = post("/api/incidents", INCIDENT)

    assert second.json["data"]["id"] != first.json["data"]["id"]
    assert (third.data, count(database, Replay)) == (second.data, 1)


def test_upkeep_forgets_what_is_older_than_a_day(post, database):
    post("/api/incidents", INCIDENT)
    post("/api/incidents", INCIDENT, key="two")
    with database.write() as rows:
        name = wish_of("x", "/", "old", b"").name
        old = Replay(wish_hash=name, body_hash="", answer_sealed="", answered_at=now() - KEPT)
        rows.add(old)

    with database.write() as rows:
        assert prune_some(rows, now(), Config(_env_file=None)) == 1
    assert count(database, Replay) == 2


def test_of_many_at_once_one_does_it(post, database):
    barrier, answers = Barrier(5), []

    def send():
        barrier.wait()
        answers.append(post("/api/incidents", INCIDENT))

    threads = [Thread(target=send) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert {each.status_code for each in answers} == {201}
    assert len({each.data for each in answers}) == 1
    assert sum("Idempotent-Replayed" in each.headers for each in answers) == 4
    assert count(database, Incident) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_who_is_at_it_for_long_is_waited_for_shortly(post, app, database, monkeypatch, admin):
    monkeypatch.setattr("kener.actions.replays.PATIENCE", 50)
    wish = wish_of(admin.split("_")[1], "/api/incidents", "one", b"")
    with database.write() as rows:
        assert wait_for_turn(rows, wish.name, 50)
        busy = post("/api/incidents", INCIDENT)
        assert post("/api/incidents", INCIDENT, key="two").status_code == 201

    assert_conflict(busy)
    assert busy.headers["Retry-After"] == "1"
    assert post("/api/incidents", INCIDENT).status_code == 201


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_test_of_a_monitor_can_be_sent_again(post):
    """It ends its transaction while it probes."""
    body = {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 9}, "timeout": 2}

    first, again = post("/api/monitors/test", body), post("/api/monitors/test", body)

    assert (first.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_put_minds_no_idempotency_key(call, admin, database):
    headers = {"Idempotency-Key": "one"}
    for value in ("a", "b"):
        body = {"value": value}
        call("put", "/api/secrets/TOKEN", admin, json=body, headers=headers)

    assert count(database, Replay) == 0


def test_what_was_remembered_and_not_committed_is_not_there(database, sealing):
    wish = wish_of("x", "/", "y", b"")
    with database.read() as own:
        remember(own, wish, Answer(201, {}, "{}"), now())
        own.rollback()

    assert count(database, Replay) == 0


def test_a_replay_takes_a_fixed_number_of_queries(post, count_queries):
    def queries(key):
        with count_queries() as statements:
            post("/api/incidents", INCIDENT, key=key)
        return len(statements)

    post("/api/incidents", INCIDENT)
    few = queries("one")
    for number in range(10):
        post("/api/incidents", INCIDENT, key=f"other-{number}")
    assert queries("one") == few <= 7


def test_work_that_was_promised_is_never_rolled_back_unseen(app):
    """A view that commits and then lets go, while its commit is put off, is a bug that shows."""
    with app.test_request_context("/api/incidents", method="POST"):
        with held():
            session().commit()
            with pytest.raises(RuntimeError, match="forgotten"):
                release()
        db.session.rollback()
