"""/api/monitors/<id>/results, /spans, /uptime and /latency"""

import pages
import pytest
from factories import a_monitor, a_span, add, an_incident

from kener.actions.packing import pack_closed
from kener.api._input import cursor_of
from kener.core.instant import DAY, HOUR, MINUTE, SECOND, iso, parse_iso
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Result

UP, DOWN = Status.UP, Status.DOWN
KINDS = ("results", "spans", "uptime", "latency")


@pytest.fixture
def at():
    return now()


@pytest.fixture
def shop(database, at):
    """Watched for ten hours, down for one of them, with a result every ten minutes."""
    with database.write() as session:
        monitor = a_monitor(session, slug="shop", created_at=at - 10 * HOUR)
        a_span(session, monitor, UP, at - 10 * HOUR, to_at=at - 4 * HOUR)
        why = {"reason": Reason.REFUSED, "detail": "nobody listens"}
        a_span(session, monitor, DOWN, at - 4 * HOUR, to_at=at - 3 * HOUR, **why)
        a_span(session, monitor, UP, at - 3 * HOUR)
        pages.observe(session, monitor, UP, at - 3 * HOUR, at)
        for n in range(60):
            is_down = 36 <= n < 42
            own = {"status": DOWN, **why} if is_down else {"status": UP, "latency_us": 1000 + n}
            due = at - 10 * HOUR + n * 10 * MINUTE
            add(session, Result(due_at=due, monitor_id=monitor.id, location_id=1, **own))
    assert all(pack_closed(database, at))
    return monitor


@pytest.fixture
def ask(call, make_key):
    key = make_key("read:monitors")

    def ask(what, **parameters):
        return call("get", f"/api/monitors/shop/{what}", key, query_string=parameters or None)

    return ask


def all_of(ask, what, **parameters):
    rows, cursor = [], ""
    while cursor is not None:
        page = ask(what, cursor=cursor, **parameters).json
        assert set(page["pagination"]) == {"limit", "next"}
        rows += page["data"]
        cursor = page["pagination"]["next"]
    return rows


def test_results_are_listed_the_newest_first(ask, shop, at):
    rows = all_of(ask, "results", limit=7)

    assert [each["at"] for each in rows] == [
        iso(at - 10 * MINUTE - n * 10 * MINUTE) for n in range(60)
    ]
    assert rows[0] == {
        "at": iso(at - 10 * MINUTE),
        "location": "default",
        "status": "up",
        "latency_ms": 1.059,
        "reason": None,
        "detail": "",
    }


def test_results_are_filtered(ask, shop, at):
    times = {"from": iso(at - 4 * HOUR), "to": iso(at - 3 * HOUR - 30 * MINUTE)}
    down = all_of(ask, "results", status="down", limit=4)

    assert len(down) == 6
    assert (down[0]["reason"], down[0]["detail"]) == ("refused", "nobody listens")
    assert (down[0]["latency_ms"], down[-1]["at"]) == (None, times["from"])
    assert [each["at"] for each in all_of(ask, "results", **times)] == [
        iso(at - 4 * HOUR + n * 10 * MINUTE) for n in (2, 1, 0)
    ]
    assert all_of(ask, "results", status="degraded") == []


def test_spans_are_listed_the_newest_first(ask, shop, at):
    rows = all_of(ask, "spans", limit=2, **{"from": iso(at - 11 * HOUR)})

    assert [(each["status"], each["reason"], each["detail"]) for each in rows] == [
        ("up", None, ""),
        ("down", "refused", "nobody listens"),
        ("up", None, ""),
        ("unknown", None, ""),
    ]
    assert rows[0]["to"] is None
    assert abs(rows[0]["seconds"] - 3 * 3600) < 60
    assert rows[1] | {"from": iso(at - 4 * HOUR), "to": iso(at - 3 * HOUR)} == rows[1]
    assert rows[1]["seconds"] == 3600
    assert rows[3]["from"] == iso(at - 11 * HOUR)
    assert [each["status"] for each in all_of(ask, "spans")] == ["up", "down", "up"]


