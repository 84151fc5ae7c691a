"""Everything that is not the web app: `python worker.py up | checks | jobs QUEUE... | ticker`.

`up` supervises all of it, the web app included; the others are for machines that share the work.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from kener import logs, queue
from kener.checks import check_types
from kener.config import Config, load
from kener.core.errors import Invalid, Refused
from kener.store import secrets
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.migrate import migrate
from kener.supervisor import announce
from kener.supervisor.children import Child
from kener.supervisor.embedded import Embedded, embedded, place_of
from kener.supervisor.family import Family
from kener.supervisor.preflight import alone, check_port
from kener.supervisor.succession import Succession
from kener.worker import checks, jobs, ticker

USAGE = """usage: python worker.py up                       start everything, and watch over it
       python worker.py checks [--location NAME]  probe what is due
       python worker.py jobs QUEUE...             deliveries, upkeep, publish, targets
       python worker.py ticker                    start each second what is due"""
REDIS_PATIENCE = 3.0


def main(arguments: Sequence[str]) -> int:
    """Run the program that `arguments` name. What cannot work is one line on stderr and a 2."""
    try:
        config = load()
        logs.configure(config.log_level, config.log_format)
        match arguments:
            case ["up"]:
                up(config)
            case ["checks"]:
                return checks.run(_sharing(config))
            case ["checks", "--location", name]:
                return checks.run(_sharing(load(location=name)))
            case ["jobs", *queues] if queues and set(queues) <= set(queue.QUEUES):
                jobs.run(_sharing(config), queues)
            case ["ticker"]:
                ticker.run(_sharing(config))
            case _:
                sys.stderr.write(USAGE + "\n")
                return 2
    except Refused as refusal:
        sys.stderr.write(f"kener: {refusal.message}\n")
        return 2
    return 0


def up(config: Config) -> None:
    """Check what can be checked, migrate, then start all and stay until told to stop."""
    with alone(config) as lock:
        check_port(config)
        secrets.secret_key_of(config)
        own = None if config.redis_url else embedded(config)
        try:
            _live(config, own, lock)
        finally:
            if own:
                own.clean()


def _live(config: Config, own: Embedded | None, lock: int) -> None:
    if own:
        config = config.model_copy(update={"redis_url": own.url})
    else:
        _check_redis(config)
    migrate(config, now())
    succession = Succession()
    family = Family(_children(config, own, succession), [lock], succession=succession)
    name = own.name if own else f"Redis at {place_of(config.redis_url)}"
    family.live(lambda: announce.is_ready(config), lambda: _announce(config, name))
    Database(config.database).settle()


def _children(config: Config, own: Embedded | None, succession: Succession) -> list[Child]:
    """All of the code is imported before the first fork: they start at once, and share it."""
    from app import create_app  # noqa: PLC0415 - only `up` has a web server
    from kener.supervisor.web import serve  # noqa: PLC0415

    import_module("kener.jobs")  # by name, as RQ does it
    check_types()
    redis = [Child("redis", own.run, last=True, is_up=own.is_up)] if own else []
    return [
        *redis,
        Child("web", lambda: serve(config, lambda: create_app(config))),
        Child("checks", lambda: checks.run(config, succession.ask)),
        Child("deliveries", lambda: jobs.run(config, ["deliveries", "upkeep"])),
        Child("publish", lambda: jobs.run(config, ["publish"])),
        Child("targets", lambda: jobs.run(config, ["targets"])),
        Child("ticker", lambda: ticker.run(config)),
    ]


def _announce(config: Config, redis: str) -> None:
    from kener.actions.members import first_run_token  # noqa: PLC0415 - only `up` tells it

    database = Database(config.database)
    with database.read() as session:
        token = first_run_token(config, session)
    database.engine.dispose()
    sys.stdout.write("\n".join(announce.lines(config, redis, token)) + "\n")
    sys.stdout.flush()


def _sharing(config: Config) -> Config:
    """A worker beside the supervisor must be told where the others meet."""
    if not config.redis_url:
        raise Invalid({"REDIS_URL": "a worker of its own needs the Redis that all share"})
    _check_redis(config)
    return config


def _check_redis(config: Config) -> None:
    client = queue.client_for(config.redis_url, REDIS_PATIENCE)
    try:
        client.ping()
    except Exception as error:  # noqa: BLE001 - whatever the URL makes the client do
        place = place_of(config.redis_url)
        raise Invalid({"REDIS_URL": f"{place} does not answer: {error}"}) from None
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
