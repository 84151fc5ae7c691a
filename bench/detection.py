"""From a failing probe to the changed public file: how long until visitors can know?"""

import json
import time
from pathlib import Path

from bench.databases import everywhere, on_sqlite, prepare
from bench.endtoend import arrived, running
from bench.figures import Figure
from bench.measure import a_server, ask
from bench.waiting import wait_for
from kener.actions.monitors import update_monitor
from kener.config import Config
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.monitors import all_monitors

ROUNDS = 10
PATIENCE_S = 30
MONITORS = 50


def on_the_page(*, quick: bool) -> list[Figure]:
    """Break the target, wait for the page to say so, mend it."""
    with on_sqlite() as place, a_server("target") as port:
        prepare(place.config, everywhere(port), 5 if quick else MONITORS)
        _make_quick(place.config)
        with running(place):
            rounds = [
                _one_round(place.config.data_dir, port) for _ in range(1 if quick else ROUNDS)
            ]
    return [Figure("from a failing probe to the changed public file", rounds, "s")]


def _make_quick(config: Config) -> None:
    """One failing probe is enough, so that only our own delays are measured."""
    database = Database(config.database)
    with database.write() as session:
        for monitor in all_monitors(session):
            update_monitor(session, monitor, {"interval": 5, "timeout": 2, "to_fail": 1}, now())
    database.engine.dispose()


def _one_round(folder: Path, port: int) -> float:
    """Seconds from the first bad probe."""
    _wait_for(folder, {"none", "up"})
    arrived(port)
    ask(f"http://127.0.0.1:{port}/status/503")
    changed = _wait_for(folder, {"critical", "major", "down", "partial"})
    first = min(at for _, at in arrived(port))
    ask(f"http://127.0.0.1:{port}/status/200")
    return changed - first


def _wait_for(folder: Path, states: set[str]) -> float:
    """When the public now.json told one of the states; seconds since 1970."""
    path = folder / "site" / "current" / "now.json"

    def at() -> float | None:
        if path.exists() and json.loads(path.read_bytes())["state"] in states:
            return time.time()
        return None

    return wait_for(at, f"{' or '.join(states)} on the page", PATIENCE_S, 0.01)