def test_uptime_is_of_the_watched_time(ask, shop, at):
    times = {"from": iso(at - 11 * HOUR), "to": iso(at - HOUR)}
    data = ask("uptime", **times).json["data"]

    assert data == times | {
        "uptime": 88.8888,
        "seconds": {
            "up": 8 * 3600,
            "degraded": 0,
            "partial": 0,
            "down": 3600,
            "maintenance": 0,
            "unknown": 3600,
        },
        "outages": 1,
    }


def test_incidents_are_laid_over(ask, shop, database, at):
    with database.write() as session:
        given = {"started_at": at - 2 * HOUR, "resolved_at": at - HOUR}
        an_incident(session, (shop, Status.PARTIAL), **given)
    data = ask("uptime", window="24h").json["data"]

    assert (data["seconds"]["partial"], data["seconds"]["down"]) == (3600, 3600)
    assert parse_iso(data["to"]) - parse_iso(data["from"]) == DAY


def test_uptime_is_never_rounded_up_and_never_invented(ask, database, at):
    with database.write() as session:
        monitor = a_monitor(session, slug="shop", created_at=at - 400 * DAY)
        begin = at - 366 * DAY
        a_span(session, monitor, UP, begin, to_at=at - HOUR - 1)
        a_span(session, monitor, DOWN, at - HOUR - 1, to_at=at - HOUR)
        a_span(session, monitor, Status.UNKNOWN, at - HOUR, reason=Reason.PAUSED)

    assert ask("uptime", window="1y").json["data"]["uptime"] == 99.9999
    nothing = ask("uptime", **{"from": iso(at - HOUR)}).json["data"]
    assert (nothing["uptime"], nothing["outages"]) == (None, 0)


def test_days_are_those_of_a_zone(ask, shop, at):
    zone = "Asia/Kathmandu"
    data = ask("uptime", window="7d", days="true", time_zone=zone).json["data"]
    days = data["days"]

    assert data["time_zone"] == zone
    assert 7 <= len(days) <= 8
    assert (days[0]["from"], days[-1]["to"]) == (data["from"], data["to"])
    assert all(each["from"].endswith("18:15:00Z") for each in days[1:])
    for status, seconds in data["seconds"].items():
        assert sum(each["seconds"][status] for each in days) == pytest.approx(seconds)
    assert {days[0]["status"], days[0]["uptime"]} == {"unknown", None}
    assert "days" not in ask("uptime", window="7d").json["data"]


def test_latency_has_figures_and_points(ask, shop, at):
    data = ask("latency", window="24h", percentiles="50,99.9").json["data"]

    assert (data["count"], data["step"]) == (54, 600)
    assert data["min_ms"] == pytest.approx(1, rel=0.01)
    assert data["max_ms"] == pytest.approx(1.059, rel=0.01)
    assert list(data["percentiles"]) == ["50", "99.9"]
    assert len(data["points"]) == 54
    assert data["points"][-1]["count"] == 1
    assert [each["at"] for each in data["points"]] == sorted(e["at"] for e in data["points"])


