"""/api/heartbeat/<token>"""

import pytest
from factories import the_location
from sqlalchemy import select, update

from kener.actions.monitors import create_monitor, delete_monitor, pause_monitor, update_monitor
from kener.core.errors import Invalid
from kener.store.clock import now
from kener.store.monitors import heartbeat_tokens
from kener.store.tables import Heartbeat, Monitor, Schedule


@pytest.fixture
def token(database, app):
    fields = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    with database.write() as session:
        monitor = create_monitor(session, fields, now())
        session.flush()
        return heartbeat_tokens(session, [monitor.id])[monitor.id]


def noted(database):
    with database.read() as session:
        return session.scalars(select(Heartbeat)).one()


def not_due(database):
    """The next look is far away."""
    with database.write() as session:
        schedule = session.scalars(select(Schedule)).one()
        schedule.due_at = schedule.regular_at = now() + 3_600_000


def due_at(database):
    with database.read() as session:
        return session.scalars(select(Schedule.due_at)).one()


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_report_is_noted_and_judged_at_once(client, database, token, method):
    not_due(database)
    before = now()

    response = getattr(client, method)(f"/api/heartbeat/{token}")

    assert response.status_code == 200
    assert noted(database).pinged_at >= before
    assert due_at(database) <= now()


def test_a_failure_keeps_what_the_job_says(client, database, token):
    response = client.post(
        f"/api/heartbeat/{token}/fail", data=b"disk full\0 \xff" + b"x" * 2_000_000
    )

    assert response.status_code == 200, response.text
    assert noted(database).failed
    assert noted(database).message.startswith("disk full \ufffdxx")
    assert len(noted(database).message) == 10_000 - 1


def test_a_body_is_kept_as_it_came_though_curl_calls_it_a_form(client, database, token):
    form = "application/x-www-form-urlencoded"
    client.post(f"/api/heartbeat/{token}/3", data=b"a=1&b=2%20", content_type=form)

    assert noted(database).message == "a=1&b=2%20"


def test_a_report_after_a_failure_takes_it_back(client, database, token):
    client.get(f"/api/heartbeat/{token}/fail")
    client.get(f"/api/heartbeat/{token}")

    assert not noted(database).failed


def test_a_start_is_no_sign_of_life(client, database, token):
    not_due(database)

    client.get(f"/api/heartbeat/{token}/start")

    assert noted(database).running_since == noted(database).started_at is not None
    assert noted(database).pinged_at is None
    assert due_at(database) <= now()  # to know when it must have ended


def test_a_log_is_kept_and_is_no_sign_of_life(client, database, token):
    not_due(database)

    client.post(f"/api/heartbeat/{token}/log", data=b"step 2 of 3")

    assert (noted(database).note, noted(database).message) == ("step 2 of 3", "")
    assert noted(database).pinged_at is None
    assert due_at(database) > now()


@pytest.mark.parametrize("code", [0, 1, 255])
def test_an_exit_code_says_whether_it_failed(client, database, token, code):
    response = client.get(f"/api/heartbeat/{token}/{code}")

    assert response.status_code == 200
    assert (noted(database).failed, noted(database).exit_code) == (code > 0, code)


def test_a_run_is_measured_from_its_last_start_to_its_end(client, database, token):
    client.get(f"/api/heartbeat/{token}/start")
    with database.write() as session:
        session.execute(update(Heartbeat).values(started_at=now() - 5000, running_since=1))
    client.get(f"/api/heartbeat/{token}/start")
    assert noted(database).running_since == 1
    with database.write() as session:
        session.execute(update(Heartbeat).values(started_at=now() - 5000))

    client.get(f"/api/heartbeat/{token}")

    assert 5000 <= noted(database).run_ms < 10_000
    assert noted(database).running_since is None
    client.get(f"/api/heartbeat/{token}")
    assert noted(database).run_ms is None


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_uptime_kumas_push_address_takes_the_heartbeats_own_token(client, database, token, method):
    response = getattr(client, method)(f"/api/push/{token}?status=up&msg=OK&ping=12.5")

    assert response.status_code == 200
    assert (noted(database).failed, noted(database).message) == (False, "OK")
    assert noted(database).ping_ms == 12.5
    assert response.headers["Cache-Control"] == "no-store"


