"""The REST API under load, held against an empty Flask view under the very same server.

Everything that `make run` starts is running; the load comes from a process of its own, over
connections that are kept alive. Runs of the empty view and of ours alternate: machines are noisy.
"""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from sqlalchemy import select

from bench.databases import Place, on_postgresql, on_sqlite, prepare
from bench.endtoend import running
from bench.figures import Figure
from bench.measure import ROOT, a_free_port, a_server, ask, tree_of, usage
from bench.waiting import wait_for
from kener.actions.keys import make_key
from kener.actions.results import Probed, record
from kener.core.instant import MINUTE
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.tables import Schedule

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 4.0
A_DAY, A_MOMENT = 86_400, 5
"""How often monitors are checked, in seconds: hardly ever while we measure, or all the time."""
LIST = "/api/monitors"
PAGES = {
    "first page (500) made anew": (LIST, "anew", 30),
    "100 of them made anew": (f"{LIST}?limit=100", "anew", None),
    "first page (500) asked for again and again": (LIST, "", 30),
    "100 that have a status, made anew": (f"{LIST}?status=down&limit=100", "anew", None),
    "100 that have a tag, made anew": (f"{LIST}?tag=t3&limit=100", "anew", None),
}
"""What is asked for, how, and in how many ms it must come."""


