"""Claim → probe → record, with everything that `make run` starts: what does a check cost, and does
each come on time?

Counted: all our processes and Redis. Not counted: the target, PostgreSQL, and this script.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.databases import Place, Where, everywhere, on_postgresql, on_sqlite, prepare
from bench.figures import Figure
from bench.measure import ROOT, Usage, a_free_port, a_server, ask, percentile, tree_of, usage
from bench.waiting import wait_for
from kener.core.instant import HOUR, MINUTE

Arrivals = list[tuple[int, float]]
WARM_UP_S = 100
EVERY_S = 10
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Minute:
    """What one minute cost, and who arrived in it."""

    before: Usage
    after: Usage
    server_cpu_s: float
    peak_mb: float
    arrivals: Arrivals

    def cpu_ms(self) -> float:
        """For each check."""
        return (self.after.cpu_s - self.before.cpu_s) * 1000 / max(1, len(self.arrivals))

    def written(self) -> float:
        """Bytes for each check."""
        return (self.after.written - self.before.written) / max(1, len(self.arrivals))


@contextmanager
def running(place: Place, port: int | None = None) -> Iterator[int]:
    """Kener, with its default settings; its first process's number. `port`: where it serves."""
    environment = os.environ | {
        "KENER_DATA_DIR": str(place.config.data_dir),
        "KENER_PORT": str(port or a_free_port()),
        "DATABASE_URL": place.config.database_url,
        "REDIS_URL": "",
        "KENER_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, str(ROOT / "worker.py"), "up"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as kener:
        try:
            yield kener.pid
        finally:
            kener.send_signal(signal.SIGINT)
            kener.wait(30)


def arrived(port: int) -> Arrivals:
    """Who came to the target since the last question."""
    return [(number, at) for number, at in json.loads(ask(f"http://127.0.0.1:{port}/arrivals"))]


def lateness(arrivals: Arrivals, phases: dict[int, int]) -> list[float]:
    """How many seconds after its slot each came."""
    half = MINUTE // 2
    return [((at * 1000 - phases[number] + half) % MINUTE - half) / 1000 for number, at in arrivals]


def missed(arrivals: Arrivals, phases: dict[int, int], from_s: float, to_s: float) -> int:
    """How many slots in [from, to) nobody came for."""
    came = {
        (number, round((at * 1000 - phases[number]) / MINUTE - late * 1000 / MINUTE))
        for (number, at), late in zip(arrivals, lateness(arrivals, phases), strict=True)
    }
    first, last = from_s * 1000, to_s * 1000
    due = (
        (number, turn)
        for number, phase in phases.items()
        for turn in range(int(-(-(first - phase) // MINUTE)), int(-(-(last - phase) // MINUTE)))
    )
    return sum(slot not in came for slot in due)


def a_minute(kener: int, place: Place, port: int, seconds: float) -> Minute:
    """Watch for so long."""
    before, server = usage(tree_of(kener)), _server_cpu(place)
    until = time.monotonic() + seconds
    peak = before.pss_mb
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(EVERY_S, left))  # the time that is measured: nothing else may run in it
        peak = max(peak, usage(tree_of(kener)).pss_mb)
    arrivals, after = arrived(port), usage(tree_of(kener))
    return Minute(before, after, _server_cpu(place) - server, max(peak, after.pss_mb), arrivals)


def _warm_up(port: int, *, quick: bool) -> None:
    """Start-up is no part of what is measured."""
    time.sleep(10 if quick else WARM_UP_S)  # caches fill; nothing tells when they are full
    arrived(port)


def _server_cpu(place: Place) -> float:
    return usage(tree_of(place.server)).cpu_s if place.server else 0.0


def steady_on_sqlite(*, quick: bool) -> list[Figure]:
    """10,000 monitors, five minutes."""
    return _steady(on_sqlite, "SQLite", quick=quick)


def steady_on_postgresql(*, quick: bool) -> list[Figure]:
    """The same, with PostgreSQL."""
    return _steady(on_postgresql, "PostgreSQL", quick=quick)


def _steady(
    on: Callable[[], AbstractContextManager[Place]], name: str, *, quick: bool
) -> list[Figure]:
    count, minutes, seconds = (60, 2, 5.0) if quick else (10_000, 5, 60.0)
    with on() as place, a_server("target") as port:
        phases = prepare(place.config, everywhere(port), count)
        with running(place) as kener:
            _warm_up(port, quick=quick)
            begun = time.time()
            runs = [a_minute(kener, place, port, seconds) for _ in range(minutes)]
            ended = time.time()
            time.sleep(2)  # the last slots may be late; those that never come cannot be waited for
            arrivals = [each for run in runs for each in run.arrivals] + arrived(port)
    late = [percentile(lateness(run.arrivals, phases), 0.99) for run in runs]
    middle = [percentile(lateness(run.arrivals, phases), 0.5) for run in runs]
    lost = missed(arrivals, phases, begun + 1, ended)
    what = f"{count:,} monitors, {name}"
    figures = [
        Figure(f"{what}: CPU per check", [run.cpu_ms() for run in runs], "ms", 0.5),
        Figure(f"{what}: slots missed", [lost], "", 0, digits=0),
        Figure(f"{what}: late, p99", late, "s", 1.0),
        Figure(f"{what}: late, p50", middle, "s"),
        Figure(f"{what}: peak memory (PSS)", [max(run.peak_mb for run in runs)], "MB", 400, 0),
    ]
    return figures + _of_the_disk(what, place, runs)


def _of_the_disk(what: str, place: Place, runs: list[Minute]) -> list[Figure]:
    if place.server:
        cpu = [run.server_cpu_s * 1000 / max(1, len(run.arrivals)) for run in runs]
        return [Figure(f"{what}: CPU per check of PostgreSQL itself", cpu, "ms")]
    # The log is folded back into the file every few minutes: only all of them together tell.
    written = runs[-1].after.written - runs[0].before.written
    mean = written / max(1, sum(len(run.arrivals) for run in runs))
    each = [run.written() for run in runs]
    return [Figure(f"{what}: written per check", each, "bytes", 1000, 0, value=mean)]


def small(*, quick: bool) -> list[Figure]:
    """1,000 monitors: how much is there anyway?"""
    count, seconds = (60, 4.0) if quick else (1_000, 60.0)
    with on_sqlite() as place, a_server("target") as port:
        phases = prepare(place.config, everywhere(port), count)
        with running(place) as kener:
            _warm_up(port, quick=quick)
            run = a_minute(kener, place, port, seconds)
    late = percentile(lateness(run.arrivals, phases), 0.99)
    what = f"{count:,} monitors, SQLite"
    return [
        Figure(f"{what}: CPU per check", [run.cpu_ms()], "ms"),
        Figure(f"{what}: late, p99", [late], "s"),
        Figure(f"{what}: written per check", [run.written()], "bytes", digits=0),
    ]


def timeouts(*, quick: bool) -> list[Figure]:
    """1,000 monitors, of which 40 % get no answer within their 10 s."""
    count, minutes, seconds = (100, 2, 5.0) if quick else (1_000, 5, 60.0)
    with on_sqlite() as place, a_server("target") as port:
        phases = prepare(place.config, _some_silent(port), count)
        with running(place) as kener:
            _warm_up(port, quick=quick)
            runs = [a_minute(kener, place, port, seconds) for _ in range(minutes)]
    late = [percentile(lateness(run.arrivals, phases), 0.99) for run in runs]
    what = f"{count:,} monitors of which 40 % time out"
    return [Figure(f"{what}: the others late, p99", late, "s", 1.0)]


def _some_silent(port: int) -> Where:
    usual = everywhere(port)

    def where(number: int) -> dict[str, Any]:
        fields = usual(number)
        if number % 5 < 2:
            fields["settings"]["url"] = fields["settings"]["url"].replace("/m/", "/silent/")
        return fields

    return where


def start(*, quick: bool) -> list[Figure]:
    """All monitors are overdue when Kener starts: each is probed once, none in a burst."""
    count = 200 if quick else 10_000
    with on_sqlite() as place, a_server("target") as port:
        prepare(place.config, everywhere(port), count, overdue=HOUR)
        with running(place):
            arrivals = wait_for(lambda: arrived(port), "the first probe", 60, 0.2)
            rest = 62 - (time.time() - arrivals[0][1])
            time.sleep(rest)  # the minute in which the others must come is what is measured
            arrivals += arrived(port)
    first: dict[int, float] = {}
    for number, at in arrivals:
        first.setdefault(number, at - arrivals[0][1])
    seconds = [int(at) for at in first.values()]
    busiest = max(map(seconds.count, set(seconds))) / (count / 60)
    what = f"start with {count:,} due"
    # An interval, and as late as they may be.
    return [
        Figure(f"{what}: not probed", [count - len(first)], "", 0, digits=0),
        Figure(f"{what}: until all were probed", [max(first.values())], "s", 61, 1),
        Figure(f"{what}: busiest second, of an even share", [busiest], "×", 2.0),
    ]
