"""What was set of monitors is kept between lists, and is never old."""

import pytest
from factories import a_monitor

from kener.api import _monitor_kept
from kener.api._monitor_kept import kept
from kener.store.monitors import slice_of_monitors
from kener.store.tables import Monitor

HTTP = {"url": "http://127.0.0.1:9/", "password": "sw0rdfish", "username": "me"}


@pytest.fixture
def create(call, admin):
    def create(**given):
        response = call("post", "/api/monitors", admin, json=given)
        assert response.status_code == 201, response.text
        return response.json["data"]

    return create


def test_after_every_change_the_list_says_what_the_monitor_itself_does(call, admin, create):
    monitor = create(name="Shop", kind="http", settings=HTTP)
    path = f"/api/monitors/{monitor['id']}"
    changes = [
        ("put", path, {"name": "Store", "description": "New", "settings": {"username": "you"}}),
        ("patch", path, {"tags": ["a"], "degraded_over": 250, "cron": "*/5 * * * *"}),
        ("post", f"{path}/pause", None),
        ("post", f"{path}/resume", None),
        ("post", "/api/monitors/bulk", {"action": "tag", "ids": ["shop"], "tags": ["b"]}),
        ("post", "/api/monitors/bulk", {"action": "pause", "ids": ["shop"]}),
        ("put", path, {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 9}}),
    ]

    for method, where, body in changes:
        (before,) = call("get", "/api/monitors", admin).json["data"]
        done = call(method, where, admin, json=body)
        assert done.status_code == 200, done.text
        (listed,) = call("get", "/api/monitors", admin).json["data"]
        assert listed == call("get", path, admin).json["data"] != before
        assert "sw0rdfish" not in str(listed)


def test_a_list_that_is_known_asks_one_question_less(call, admin, create, count_queries):
    create(name="Shop", kind="manual")

    def questions(path):
        with count_queries() as statements:
            call("get", path, admin)
        return len(statements)

    questions("/api/me")
    first = questions("/api/monitors?limit=1")
    assert questions("/api/monitors?limit=2") == first - 1
    call("put", "/api/monitors/shop", admin, json={"name": "Store"})
    assert questions("/api/monitors?limit=3") == first


def test_one_that_was_deleted_meanwhile_is_left_out(database):
    with database.write() as session:
        gone, other = a_monitor(session, slug="gone"), a_monitor(session, slug="other")
        session.flush()
        rows = slice_of_monitors(session, None, 10).rows
        session.delete(session.get(Monitor, gone.id))
        session.flush()

        assert list(kept(session, rows)) == [other.id]


def test_a_process_keeps_so_many_and_no_more(database, monkeypatch):
    monkeypatch.setattr(_monitor_kept, "MOST", 3)
    monkeypatch.setattr(_monitor_kept, "_kept", {})
    with database.write() as session:
        for number in range(5):
            a_monitor(session, slug=f"m-{number}")
        session.flush()
        rows = slice_of_monitors(session, None, 10).rows

        assert {each.own["slug"] for each in kept(session, rows[:2]).values()} == {"m-0", "m-1"}
        assert len(kept(session, rows[2:4])) == 2
        assert len(_monitor_kept._kept) == 2


@pytest.mark.parametrize("shown", ["", "?fields=id,settings"])
def test_what_one_list_was_given_another_cannot_change(call, admin, create, shown):
    create(name="Shop", kind="http", settings=HTTP)

    first, second = (call("get", f"/api/monitors{shown}", admin).json["data"] for _ in range(2))

    assert first == second
