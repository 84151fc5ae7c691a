"""How many requests a minute: Flask-Limiter on Redis, which may be away without anybody waiting.
Then each web process counts for itself."""

import logging
import math
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from flask import Blueprint, Flask, Response, g, has_app_context
from flask_limiter import Limiter
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

from kener.config import Config
from kener.queue import client_for

log = logging.getLogger(__name__)

AWAY = (RedisError, StorageError, OSError)
REST = 5.0
"""Seconds for which a Redis that did not answer is not asked again."""


class Limits(Limiter):
    """Flask-Limiter that counts in memory while Redis is away, says so once, and writes its
    headers itself: Flask-Limiter would send Retry-After with every answer."""

    def __init__(self, app: Flask, config: Config, key_func: Callable[[], str]) -> None:
        self._away = False
        self._asked_again_at = 0.0
        pool: Any = client_for(config.redis_url).connection_pool if config.redis_url else None
        super().__init__(
            key_func,
            app=app,
            # The address here only chooses the dialect; the connections are the pool's.
            storage_uri="redis://" if pool else "memory://",
            storage_options=cast(dict[str, str | int], {"connection_pool": pool} if pool else {}),
            strategy="fixed-window",
            headers_enabled=False,
            key_prefix="kener",
        )
        if pool is None:
            log.info("no Redis is configured: API requests are counted in this process alone")

    def cover(self, blueprint: Blueprint, a_minute: Callable[[], int]) -> None:
        """Count all requests to a blueprint together, for each who asks; of who asks now there may
        be so many `a_minute`."""
        self.shared_limit(lambda: f"{a_minute()} per minute", scope=blueprint.name)(blueprint)

    @property
    def limiter(self) -> RateLimiter:
        """Where this request is counted: in Redis, or once that has failed it, here."""
        is_here = has_app_context() and "counted_here" in g
        return self._own if is_here else super().limiter

    @cached_property
    def _own(self) -> RateLimiter:
        return FixedWindowRateLimiter(MemoryStorage())

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
            else:
                self._answered()
                return
        g.counted_here = True
        super()._check_request_limit(callable_name, in_middleware)

    def write_headers(self, response: Response) -> None:
        """Say on an answer what is left; on a refusal (429) also when to come again, in seconds."""
        current = self.current_limit
        if current is None:
            return
        try:
            reset_at, remaining = current.window
        except AWAY as error:
            self._failed(error)
            g.counted_here = True
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
        self.context.reset()

    def _answered(self) -> None:
        if self._away and self.current_limit is not None:
            log.info("Redis answers again: API requests are counted there")
            self._away = False
