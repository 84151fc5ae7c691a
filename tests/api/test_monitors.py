"""/api/monitors"""

from threading import Barrier, Thread

import pytest
from factories import a_span, the_location

from kener.actions.results import Probed, record
from kener.core.instant import MINUTE, iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Monitor, Schedule

TCP = {"name": "Database", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 5432}}
HEARTBEAT = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
FIELDS = {
    "id",
    "slug",
    "name",
    "description",
    "kind",
    "settings",
    "interval",
    "cron",
    "time_zone",
    "timeout",
    "to_fail",
    "to_recover",
    "retry_interval",
    "degraded_over",
    "tags",
    "paused",
    "hidden",
    "latency_hidden",
    "status",
    "confirmed",
    "observed",
    "reason",
    "detail",
    "since",
    "checked_at",
    "latency_ms",
    "version",
    "created_at",
    "updated_at",
}


@pytest.fixture
def create(call, admin):
    def create(**given):
        response = call("post", "/api/monitors", admin, json=TCP | given)
        assert response.status_code == 201, response.text
        return response.json["data"]

    return create


def due_in(database, slug):
    """Milliseconds until a monitor is due."""
    with database.read() as session:
        monitor = session.query(Monitor).filter_by(slug=slug).one()
        due = session.query(Schedule).filter_by(monitor_id=monitor.id).one().due_at
        return None if due is None else due - now()


def test_a_monitor_is_created_and_due_at_once(call, admin, database):
    response = call("post", "/api/monitors", admin, json=TCP)

    assert response.status_code == 201
    assert response.json["success"] is True
    assert response.json["message"] == "Monitor created"
    data = response.json["data"]
    assert set(data) == FIELDS
    assert (data["status"], data["reason"], data["version"]) == ("unknown", "waiting", 1)
    assert response.headers["Location"] == f"/api/monitors/{data['id']}"
    assert due_in(database, "database") <= 0


def test_a_monitor_answers_to_its_id_and_its_slug(call, admin, create):
    made = create(slug="db")

    by_id = call("get", f"/api/monitors/{made['id']}", admin).json["data"]

    assert by_id == call("get", "/api/monitors/db", admin).json["data"]
    assert by_id == made


def test_an_update_keeps_what_it_does_not_name(call, admin, create, database):
    made = create(tags=["a"], description="The one.")

    response = call("put", f"/api/monitors/{made['id']}", admin, json={"interval": 30})

    changed = {"interval", "version", "updated_at"}
    data = response.json["data"]
    assert {name for name in FIELDS if data[name] != made[name]} == changed
    assert due_in(database, "database") <= 0


def test_an_update_of_an_old_version_is_a_conflict(call, admin, create):
    path = f"/api/monitors/{create()['id']}"
    assert call("put", path, admin, json={"name": "One", "version": 1}).status_code == 200

    response = call("put", path, admin, json={"name": "Two", "version": 1})

    assert (response.status_code, response.json["error"]["code"]) == (409, "CONFLICT")
    assert call("put", path, admin, json={"version": "2"}).status_code == 400


def test_a_deleted_monitor_is_gone(call, admin, create):
    made = create()

    response = call("delete", f"/api/monitors/{made['id']}", admin)

    assert (response.status_code, response.json["data"]) == (200, {"id": made["id"]})
    assert call("get", f"/api/monitors/{made['id']}", admin).status_code == 404
    assert call("delete", f"/api/monitors/{made['id']}", admin).status_code == 404


def test_a_monitor_shows_what_its_probes_saw(call, admin, create, database):
    create()
    at = now() - MINUTE
    with database.write() as session:
        monitor = session.query(Monitor).one()
        place = the_location(session).id
        up = Outcome(Status.UP, latency_ms=12.3456)
        down = Outcome(Status.DOWN, Reason.REFUSED, "nobody listens")
        record(session, [Probed(monitor.id, place, at, up)], at)
        record(session, [Probed(monitor.id, place, at + 10_000, down)], at + 10_000)

    data = call("get", "/api/monitors/database", admin).json["data"]

    assert (data["status"], data["confirmed"], data["observed"]) == ("up", "up", "down")
    assert data["since"] == iso(at)
    assert data["checked_at"] == iso(at + 10_000)


