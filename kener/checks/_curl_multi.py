"""Many transfers of libcurl on one loop. Its sockets are in a selector of their own, which the loop
watches as if it were one socket: that asyncio keeps account of each costs a tenth of a probe."""

import asyncio
import contextlib
import selectors
from typing import Any

import pycurl

EVENTS = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
READY = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class Multi:
    """Bound to one loop for life."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._ended: dict[Any, asyncio.Future[int]] = {}
        self._timer: asyncio.Handle | None = None
        self._sockets: Any = selectors.DefaultSelector()
        loop.add_reader(self._sockets.fileno(), self._on_ready)

    async def perform(self, curl: Any) -> int:
        """Libcurl's error code, when the transfer has ended; 0 is good. Cancelling ends it."""
        ended: asyncio.Future[int] = self._loop.create_future()
        self._ended[curl] = ended
        try:
            self._multi.add_handle(curl)
            return await ended
        finally:
            del self._ended[curl]
            with contextlib.suppress(pycurl.error):
                self._multi.remove_handle(curl)

    def _on_socket(self, what: int, number: int, _multi: Any, _data: Any) -> None:
        """Libcurl wants to hear of a socket, or of another side of it, or no more."""
        known = number in self._sockets.get_map()
        events = EVENTS.get(what)
        if events is None:
            if known:
                self._sockets.unregister(number)
        elif known:
            self._sockets.modify(number, events)
        else:
            self._sockets.register(number, events)

    def _on_timer(self, ms: int) -> None:
        """Libcurl wants to be called after so long; never, if negative."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if ms == 0:  # not at once: we are within a call to libcurl
            self._timer = self._loop.call_soon(self._on_time)
        elif ms > 0:
            self._timer = self._loop.call_later(ms / 1000, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._tell()

    def _on_ready(self) -> None:
        for key, events in self._sockets.select(0):
            self._multi.socket_action(key.fd, READY[events])
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
        self._on_timer(-1)
        for curl, ended in self._ended.items():
            ended.cancel()
            self._multi.remove_handle(curl)
        self._loop.remove_reader(self._sockets.fileno())
        self._multi.close()
        self._sockets.close()
