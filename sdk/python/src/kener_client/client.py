"""Kener, to talk to: `Kener` waits for answers, `AsyncKener` is awaited."""

import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import anyio
import httpx

from kener_client._calls import Call, get, whole
from kener_client._operations import Resource, W, operation
from kener_client._retries import Retries
from kener_client._settings import settings_of
from kener_client._ways import AsyncWay, SyncWay
from kener_client.resources.heartbeat import Heartbeat
from kener_client.resources.incidents import Incidents, IncidentTemplates
from kener_client.resources.keys import Keys, Secrets
from kener_client.resources.maintenances import Maintenances, Windows
from kener_client.resources.monitors import Monitors
from kener_client.resources.pages import Pages
from kener_client.resources.settings import SettingsResource
from kener_client.resources.webhooks import Webhooks
from kener_client.types import Me, PublicStatus

RETRIES = Retries()
TIMEOUT = 10.0
"""Seconds for each step of a request: to connect, to send, to hear something."""


class Everything(Resource[W]):
    """All that there is, in one manner."""

    def __init__(self, way: W) -> None:
        super().__init__(way)
        self.monitors = Monitors(way)
        self.incidents = Incidents(way)
        self.incident_templates = IncidentTemplates(way)
        self.maintenances = Maintenances(way)
        self.windows = Windows(way)
        self.pages = Pages(way)
        self.keys = Keys(way)
        self.secrets = Secrets(way)
        self.settings = SettingsResource(way)
        self.webhooks = Webhooks(way)
        self.heartbeat = Heartbeat(way)

    @operation
    def status(self, *, page: str | None = None) -> Call[PublicStatus]:
        """How everything is, for anybody; with `page` (id or slug) what that page shows."""
        return get("status", page=page)

    @operation
    def me(self) -> Call[Me]:
        """The key that asks."""
        return get("me")

    @operation
    def openapi(self) -> Call[dict[str, Any]]:
        """The OpenAPI document of that Kener."""
        return whole("openapi.json")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.way.settings.url!r})"


class Kener(Everything[SyncWay]):
    """A Kener at `url` (or KENER_URL), asked with `key` (or KENER_API_KEY; without one only what is
    public can be asked for). `retries` is how often a request is sent again at most, or `Retries`;
    `http` your own client, with its proxies and certificates. Threads may share it."""

    def __init__(  # noqa: PLR0913 - all but the first two are for few
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float | None = TIMEOUT,
        retries: int | Retries = RETRIES,
        http: httpx.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        settings = settings_of(url, key)
        client = http or httpx.Client()
        self._is_ours = http is None
        super().__init__(SyncWay(client, settings, timeout, _retries(retries), sleep))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections; a client of yours stays open."""
        if self._is_ours:
            self.way.http.close()


class AsyncKener(Everything[AsyncWay]):
    """The same as Kener, to be awaited."""

    def __init__(  # noqa: PLR0913 - all but the first two are for few
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float | None = TIMEOUT,
        retries: int | Retries = RETRIES,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    ) -> None:
        settings = settings_of(url, key)
        client = http or httpx.AsyncClient()
        self._is_ours = http is None
        super().__init__(AsyncWay(client, settings, timeout, _retries(retries), sleep))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections; a client of yours stays open."""
        if self._is_ours:
            await self.way.http.aclose()


def _retries(given: int | Retries) -> Retries:
    return given if isinstance(given, Retries) else Retries(most=given)
