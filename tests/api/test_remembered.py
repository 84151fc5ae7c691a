"""Lists are given again without asking the database for them: whose, and how."""

from threading import Barrier, Thread

import pytest
from factories import an_incident

from app import create_app
from kener.actions.keys import revoke_key
from kener.core.instant import MINUTE
from kener.core.status import Status
from kener.store.clock import now
from kener.store.keys import find_key_row
from kener.web.database import db

pytestmark = pytest.mark.usefixtures("seen_shop")
LIST = "/api/monitors"


@pytest.fixture
def another(config):
    """A client of a second application, as if it were in another process."""
    second = create_app(config)
    second.testing = True
    yield second.test_client()
    second.extensions["kener.limits"].close()
    second.extensions["kener.remembered"].close()
    with second.app_context():
        db.engine.dispose()


def status_of(answer):
    return answer.json["data"][0]["status"]


def test_what_is_known_takes_no_statement_and_is_the_same(ask, used_key):
    key = used_key()
    first, statements = ask(key)
    assert statements > 0

    ask(key)
    again, statements = ask(key)

    assert statements == 0
    assert (again.status_code, again.data) == (200, first.data)
    changing = {"X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    told = [
        {name: value for name, value in each.headers.items() if name not in changing}
        for each in (first, again)
    ]
    assert told[0] == told[1]
    assert changing <= set(again.headers.keys())


def test_each_answer_is_counted_and_has_an_id_of_its_own(ask, used_key):
    key = used_key()
    answers = [ask(key)[0] for _ in range(5)]

    left = [int(each.headers["X-RateLimit-Remaining"]) for each in answers]
    assert left == [99, 98, 97, 96, 95]
    assert len({each.headers["X-Request-Id"] for each in answers}) == 5
    mine, statements = ask(key, headers={"X-Request-Id": "mine"})
    assert (mine.headers["X-Request-Id"], statements) == ("mine", 0)


def test_what_is_known_to_the_asker_is_not_sent(learned, ask, used_key):
    key = used_key()
    tag = learned(key).headers["ETag"]

    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer, statements = ask(key, headers={"If-None-Match": condition})
        assert (answer.status_code, answer.data, statements) == (304, b"", 0)
        assert answer.headers["ETag"] == tag
        assert answer.headers["Vary"] == "Authorization"
        assert "Content-Type" not in answer.headers
        assert "X-RateLimit-Remaining" in answer.headers
    assert ask(key, headers={"If-None-Match": '"other"'})[0].status_code == 200


def test_who_only_ever_asks_for_news_is_answered_from_memory_too(ask, used_key):
    key = used_key()
    known = {"If-None-Match": ask(key)[0].headers["ETag"]}
    statements = [ask(key, headers=known) for _ in range(3)]

    assert [each.status_code for each, _ in statements] == [304] * 3
    assert statements[-1][1] == 0
    assert ask(key)[0].json["data"][0]["name"] == "Shop"


def test_too_many_are_refused_all_the_same(ask, used_key):
    key = used_key(rate_limit=4)
    answers = [ask(key)[0] for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 4 + [429] * 2
    assert answers[-1].json["error"]["code"] == "RATE_LIMITED"
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_write_is_seen_by_the_next_request(learned, ask, used_key, seen_shop, database):
    key = used_key()
    assert status_of(learned(key)) == "up"

    with database.write() as session:
        an_incident(session, (seen_shop, Status.DOWN), started_at=now() - MINUTE)

    answer, statements = ask(key)
    assert status_of(answer) == "down"
    assert statements > 0
    assert ask(key)[1] == 0


def test_a_revoked_key_opens_nothing_any_more(learned, call, used_key, database):
    key = used_key()
    learned(key)

    with database.write() as session:
        revoke_key(session, find_key_row(session, key.split("_")[1]), now())

    assert call("get", LIST, key).json["error"]["code"] == "KEY_REVOKED"


def test_a_changed_key_is_another(learned, call, used_key, database):
    key = used_key()
    learned(key)

    with database.write() as session:
        found = find_key_row(session, key.split("_")[1])
        found.addresses = ["192.0.2.0/24"]

    assert call("get", LIST, key).status_code == 403


def test_another_address_asks_for_itself(learned, call, used_key):
    key = used_key(addresses=["127.0.0.0/8"])
    learned(key)

    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert call("get", LIST, key, environ_overrides=elsewhere).status_code == 403
    assert call("get", LIST).status_code == 401
    assert call("get", LIST, key + "x").status_code == 401


def test_keys_that_see_different_things_share_no_answer(learned, used_key, database, call, admin):
    body = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    assert call("post", LIST, admin, json=body).status_code == 201
    reader, writer = used_key("read:monitors"), used_key("read:monitors", "write:monitors")

    shown = [learned(each).json["data"][1] for each in (reader, writer)]

    assert ["heartbeat_url" in each for each in shown] == [False, True]


def test_other_parameters_are_another_question(learned, used_key):
    key = used_key()

    whole, part = learned(key), learned(key, f"{LIST}?fields=name")

    assert part.json["data"] == [{"name": "Shop"}]
    assert len(whole.json["data"][0]) > 20


def test_of_many_who_ask_at_once_one_looks_it_up(learned, used_key, call, count_queries, see_shop):
    key = used_key()
    learned(key)
    barrier, names = Barrier(6), []
    see_shop(Status.DOWN, now() + 1)

    def get():
        barrier.wait()
        names.append(call("get", LIST, key).json["data"][0]["observed"])

    threads = [Thread(target=get) for _ in range(6)]
    with count_queries() as statements:
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert names == ["down"] * 6
    asked = [each for each in statements if "FROM api_keys" in each]
    assert len(asked) == 1


def test_a_search_is_not_kept(ask, used_key):
    key = used_key()

    for _ in range(4):
        answer, statements = ask(key, f"{LIST}?status=up")
        assert statements > 0
        assert len(answer.json["data"]) == 1


def test_a_change_between_two_applications_is_seen(another, learned, used_key, seen_shop, call):
    """Each process keeps its own; what one of them writes, the other sees at its next request."""
    writer, key = used_key("read:monitors", "write:monitors"), used_key()
    assert learned(key).json["data"][0]["name"] == "Shop"

    headers = {"Authorization": f"Bearer {writer}"}
    path = f"{LIST}/{seen_shop.public_id}"
    assert another.put(path, json={"name": "Inn"}, headers=headers).status_code == 200

    assert call("get", LIST, key).json["data"][0]["name"] == "Inn"