@pytest.mark.parametrize(
    ("window", "step"), [("7d", HOUR), ("30d", 4 * HOUR), ("90d", 12 * HOUR), ("1y", 2 * DAY)]
)
def test_longer_windows_go_by_whole_hours(ask, shop, window, step):
    data = ask("latency", window=window).json["data"]

    assert (data["count"], data["step"]) == (54, step // SECOND)
    assert {each[13:] for each in (data["from"], data["to"])} == {":00:00Z"}
    assert list(data["percentiles"]) == ["50", "95", "99"]
    assert 1 <= len(data["points"]) <= 12


@pytest.mark.parametrize("kind", ["group", "heartbeat", "manual"])
def test_what_has_no_latency_has_a_past_all_the_same(ask, call, admin, kind):
    body = {"name": "Shop", "kind": kind}
    assert call("post", "/api/monitors", admin, json=body).status_code == 201

    latency = ask("latency").json["data"]
    assert (latency["count"], latency["average_ms"], latency["points"]) == (0, None, [])
    assert latency["percentiles"] == {"50": None, "95": None, "99": None}
    assert ask("uptime").json["data"]["uptime"] is None
    assert [each["status"] for each in ask("spans").json["data"]] == ["unknown"]
    assert ask("results").json["data"] == []


@pytest.mark.parametrize(
    ("what", "query", "bad"),
    [
        ("uptime", "window=2w", {"window"}),
        ("uptime", "window=24h&from=2026-01-01T00:00:00Z", {"window"}),
        ("uptime", "to=2026-01-01T00:00:00Z", {"from"}),
        ("uptime", "from=yesterday&to=2026-13-01T00:00:00Z", {"from", "to"}),
        ("uptime", "from=2026-01-01T00:00:00", {"from"}),
        ("uptime", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", {"from"}),
        ("uptime", "from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", {"from"}),
        ("uptime", "from=9999-01-01T00:00:00Z", {"from"}),
        ("uptime", "from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z", {"from", "to"}),
        ("uptime", "days=perhaps&time_zone=Europe", {"days", "time_zone"}),
        ("uptime", "time_zone=../../etc/passwd", {"time_zone"}),
        ("uptime", "limit=5", {"limit"}),
        ("uptime", "from_at=5", {"from_at"}),
        ("latency", "percentiles=50,101", {"percentiles"}),
        ("latency", "percentiles=0", {"percentiles"}),
        ("latency", "percentiles=nan", {"percentiles"}),
        ("latency", "percentiles=1,2,3,4,5,6,7,8,9,10,11", {"percentiles"}),
        ("latency", "days=true", {"days"}),
        ("results", "status=partial", {"status"}),
        ("results", "limit=501&cursor=x", {"limit"}),
        ("results", "cursor=nonsense", {"cursor"}),
        ("results", "from=9999-01-01T00:00:00Z", {"from"}),
        ("spans", "status=up", {"status"}),
        ("spans", "window=24h", {"window"}),
    ],
)
def test_a_question_that_makes_no_sense_names_every_bad_parameter(ask, shop, what, query, bad):
    response = ask(f"{what}?{query}")

    assert response.status_code == 400
    assert {each["field"] for each in response.json["error"]["details"]} == bad


def test_cursors_of_others_do_no_harm(ask, shop):
    for keys in ("-9223372036854775807.1", "9223372036854775807.9", "0.-5"):
        cursor = cursor_of(*map(int, keys.split(".")))
        assert ask("results", cursor=cursor).status_code == 200
        cursor = cursor_of(int(keys.split(".")[0]))
        assert ask("spans", cursor=cursor).status_code == 200


@pytest.mark.parametrize("what", KINDS)
def test_of_an_unknown_monitor_there_is_no_past(call, admin, what):
    assert call("get", f"/api/monitors/nobody/{what}", admin).status_code == 404


@pytest.mark.parametrize("what", KINDS)
def test_a_longer_past_takes_no_more_queries(ask, shop, database, count_queries, what):
    def queries(**parameters):
        with count_queries() as statements:
            assert ask(what, **parameters).status_code == 200
        return len(statements)

    at = now()
    long_ago = {"from": iso(at - 300 * DAY)}
    queries(**long_ago)
    few = queries(**long_ago)
    with database.write() as session:
        for n in range(40):
            begin = at - 50 * DAY + n * DAY
            a_span(session, shop, DOWN, begin, to_at=begin + HOUR)
            add(
                session,
                Result(due_at=begin, monitor_id=shop.id, location_id=1, status=UP, latency_us=9),
            )
    assert all(pack_closed(database, at))

    assert queries(**long_ago) == few <= 8
