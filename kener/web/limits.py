"""How many requests a minute: Flask-Limiter on Redis, which may be away without anybody waiting.
Then each web process counts for itself."""

import logging
import math
import time
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, g, has_app_context
from flask_limiter import Limiter
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from redis.exceptions import RedisError

from kener.config import Config
from kener.queue import client_for
from kener.web.counting import MemoryCounter, Minutes, RedisCounter, Taken

log = logging.getLogger(__name__)

AWAY = (RedisError, StorageError, OSError)
PREFIX = "kener"
REST = 5.0
"""Seconds for which a Redis that did not answer is not asked again."""


class Limits(Limiter):
    """Flask-Limiter that counts in memory while Redis is away, says so once, and writes its
    headers itself: Flask-Limiter would send Retry-After with every answer."""

    def __init__(self, app: Flask, config: Config, key_func: Callable[[], str]) -> None:
        self._away = False
        self._asked_again_at = 0.0
        self._pool: Any = client_for(config.redis_url).connection_pool if config.redis_url else None
        super().__init__(
            key_func,
            app=app,
            # Nothing is counted in this one: `limiter` says where.
            storage_uri="memory://",
            strategy="fixed-window",
            headers_enabled=False,
            key_prefix=PREFIX,
        )
        if self._pool is None:
            log.info("no Redis is configured: API requests are counted in this process alone")

    def cover(self, blueprint: Blueprint, a_minute: Callable[[], int]) -> None:
        """Count all requests to a blueprint together, for each who asks; of who asks now there may
        be so many `a_minute`."""
        self.shared_limit(lambda: f"{a_minute()} per minute", scope=blueprint.name)(blueprint)

    def take(
        self, who: str, a_minute: int, scope: str, meanwhile: Callable[[], object]
    ) -> tuple[Taken, object]:
        """Count a request that may not come as far as the blueprint of that name, just as there;
        and do something else while Redis counts. Raises only what that does."""
        item, names = _item(a_minute), (PREFIX, who, scope)
        if time.monotonic() >= self._asked_again_at:
            try:
                taken = self._shared.take_while(meanwhile, item, *names)
            except AWAY as error:
                self._failed(error)
            else:
                self._answered()
                return taken
        return self._own.take_while(meanwhile, item, *names)

    def close(self) -> None:
        """Hang up. Whoever comes afterwards connects again."""
        if self._pool is not None:
            self._shared.close()
            self._pool.disconnect()

    @property
    def limiter(self) -> Minutes:
        """Where this request is counted: in Redis, or once that has failed it, here."""
        is_here = has_app_context() and "counted_here" in g
        return self._own if is_here else self._shared

    @cached_property
    def _shared(self) -> Minutes:
        if self._pool is None:
            return self._own
        return Minutes(RedisCounter(self._pool))

    @cached_property
    def _own(self) -> Minutes:
        return Minutes(MemoryCounter())

    def _check_request_limit(
        self,
        callable_name: str | None = None,
        in_middleware: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        if time.monotonic() >= self._asked_again_at:
            try:
                super()._check_request_limit(callable_name, in_middleware)
            except AWAY as error:
                self._failed(error)
                self.context.reset()
            else:
                if self.current_limit is not None:
                    self._answered()
                return
        g.counted_here = True
        super()._check_request_limit(callable_name, in_middleware)

    def write_headers(self, response: Response) -> None:
        """Say on an answer what is left; on a refusal (429) also when to come again, in seconds."""
        current = self.current_limit
        if current is None:
            return
        reset_at, remaining = current.window
        response.headers["X-RateLimit-Limit"] = str(current.limit.amount)
        response.headers["X-RateLimit-Remaining"] = str(remaining)
        response.headers["X-RateLimit-Reset"] = str(math.ceil(reset_at))
        if response.status_code == 429:
            seconds = max(1, math.ceil(reset_at - time.time()))
            response.headers.setdefault("Retry-After", str(seconds))

    def _failed(self, error: Exception) -> None:
        if not self._away:
            log.warning(
                "Redis does not answer (%s): each web process counts API requests for itself", error
            )
        self._away, self._asked_again_at = True, time.monotonic() + REST

    def _answered(self) -> None:
        if self._away:
            log.info("Redis answers again: API requests are counted there")
            self._away = False


@lru_cache(100)
def _item(a_minute: int) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(a_minute)
