"""Many transfers of libcurl on one loop. Its sockets are in a poller of their own, which the loop
watches as if it were one socket: that asyncio keeps account of each costs a tenth of a probe."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pycurl

from kener.checks._poller import READ, WRITE, poller

EVENTS = {pycurl.POLL_IN: READ, pycurl.POLL_OUT: WRITE, pycurl.POLL_INOUT: READ | WRITE}
READY = {READ: pycurl.CSELECT_IN, WRITE: pycurl.CSELECT_OUT}
BOTH = pycurl.CSELECT_IN | pycurl.CSELECT_OUT
NEVER = float("inf")
NOWHERE = "nothing://nowhere"


class Multi:
    """Bound to one loop for life."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._ended: dict[Any, asyncio.Future[int]] = {}
        self._due_at = NEVER
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None
        self._poller = poller()
        self._watched: set[int] = set()
        loop.add_reader(self._poller.fileno(), self._on_ready)

    async def perform(self, curl: Any) -> int:
        """Libcurl's error code, when the transfer has ended; 0 is good. Cancelling ends it."""
        ended: asyncio.Future[int] = self._loop.create_future()
        self._multi.add_handle(curl)
        self._ended[curl] = ended
        try:
            return await ended
        finally:
            if self._ended.pop(curl, None) is not None:
                self._multi.remove_handle(curl)

    def drop(self, pins: Iterable[str]) -> None:
        """Let libcurl drop pins, by `name:port`, here and now. Not with some transfer that is about
        to begin: they begin in no certain order, so one that needs such a pin anew may be first."""
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, NOWHERE)
        curl.setopt(pycurl.RESOLVE, [f"-{each}" for each in pins])
        self._multi.add_handle(curl)
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._multi.remove_handle(curl)
        curl.close()
        self._tell()

    def _on_socket(self, what: int, number: int, _multi: Any, _data: Any) -> None:
        """Libcurl wants to hear of a socket, or of another side of it, or no more."""
        events = EVENTS.get(what)
        if events is None:
            if number in self._watched:
                self._watched.discard(number)
                self._poller.unregister(number)
        elif number in self._watched:
            self._poller.modify(number, events)
        else:
            self._watched.add(number)
            self._poller.register(number, events)

    def _on_timer(self, ms: int) -> None:
        """Libcurl wants to be called after so long; never, if negative. It changes its mind several
        times a transfer, so a timer is only set when none rings before."""
        self._due_at = self._loop.time() + ms / 1000 if ms >= 0 else NEVER
        if ms == 0:  # not at once: we are within a call to libcurl
            self._soon = self._soon or self._loop.call_soon(self._act)
        elif ms > 0 and (self._timer is None or self._timer.when() > self._due_at):
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due_at, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if self._due_at <= self._loop.time():
            self._act()
        elif self._due_at < NEVER:
            self._set_timer()

    def _act(self) -> None:
        self._soon = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._tell()

    def _on_ready(self) -> None:
        for number, events in self._poller.poll(0):
            self._multi.socket_action(number, READY.get(events, BOTH))
        self._tell()

    def _tell(self) -> None:
        """Those who wait for transfers that have ended."""
        _, good, bad = self._multi.info_read()
        for curl, code in [*((each, 0) for each in good), *((each, code) for each, code, _ in bad)]:
            ended = self._ended.get(curl)
            if ended is not None and not ended.done():
                ended.set_result(code)

    def close(self) -> None:
        """End what is in flight."""
        while self._ended:
            curl, ended = self._ended.popitem()
            ended.cancel()
            self._multi.remove_handle(curl)
        self._loop.remove_reader(self._poller.fileno())
        self._multi.close()
        self._poller.close()
        # Last, as until now libcurl may have wished for one.
        for handle in (self._timer, self._soon):
            if handle is not None:
                handle.cancel()
