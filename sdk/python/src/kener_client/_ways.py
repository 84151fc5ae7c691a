"""The two manners of carrying a call out: one waits for the answer, the other lets others work
meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from kener_client._calls import Call
from kener_client._exchange import Outcome, Send, Wait, exchange
from kener_client._logs import keep_quiet
from kener_client._retries import Retries
from kener_client._settings import Settings
from kener_client._version import __version__

keep_quiet()
AGENT = f"kener-python/{__version__}"


@dataclass(frozen=True, slots=True)
class SyncWay:
    """Sends with an httpx.Client."""

    http: httpx.Client
    settings: Settings
    timeout: float | None
    retries: Retries
    sleep: Callable[[float], object]

    def carry_out(self, call: Call[Any]) -> Any:
        """What the call asks for, or a KenerError."""
        talk, outcome = exchange(call, self.settings, self.retries), None
        try:
            while True:
                outcome = self._take(talk.send(outcome))
        except StopIteration as end:
            return end.value

    def _take(self, step: Send | Wait) -> Outcome:
        if isinstance(step, Wait):
            self.sleep(step.seconds)
            return None
        try:
            return self.http.request(**request_of(step.call, self.settings, self.timeout))
        except httpx.RequestError as error:
            return error


@dataclass(frozen=True, slots=True)
class AsyncWay:
    """Sends with an httpx.AsyncClient."""

    http: httpx.AsyncClient
    settings: Settings
    timeout: float | None
    retries: Retries
    sleep: Callable[[float], Awaitable[object]]

    async def carry_out(self, call: Call[Any]) -> Any:
        """What the call asks for, or a KenerError."""
        talk, outcome = exchange(call, self.settings, self.retries), None
        try:
            while True:
                outcome = await self._take(talk.send(outcome))
        except StopIteration as end:
            return end.value

    async def _take(self, step: Send | Wait) -> Outcome:
        if isinstance(step, Wait):
            await self.sleep(step.seconds)
            return None
        try:
            return await self.http.request(**request_of(step.call, self.settings, self.timeout))
        except httpx.RequestError as error:
            return error


def request_of(call: Call[Any], settings: Settings, timeout: float | None) -> dict[str, Any]:
    """What httpx is to send. Redirects are not followed: Kener gives none, and a key must not go
    elsewhere."""
    headers = {"Accept": "application/json", "User-Agent": AGENT, **call.headers}
    if settings.key and not call.hidden:
        headers["Authorization"] = f"Bearer {settings.key}"
    return {
        "method": call.method,
        "url": settings.url + call.path,
        "params": call.query or None,
        "headers": headers,
        "content": call.content,
        "timeout": timeout,
        "follow_redirects": False,
    }
