"""Packing an hour of 10,000 monitors, while a worker claims from the same database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from bench.databases import Place, everywhere, fill_hour, on_postgresql, on_sqlite, prepare
from bench.figures import Figure
from bench.measure import ROOT, own_cpu
from kener.actions.upkeep import keep_up
from kener.core.instant import HOUR
from kener.store.clock import now
from kener.store.engine import Database

ROUNDS = 5
OLD = 4 * HOUR


def on_both(*, quick: bool) -> list[Figure]:
    """With either database."""
    return [
        *_packing(on_sqlite, "SQLite", quick=quick),
        *_packing(on_postgresql, "PostgreSQL", quick=quick),
    ]


def _packing(
    on: Callable[[], AbstractContextManager[Place]], name: str, *, quick: bool
) -> list[Figure]:
    count = 50 if quick else 10_000
    cpu, longest = [], []
    with on() as place:
        phases = prepare(place.config, everywhere(9), count)
        database = Database(place.config.database)
        for number in range(2 if quick else ROUNDS):
            fill_hour(place.config, phases, (now() - OLD) // HOUR * HOUR - number * HOUR)
            seconds, claims = _one(place, database)
            cpu.append(seconds)
            longest.append(max(claims))
        database.engine.dispose()
    what = f"packing an hour of {count:,} monitors, {name}"
    return [
        Figure(f"{what}: CPU", cpu, "s", 5.0),
        Figure(f"{what}: longest claim meanwhile", longest, "ms", 200, 0, value=max(longest)),
    ]


def _one(place: Place, database: Database) -> tuple[float, list[float]]:
    """Seconds of CPU, and the ms of each claim meanwhile."""
    environment = os.environ | {"DATABASE_URL": place.config.database_url}
    command = [sys.executable, "-m", "bench.claimer", str(place.config.data_dir)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as claimer:
        assert claimer.stdout is not None
        claimer.stdout.readline()
        begun = own_cpu()
        while keep_up(database, place.config, now):
            pass
        seconds = own_cpu() - begun
        claims, _ = claimer.communicate()
    return seconds, json.loads(claims)
