"""Many transfers on one loop, and none that leaves anything behind."""

import asyncio
import socket

import pycurl
import pytest

from kener.checks import _curl_multi
from kener.checks._curl_multi import Multi
from kener.checks._poller import Selected, poller


@pytest.fixture(params=[poller, Selected], ids=["the best poller", "any selector"], autouse=True)
def pollers(request, monkeypatch):
    monkeypatch.setattr(_curl_multi, "poller", request.param)


def a_transfer(port):
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://127.0.0.1:{port}/")
    curl.setopt(pycurl.FORBID_REUSE, 1)
    curl.setopt(pycurl.WRITEFUNCTION, lambda part: None)
    return curl


async def answer(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


def test_many_transfers_end_at_once_and_each_is_told_how():
    async def transfers():
        multi = Multi(asyncio.get_running_loop())
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = closed.getsockname()[1]
        ports = [port, nobody] * 20
        codes = await asyncio.gather(*(multi.perform(a_transfer(each)) for each in ports))
        server.close()
        left = len(multi._watched)
        multi.close()
        return codes, left

    codes, left = asyncio.run(transfers())
    assert codes == [0, pycurl.E_COULDNT_CONNECT] * 20
    assert left == 0


def test_a_cancelled_transfer_is_ended_and_its_socket_forgotten():
    async def transfer():
        multi = Multi(asyncio.get_running_loop())
        asked = asyncio.Event()

        async def say_nothing(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            ended = await reader.read()
            writer.close()
            hung_up.set_result(ended)

        hung_up = asyncio.get_running_loop().create_future()
        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        curl = a_transfer(server.sockets[0].getsockname()[1])
        task = asyncio.create_task(multi.perform(curl))
        await asked.wait()
        watched = len(multi._watched)
        task.cancel()
        await asyncio.wait([task])
        curl.close()
        assert await asyncio.wait_for(hung_up, 5) == b""
        left = len(multi._watched)
        server.close()
        multi.close()
        return task.cancelled(), watched > 0, left

    assert asyncio.run(transfer()) == (True, True, 0)


def test_what_is_in_flight_ends_when_it_closes():
    async def transfer():
        multi = Multi(asyncio.get_running_loop())
        with socket.create_server(("127.0.0.1", 0)) as silent:
            task = asyncio.create_task(multi.perform(a_transfer(silent.getsockname()[1])))
            await asyncio.sleep(0)
            multi.close()
            await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(transfer())