@dataclass(frozen=True)
class Run:
    """What the load saw: answers a second, latencies in ms, its own share of a core, statuses."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu: float
    statuses: dict[str, int]

    def share(self, status: int) -> float:
        """Of all answers."""
        return self.statuses.get(str(status), 0) / sum(self.statuses.values())


@dataclass(frozen=True)
class Server:
    """Kener at work, and the empty view beside it."""

    place: Place
    kener: int
    port: int
    empty: int
    key: str

    def load(self, path: str, *, seconds: float, how: str = "", connections: int = 0) -> Run:
        """The API under load; `known`: each client sends the ETag that it has; `anew`: as if nobody
        had ever asked for it."""
        head = f"Authorization: Bearer {self.key}\n"
        run = _load(self.port, path, head, seconds, how=how, connections=connections)
        if extra := set(run.statuses) - {"200", "304"}:
            raise RuntimeError(f"refused: {sorted(extra)}")
        return run

    def load_empty(self, *, seconds: float) -> Run:
        """The yardstick."""
        return _load(self.empty, "/", "", seconds)


def _load(  # noqa: PLR0913 - a load, and how heavy it is
    port: int, path: str, head: str, seconds: float, *, how: str = "", connections: int = 0
) -> Run:
    command = [sys.executable, "-m", "bench.load", str(port), path]
    command += [str(connections or CONNECTIONS), str(seconds), how]
    done = subprocess.run(command, cwd=ROOT, input=head, capture_output=True, text=True, check=True)
    return Run(**json.loads(done.stdout))


@contextmanager
def serving(
    on: Callable[[], AbstractContextManager[Place]], count: int, every: int
) -> Iterator[Server]:
    """Kener with that many monitors, each seen a few times, and checked `every` so many seconds."""
    with on() as place, a_server("target") as target, a_server("empty_app") as empty:
        prepare(place.config, _each(target, every), count)
        key = _furnish(place)
        port = a_free_port()
        with running(place, port) as kener:
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            yield Server(place, kener, port, empty, key)


def _each(port: int, every: int) -> Callable[[int], dict[str, Any]]:
    def where(number: int) -> dict[str, Any]:
        url = f"http://127.0.{number // 250}.{1 + number % 250}:{port}/m/{number}"
        return {"settings": {"url": url}, "interval": every, "tags": ["bench", f"t{number % 7}"]}

    return where


def _furnish(place: Place) -> str:
    """A little history, as if checks had gone on for three minutes; and a key that may go on."""
    database = Database(place.config.database)
    with database.write() as session:
        pairs = session.execute(select(Schedule.monitor_id, Schedule.location_id)).all()
    for back in (3, 2, 1):
        at = now() - back * MINUTE
        with database.write() as session:
            record(session, [Probed(*pair, at, _outcome(pair[0])) for pair in pairs], at)
    with database.write() as session:
        given = {"name": "Bench", "permissions": ["read:monitors"], "rate_limit": 1_000_000}
        _, text = make_key(session, given, now())
    database.engine.dispose()
    return text


def _outcome(number: int) -> Outcome:
    if number % 20 == 0:
        return Outcome(Status.DOWN, detail="connection refused by 192.0.2.7 port 443")
    phases = {"dns": 0.2, "connect": 0.4, "send": 0.1, "wait": 11.5, "receive": 0.3}
    facts = {"http_status": 200, "ip": "127.0.0.1", "http_version": "1.1"}
    return Outcome(Status.UP, latency_ms=12.5 + number % 9, phases=phases, facts=facts)


def _wait_for(url: str) -> None:
    def answers() -> bool:
        with suppress(OSError):
            ask(url)
            return True
        return False

    wait_for(answers, f"an answer of {url}", 30, 0.2)


@contextmanager
def counting_commits(place: Place) -> Iterator[list[float]]:
    """Afterwards: how many commits a second came to SQLite within; nothing of PostgreSQL."""
    found: list[float] = []
    over, counted = Event(), [0]
    thread = Thread(target=_count, args=(place, over, counted))
    begun = time.monotonic()
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
        if not place.server:
            found.append(counted[0] / (time.monotonic() - begun))


def _count(place: Place, over: Event, counted: list[int]) -> None:
    if place.server:
        return
    connection = sqlite3.connect(place.config.data_dir.absolute() / "kener.sqlite")
    last = None
    while not over.wait(0.02):
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        counted[0] += last not in {None, version}
        last = version
    connection.close()


def on_sqlite_alone(*, quick: bool) -> list[Figure]:
    """100 monitors that are hardly ever checked, then 100 that are checked every 5 s."""
    return _both(on_sqlite, "SQLite", quick=quick)


def on_postgresql_too(*, quick: bool) -> list[Figure]:
    """The same on PostgreSQL."""
    return _both(on_postgresql, "PostgreSQL", quick=quick)


def _both(
    on: Callable[[], AbstractContextManager[Place]], name: str, *, quick: bool
) -> list[Figure]:
    count = 20 if quick else 100
    with serving(on, count, A_DAY) as server:
        calm = _figures(server, f"API, {count} monitors, {name}", is_held=True, quick=quick)
    with serving(on, count, A_MOMENT) as server, counting_commits(server.place) as commits:
        what = f"API, {count} monitors, checked every {A_MOMENT} s, {name}"
        busy = _figures(server, what, is_held=False, quick=quick)
    if commits:
        busy.append(Figure(f"{what}: commits", commits, "/s", digits=1))
    return calm + busy


def _figures(server: Server, what: str, *, is_held: bool, quick: bool) -> list[Figure]:
    """Rounds of the empty view, the list, and the list by those who know it already. `is_held`:
    against what it must be."""
    rounds, seconds = (2, 0.5) if quick else (ROUNDS, SECONDS)
    server.load(LIST, seconds=seconds)
    empty, whole, known = [], [], []
    for _ in range(rounds):
        empty.append(server.load_empty(seconds=seconds))
        whole.append(server.load(LIST, seconds=seconds))
        known.append(server.load(LIST, seconds=seconds, how="known"))
    of_whole = [one.rate / other.rate for one, other in zip(whole, empty, strict=True)]
    of_known = [one.rate / other.rate for one, other in zip(known, empty, strict=True)]
    busiest = [max(each.cpu for each in runs) for runs in zip(empty, whole, known, strict=True)]
    memory = usage(tree_of(server.kener)).pss_mb
    least, half, most, late = (1200, 0.5, 0.8, 50) if is_held else (None, None, None, None)
    return [
        Figure(f"{what}: empty view", [each.rate for each in empty], "answers/s", digits=0),
        Figure(f"{what}: list", [each.rate for each in whole], "answers/s", least, 0, True),
        Figure(f"{what}: list, of the empty view", of_whole, "×", half, at_least=True),
        Figure(f"{what}: not modified", [each.rate for each in known], "answers/s", digits=0),
        Figure(f"{what}: not modified, of the empty view", of_known, "×", most, at_least=True),
        Figure(f"{what}: of these really 304", [each.share(304) for each in known], "×"),
        Figure(f"{what}: list, p99", [each.p99_ms for each in whole], "ms", late, 1),
        Figure(f"{what}: not modified, p99", [each.p99_ms for each in known], "ms", late, 1),
        Figure(f"{what}: the load's own share of a core", busiest, "×", 0.8),
        Figure(f"{what}: memory of all of Kener (PSS)", [memory], "MB", digits=0),
    ]


def ten_thousand(*, quick: bool) -> list[Figure]:
    """10,000 monitors, each checked once a minute: one client, one page after another."""
    count = 60 if quick else 10_000
    figures = []
    for name, on in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with serving(on, count, 60) as server:
            for page, (path, how, limit) in PAGES.items():
                runs = _times(server, path, how, quick=quick)
                what = f"API, {count:,} monitors, {name}: {page}"
                figures.append(Figure(what, runs, "ms", limit, 1))
    return figures


def _times(server: Server, path: str, how: str, *, quick: bool) -> list[float]:
    rounds, seconds = (2, 0.5) if quick else (ROUNDS, SECONDS)
    server.load(path, seconds=seconds / 4, how=how, connections=1)
    runs = [server.load(path, seconds=seconds, how=how, connections=1) for _ in range(rounds)]
    return [each.p50_ms for each in runs]
