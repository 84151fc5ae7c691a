"""kener.monitors, against a real Kener."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from kener_client import InvalidRequest, Kener, NotFound, PreconditionFailed, etag_of

SHOP = {"name": "Shop", "kind": "http", "settings": {"url": "https://shop.example/"}}


@pytest.fixture
def shop(kener):
    return kener.monitors.create(**SHOP, tags=["prod"])


def test_a_monitor_is_made_and_got_by_id_and_slug(kener, shop):
    assert shop["name"] == "Shop"
    assert kener.monitors.get(shop["id"]) == kener.monitors.get("shop") == shop


def test_fields_that_are_not_named_keep_their_value(kener, shop):
    changed = kener.monitors.update("shop", interval=30)

    assert changed == shop | {
        "interval": 30,
        "version": changed["version"],
        "updated_at": changed["updated_at"],
    }


def test_a_change_of_what_another_has_changed_is_refused(kener, shop):
    kener.monitors.update("shop", interval=30)

    with pytest.raises(PreconditionFailed) as error:
        kener.monitors.update("shop", etag=etag_of(shop), interval=45)

    assert error.value.status == 412
    assert kener.monitors.get("shop")["interval"] == 30


def test_the_etag_of_a_change_is_good_for_the_next(kener, shop):
    second = kener.monitors.update("shop", etag=etag_of(shop), interval=30)
    third = kener.monitors.update("shop", etag=etag_of(second), interval=45)

    assert third["interval"] == 45


def test_every_bad_field_is_named(kener):
    with pytest.raises(InvalidRequest) as error:
        kener.monitors.create(
            name="", kind="http", settings={"url": "https://x.example"}, to_fail=0
        )

    assert {each["field"] for each in error.value.details} == {"name", "to_fail"}
    assert "[to_fail: " in str(error.value)


def test_a_list_goes_on_over_its_parts(kener):
    for number in range(7):
        kener.monitors.create(name=f"M{number}", kind="manual", tags=["x"] if number % 2 else [])

    rows = kener.monitors.list(limit=3)
    assert [each["name"] for each in rows] == [f"M{number}" for number in range(7)]
    assert [len(part.rows) for part in rows.parts()] == [3, 3, 1]
    assert [each["name"] for each in kener.monitors.list(tag="x", limit=2)] == ["M1", "M3", "M5"]
    assert kener.monitors.list(tag=["x", "y"]).all() == []


def test_one_part_can_be_got_by_its_cursor(kener):
    for number in range(3):
        kener.monitors.create(name=f"M{number}", kind="manual")
    rows = kener.monitors.list(limit=2)

    first = rows.part()
    second = rows.part(first.next)

    assert (first.total, first.limit, len(first.rows)) == (3, 2, 2)
    assert ([each["name"] for each in second.rows], second.next) == (["M2"], None)


def test_only_some_fields_are_got_when_they_are_picked(kener, shop):
    assert kener.monitors.pick(["id", "status"], sort="-name").all() == [
        {"id": shop["id"], "status": "unknown"}
    ]


def test_a_monitor_is_paused_resumed_and_checked(kener, shop):
    assert kener.monitors.pause("shop")["paused"] is True
    assert kener.monitors.resume("shop")["paused"] is False
    assert kener.monitors.check("shop")["id"] == shop["id"]


def test_a_manual_monitor_is_as_it_is_told(kener):
    kener.monitors.create(name="Desk", kind="manual")
    told = kener.monitors.set_status("desk", status="degraded", message="Slow.")

    assert (told["status"], told["detail"]) == ("degraded", "Slow.")
    assert [each["status"] for each in kener.monitors.results("desk", status="degraded")] == [
        "degraded"
    ]
    assert [each["status"] for each in kener.monitors.spans("desk")][:1] == ["degraded"]


def test_how_it_was_can_be_asked_for_any_time(kener, shop):
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)

    uptime = kener.monitors.uptime(
        "shop", since=since, until=until, days=True, time_zone="Europe/Berlin"
    )
    assert uptime["from"] == "2026-01-01T00:00:00Z"
    assert [day["date"] for day in uptime["days"]] == ["2026-01-01", "2026-01-02", "2026-01-03"]
    latency = kener.monitors.latency("shop", window="7d", percentiles=[50, 99.9])
    assert set(latency["percentiles"]) == {"50", "99.9"}


def test_a_probe_can_be_tried(kener):
    trial = kener.monitors.test(kind="tcp", settings={"host": "192.0.2.1", "port": 1})

    assert trial["status"] != "up"


def test_many_are_changed_at_once(kener, shop):
    done = kener.monitors.bulk(action="pause", filter={"tag": ["prod"]})
    assert [each["slug"] for each in done["changed"]] == ["shop"]

    done = kener.monitors.bulk(action="tag", ids=["shop", "nothing"], tags=["new"])
    assert [each["code"] for each in done["refused"]] == ["not_found"]


def test_what_is_deleted_is_gone(kener, shop):
    assert kener.monitors.delete("shop", etag=etag_of(shop)) == {"id": shop["id"]}

    with pytest.raises(NotFound) as error:
        kener.monitors.get("shop")
    assert error.value.request_id
    assert kener.monitors.list().all() == []


def test_threads_may_share_a_client(kener):
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda n: kener.monitors.create(name=f"M{n}", kind="manual"), range(16))
        )

    assert {each["id"] for each in made} == {each["id"] for each in kener.monitors.list(limit=5)}


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_what_is_no_id_is_not_sent(name):
    with (
        Kener("http://127.0.0.1:1") as kener,
        pytest.raises(ValueError, match="is no id"),
    ):
        kener.monitors.delete(name)


def test_an_id_with_odd_characters_is_one_part_of_the_path(kener):
    with pytest.raises(NotFound):
        kener.monitors.get("../settings?x#y")
