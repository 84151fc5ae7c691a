"""A dead-man's switch: an address that is called each minute that Kener itself is well. Whoever
listens there notices our silence, which nothing of ours could tell of."""

import logging
from ipaddress import ip_network

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from kener import queue
from kener.channels._http import Way, get
from kener.config import Config
from kener.core.health import publishing_part, results_part
from kener.core.instant import MINUTE, SECOND, Instant
from kener.store.engine import Database
from kener.store.health import freshness

log = logging.getLogger(__name__)

ANYWHERE = Way(private_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")))
"""The address is the operator's own setting: it may well be in a private network."""


def tell_deadman(database: Database, config: Config, now: Instant) -> bool:
    """Call the address once this minute, however many ask for it, if all is well; whether that was
    done. The log never holds the address, which may be a secret."""
    if not config.deadman_url:
        return False
    problems = _problems(database, config, now)
    if problems:
        log.warning("the dead-man's switch is not told that all is well: %s", " ".join(problems))
        return False
    try:
        if not queue.is_first(f"deadman:{now // MINUTE}", 120):
            return False
    except (RedisError, OSError) as error:
        log.warning("the dead-man's switch is not told: Redis does not answer (%s)", error)
        return False
    reply = get(config.deadman_url, ANYWHERE)
    if reply.status is None or reply.status >= 300:
        said = reply.error or f"it answered {reply.status}"
        log.warning("the dead-man's switch could not be told that all is well: %s", said)
    return True


def _problems(database: Database, config: Config, now: Instant) -> list[str]:
    """The same as /readyz names."""
    try:
        with database.read() as session:
            facts = freshness(session, now)
    except SQLAlchemyError:
        return ["The database does not answer."]
    parts = (results_part(facts, now), publishing_part(facts, config.publish_every * SECOND, now))
    return [part.problem for part in parts if part.problem]
