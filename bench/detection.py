"""From a failing probe to the changed public file: how long until visitors can know?"""

import json
import time
from collections.abc import Callable
from ipaddress import ip_network

from bench.bucket import BUCKET
from bench.databases import Where, everywhere, on_sqlite, prepare
from bench.endtoend import arrived, running
from bench.figures import Figure
from bench.measure import a_server, ask, percentile
from bench.waiting import wait_for
from kener.actions.monitors import update_monitor
from kener.actions.targets import create_target
from kener.config import Config
from kener.store import secrets
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.monitors import all_monitors

ROUNDS = 10
PATIENCE_S = 30
LOOK_S = 0.03
"""How often the page is asked for: more often, and asking would be the load."""
MONITORS = 50
LOOPBACK = ip_network("127.0.0.0/8")


def on_the_page(*, quick: bool) -> list[Figure]:
    """Break the target, wait for the page to say so, mend it."""
    with on_sqlite() as place, a_server("target") as port:
        prepare(place.config, everywhere(port), 5 if quick else MONITORS)
        _make_quick(place.config)
        with running(place):
            rounds = [_one_round(_read(place.config), port) for _ in range(1 if quick else ROUNDS)]
    return [Figure("from a failing probe to the changed public file", rounds, "s")]


def in_a_bucket(*, quick: bool) -> list[Figure]:
    """The same until the object in S3 says so, the way that most visitors' pages take: when one
    service fails, and when all do within their interval, so that each of their files changes."""
    with a_server("target") as calm, a_server("target") as port:
        one = _to_s3(lambda number: everywhere(calm if number else port)(number), port, quick)
        every = _to_s3(everywhere(port), port, quick)
    what = "changed now.json in S3, p95"
    return [
        Figure(f"from a failing probe to the {what}", one, "s", 3.0, value=percentile(one, 0.95)),
        Figure(
            f"from the first failing probe of all {MONITORS} to the {what}",
            every, "s", 3.0, value=percentile(every, 0.95),
        ),
    ]  # fmt: skip


def _to_s3(where: Where, port: int, quick: bool) -> list[float]:  # noqa: FBT001
    with on_sqlite() as place, a_server("bucket") as s3:
        prepare(place.config, where, 5 if quick else MONITORS)
        _make_quick(place.config)
        _add_bucket(place.config, s3)
        there = f"http://127.0.0.1:{s3}/{BUCKET}/now.json"
        with running(place):
            return [_one_round(_fetched(there), port) for _ in range(1 if quick else 2 * ROUNDS)]


def _add_bucket(config: Config, port: int) -> None:
    settings = {
        "bucket": BUCKET,
        "endpoint": f"http://127.0.0.1:{port}",
        "access_key_id": "key",
        "secret_access_key": "secret",
    }
    secrets.configure(secrets.secret_key_of(config))
    database = Database(config.database)
    allowed = config.model_copy(update={"private_networks": (LOOPBACK,)})
    with database.write() as session:
        create_target(session, "s3", {"name": "S3", "settings": settings}, now(), allowed)
    database.engine.dispose()


def _fetched(url: str) -> Callable[[], bytes]:
    def fetch() -> bytes:
        try:
            return ask(url)
        except OSError:
            return b""

    return fetch


def _make_quick(config: Config) -> None:
    """One failing probe is enough, so that only our own delays are measured."""
    database = Database(config.database)
    with database.write() as session:
        for monitor in all_monitors(session):
            update_monitor(session, monitor, {"interval": 5, "timeout": 2, "to_fail": 1}, now())
    database.engine.dispose()


def _read(config: Config) -> Callable[[], bytes]:
    path = config.site_dir / "current" / "now.json"
    return lambda: path.read_bytes() if path.exists() else b""


def _one_round(told: Callable[[], bytes], port: int) -> float:
    """Seconds from the first bad probe until what is `told` (now.json) says so."""
    _wait_for(told, {"none", "up"})
    arrived(port)
    ask(f"http://127.0.0.1:{port}/status/503")
    changed = _wait_for(told, {"critical", "major", "down", "partial"})
    first = min(at for _, at in arrived(port))
    ask(f"http://127.0.0.1:{port}/status/200")
    return changed - first


def _wait_for(told: Callable[[], bytes], states: set[str]) -> float:
    """When the public now.json told one of the states; seconds since 1970."""

    def at() -> float | None:
        body = told()
        return time.time() if body and json.loads(body)["state"] in states else None

    return wait_for(at, f"{' or '.join(states)} on the page", PATIENCE_S, LOOK_S)
