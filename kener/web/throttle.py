"""How often somebody may try to get in: counted in Redis, for all web processes together."""

from functools import cache
from hashlib import sha256
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from kener.actions.members import normal_email
from kener.core.errors import Refused
from kener.queue import client_for
from kener.web.address import network_of, the_config
from kener.web.limits import AWAY

PER_ACCOUNT = parse("10 per 5 minutes")
PER_ADDRESS = parse("30 per 5 minutes")
FIRST_RUN = parse("30 per 5 minutes")
PATIENCE = 1.0
"""Seconds to wait for Redis: who signs in waits for a person's sake, not for a check's."""

TOO_OFTEN = "That was too often. Please wait five minutes, then try again."
NO_REDIS = (
    "Nobody can sign in at the moment: Redis does not answer, and without it we cannot stop "
    "those who guess passwords. Start Redis, then try again."
)


class Throttled(Refused):
    """Too often, or we cannot tell."""


def throttle_sign_in(email: str, address: str) -> None:
    """Count a try to sign in; Throttled when there were too many for the account or address."""
    account = sha256(normal_email(email).encode()).hexdigest()[:32]
    _count(PER_ADDRESS, "sign-in-address", network_of(address))
    _count(PER_ACCOUNT, "sign-in-account", account)


def throttle_first_run(address: str) -> None:
    """Count a look at the first run's page, whose token might be guessed."""
    _count(FIRST_RUN, "first-run", network_of(address))


def _count(limit: RateLimitItem, *key: str) -> None:
    try:
        allowed = _limiter(the_config().redis_url).hit(limit, "kener", *key)
    except AWAY:
        raise Throttled(NO_REDIS) from None
    if not allowed:
        raise Throttled(TOO_OFTEN)


@cache
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    """One a process; it connects when it is first asked."""
    pool: Any = client_for(redis_url, PATIENCE).connection_pool
    # The address here only chooses the dialect; the connection is the pool's.
    return MovingWindowRateLimiter(RedisStorage("redis://", connection_pool=pool))
