"""AsyncKener, against a real Kener."""

import asyncio

import httpx
import pytest
from kener_client import AsyncKener, NotFound, etag_of


@pytest.fixture
def run(address, key):
    def run(do, **options):
        async def whole():
            async with AsyncKener(address, key, retries=0, **options) as kener:
                return await do(kener)

        return asyncio.run(whole())

    return run


def test_it_does_what_the_other_does(run):
    async def do(kener):
        shop = await kener.monitors.create(name="Shop", kind="manual")
        changed = await kener.monitors.update("shop", etag=etag_of(shop), tags=["prod"])
        await kener.monitors.delete("shop", etag=etag_of(changed))
        with pytest.raises(NotFound):
            await kener.monitors.get("shop")
        return changed

    assert run(do)["tags"] == ["prod"]


def test_a_list_goes_on_over_its_parts(run):
    async def do(kener):
        for number in range(5):
            await kener.monitors.create(name=f"M{number}", kind="manual")
        rows = kener.monitors.list(limit=2)
        names = [each["name"] async for each in rows]
        sizes = [len(part.rows) async for part in rows.parts()]
        second = await rows.part((await rows.part()).next)
        return names, sizes, [each["name"] for each in second.rows], len(await rows.all())

    names = ["M0", "M1", "M2", "M3", "M4"]
    assert run(do) == (names, [2, 2, 1], ["M2", "M3"], 5)


def test_many_are_asked_for_at_once(run):
    async def do(kener):
        return await asyncio.gather(*(kener.me() for _ in range(10)), kener.status())

    assert len(run(do)) == 11


def test_nested_resources_are_awaited_too(run):
    async def do(kener):
        incident = await kener.incidents.create(title="X", message="Y")
        await kener.incidents.updates.create(incident["id"], status="resolved", message="Z")
        return [each["message"] async for each in kener.incidents.updates.list(incident["id"])]

    assert run(do) == ["Z", "Y"]


def test_ones_own_client_is_used_and_stays_open(address, key):
    async def whole():
        async with httpx.AsyncClient() as http:
            async with AsyncKener(address, key, http=http) as kener:
                await kener.me()
            return http.is_closed

    assert asyncio.run(whole()) is False


def test_its_own_client_is_closed(address, key):
    async def whole():
        async with AsyncKener(address, key) as kener:
            await kener.me()
        return kener.way.http.is_closed

    assert asyncio.run(whole()) is True
