"""Not a test: what a type checker has to see of the library. `test_types.py` lets mypy read it."""

from typing import Any, assert_type

from kener_client import (
    AsyncKener,
    AsyncRows,
    Document,
    Event,
    Kener,
    Rows,
    etag_of,
    token_of,
    verify_webhook,
)
from kener_client.types import (
    Gone,
    HttpSettings,
    Incident,
    Monitor,
    MonitorPart,
    NewKey,
    PublicStatus,
    Result,
    Update,
    Uptime,
)


def waiting(kener: Kener) -> None:
    settings: HttpSettings = {"url": "https://shop.example/", "keyword": "Welcome"}
    made = kener.monitors.create(name="Shop", kind="http", settings=settings, tags=["prod"])
    assert_type(made, Monitor)
    assert_type(made["interval"], int)
    assert_type(made["latency_ms"], float | None)
    assert_type(kener.monitors.update("shop", etag=etag_of(made), interval=30), Monitor)
    assert_type(kener.monitors.delete("shop"), Gone)
    assert_type(kener.monitors.list(tag=["a", "b"]), Rows[Monitor])
    assert_type([each["name"] for each in kener.monitors.list(tag="prod")], list[str])
    assert_type(kener.monitors.pick(["name"]), Rows[MonitorPart])
    assert_type(kener.monitors.results("shop").part().rows, list[Result])
    assert_type(kener.monitors.uptime("shop", window="30d"), Uptime)
    incident = kener.incidents.create(title="X", message="Y", monitors=["shop"])
    assert_type(
        kener.incidents.updates.create(incident["id"], status="resolved", message="Z"), Incident
    )
    assert_type(kener.keys.create(name="x", permissions=["read:monitors"]), NewKey)
    assert_type(kener.status(), PublicStatus)
    assert_type(kener.heartbeat.ping(token_of(made) or ""), None)
    assert_type(kener.openapi(), dict[str, Any])
    with kener as same:
        assert_type(same, Kener)


async def awaited(kener: AsyncKener) -> None:
    assert_type(await kener.monitors.get("shop"), Monitor)
    assert_type(kener.monitors.list(), AsyncRows[Monitor])
    assert_type([each["name"] async for each in kener.monitors.list()], list[str])
    assert_type(await kener.incidents.updates.list("x").all(), list[Update])
    async with kener as same:
        assert_type(same, AsyncKener)


def wrong(kener: Kener) -> None:
    kener.monitors.create(kind="http")  # type: ignore[call-arg]
    kener.monitors.create(name="Shop", kind="teapot")  # type: ignore[arg-type]
    kener.monitors.create(name="Shop", kind="http", intervall=30)  # type: ignore[call-arg]
    kener.monitors.update("shop", interval="30")  # type: ignore[arg-type]
    kener.monitors.list(colour="red")  # type: ignore[call-arg]
    assert kener.monitors.get("shop")["colour"]  # type: ignore[misc]
    kener.monitors.get()  # type: ignore[call-arg]
    assert kener.teapots  # type: ignore[attr-defined]


def webhook(body: bytes, headers: dict[str, str]) -> None:
    assert_type(verify_webhook(body, headers, "whsec_x"), Event)
    assert_type(Document().etag, str | None)