def test_secrets_are_starred_and_kept(call, admin, create):
    settings = {"url": "http://127.0.0.1/", "username": "me", "password": "hunter2"}
    made = create(kind="http", settings=settings)
    assert made["settings"]["password"] == "***"

    response = call(
        "put", f"/api/monitors/{made['id']}", admin, json={"settings": made["settings"]}
    )

    assert response.json["data"]["settings"] == made["settings"]
    assert "hunter2" not in response.text


def test_a_monitors_document_can_be_sent_back(call, admin, create):
    """All but the fields that Kener sets itself."""
    made = create(cron="*/5 * * * *", degraded_over=500)
    own = {
        "id",
        "status",
        "confirmed",
        "observed",
        "reason",
        "detail",
        "since",
        "checked_at",
        "latency_ms",
        "created_at",
        "updated_at",
    }
    body = {name: value for name, value in made.items() if name not in own}

    data = call("put", f"/api/monitors/{made['id']}", admin, json=body).json["data"]

    assert {name for name in FIELDS if data[name] != made[name]} == {"version", "updated_at"}


def test_only_who_may_write_sees_where_heartbeats_report(call, admin, make_key, create):
    made = create(**HEARTBEAT)

    assert "/api/heartbeat/" in made["heartbeat_url"]
    reader = make_key("read:monitors")
    for path in ("/api/monitors/backup", "/api/monitors"):
        assert "/api/heartbeat/" in call("get", path, admin).text
        assert "heartbeat_url" not in call("get", path, reader).text


def test_check_now_answers_before_it_is_done(call, admin, create, database):
    made = create()
    with database.write() as session:
        session.query(Schedule).update({"due_at": now() + MINUTE})

    response = call("post", f"/api/monitors/{made['id']}/check", admin)

    assert response.status_code == 202
    assert due_in(database, "database") <= 0


def test_pause_and_resume(call, admin, create, database):
    path = f"/api/monitors/{create()['id']}"

    paused = call("post", f"{path}/pause", admin).json["data"]
    assert (paused["paused"], paused["status"], paused["reason"]) == (True, "unknown", "paused")
    assert due_in(database, "database") is None
    assert call("post", f"{path}/check", admin).status_code == 409

    resumed = call("post", f"{path}/resume", admin).json["data"]
    assert (resumed["paused"], resumed["status"]) == (False, "unknown")
    assert due_in(database, "database") <= 0


def test_a_list_without_limit_holds_everything_and_says_so(call, admin, create):
    made = [create(name=f"Number {n}")["id"] for n in range(3)]

    response = call("get", "/api/monitors", admin)

    assert [each["id"] for each in response.json["data"]] == made
    assert response.json["pagination"] == {"limit": 500, "next": None, "total": 3}


def test_paging_shows_each_monitor_once_while_others_come_and_go(call, admin, create):
    made = [create(name=f"Number {n}")["id"] for n in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"/api/monitors?limit=2&cursor={cursor}", admin).json
        seen += [each["id"] for each in page["data"]]
        cursor = page["pagination"]["next"]
        if len(seen) == 2:
            call("delete", f"/api/monitors/{made[0]}", admin)
            made.append(create(name="Late")["id"])

    assert seen == made


def test_a_list_can_be_filtered(call, admin, create):
    create(name="One", paused=True)
    create(**HEARTBEAT)

    for query, names in (
        ("kind=heartbeat", ["Backup"]),
        ("paused=true", ["One"]),
        ("paused=false&kind=heartbeat", ["Backup"]),
        ("kind=telepathy", []),
    ):
        page = call("get", f"/api/monitors?{query}", admin).json
        assert [each["name"] for each in page["data"]] == names
        assert page["pagination"]["total"] == len(names)


def test_a_longer_list_takes_no_more_queries(call, admin, create, database, count_queries):
    def queries():
        with count_queries() as statements:
            assert call("get", "/api/monitors", admin).status_code == 200
        return len(statements)

    create(**HEARTBEAT)
    queries()
    few = queries()
    for n in range(20):
        create(**HEARTBEAT | {"name": f"Heartbeat {n}"})
    with database.write() as session:
        for monitor in session.query(Monitor):
            a_span(session, monitor, Status.UP, now())

    assert queries() == few + 1  # for those that are not known yet
    assert 0 < few <= 9


def test_many_of_one_name_at_once_each_get_a_slug_of_their_own(call, admin, app):
    """Nobody who named no slug is told that theirs is taken."""
    barrier, codes = Barrier(6), []

    def create():
        barrier.wait()
        codes.append(call("post", "/api/monitors", admin, json=TCP).status_code)

    threads = [Thread(target=create) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert codes == [201] * 6