def test_a_push_answers_as_uptime_kuma_does(client, token):
    assert client.get(f"/api/push/{token}").json == {"ok": True}
    unknown = client.get("/api/push/nobody")
    assert unknown.status_code == 404
    assert unknown.json == {"ok": False, "msg": "Monitor not found or not active."}


@pytest.mark.parametrize("status", ["down", "DOWN", "0"])
def test_a_pushed_status_that_is_not_up_is_a_failure(client, database, token, status):
    client.get(f"/api/push/{token}?status={status}&msg=no%20room")

    assert (noted(database).failed, noted(database).message) == (True, "no room")


@pytest.mark.parametrize("ping", ["", "-1", "0", "nan", "inf", "1e300", "soon"])
def test_a_ping_that_makes_no_sense_is_left_out(client, database, token, ping):
    assert client.get(f"/api/push/{token}?ping={ping}").json == {"ok": True}
    assert noted(database).ping_ms is None


@pytest.fixture
def change(database, app):
    """Change the settings of the heartbeat, or of another one."""

    def change(name="Backup", **settings):
        with database.write() as session:
            found = session.scalars(select(Monitor).where(Monitor.name == name)).one_or_none()
            if found is None:
                fields = {"name": name, "kind": "heartbeat", "settings": settings}
                return create_monitor(session, fields, now())
            return update_monitor(session, found, {"settings": settings}, now())

    return change


OLD = "oldTokenOfKuma01"


def test_the_token_of_uptime_kuma_still_works(client, database, token, change):
    change(push_token=OLD)
    change(period=120)

    assert client.get(f"/api/push/{OLD}").json == {"ok": True}
    assert noted(database).pinged_at is not None
    assert client.get(f"/api/heartbeat/{OLD}").status_code == 404
    assert OLD not in str(vars(noted(database)))


def test_an_old_token_that_was_taken_away_is_unknown(client, token, change):
    change(push_token=OLD)
    change(push_token="")

    assert client.get(f"/api/push/{OLD}").status_code == 404


def test_no_two_monitors_answer_to_one_token(token, change):
    change(push_token=OLD)
    change(push_token=OLD)

    for taken in (OLD, token):
        with pytest.raises(Invalid) as refused:
            change("Other", push_token=taken)
        assert refused.value.problems == {
            "settings.push_token": "is already used by another monitor"
        }


def test_another_kind_gives_its_old_token_up(client, database, token, change):
    change(push_token=OLD)
    with database.write() as session:
        monitor = session.scalars(select(Monitor)).one()
        tcp = {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 9}}
        assert update_monitor(session, monitor, tcp, now()).to_fail == 2

    change("Other", push_token=OLD)
    assert client.get(f"/api/push/{OLD}").json == {"ok": True}


def test_a_paused_monitor_takes_reports_and_stays_paused(client, database, token):
    with database.write() as session:
        pause_monitor(session, session.scalars(select(Monitor)).one(), now())

    assert client.get(f"/api/heartbeat/{token}").status_code == 200
    assert noted(database).pinged_at is not None
    assert due_at(database) is None


@pytest.mark.parametrize("path", ["nobody", "%00", "x" * 5000, "nobody/fail", "€"])
def test_an_unknown_address_is_a_404_in_json(client, token, path):
    response = client.get(f"/api/heartbeat/{path}")

    assert response.status_code == 404
    assert response.json["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("word", ["maybe", "256", "-1", "007", "1e2", "9" * 5000, "٣", "start/x"])
def test_an_unknown_word_is_a_404_in_json(client, token, word):
    response = client.get(f"/api/heartbeat/{token}/{word}")

    assert (response.status_code, response.json["error"]["code"]) == (404, "NOT_FOUND")


def test_a_deleted_monitors_address_is_unknown(client, database, token):
    with database.write() as session:
        delete_monitor(session, session.scalars(select(Monitor)).one(), now())

    assert client.get(f"/api/heartbeat/{token}").status_code == 404


def test_the_token_is_kept_only_hashed_and_sealed(database, token):
    assert token not in str({**vars(noted(database))})


def test_guessing_never_takes_the_write_lock(client, database, token):
    with database.write() as session:
        the_location(session).name = "held"

        assert client.get("/api/heartbeat/nobody").status_code == 404
        assert client.get("/api/push/nobody").status_code == 404
