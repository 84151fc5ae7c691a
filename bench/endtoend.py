"""Claim → probe → record, with everything that `make run` starts: what does a check cost?

Counted: all our processes and Redis. Not counted: the target and this script.
`python bench/endtoend.py [monitors …]`, by default 1000 and 10000, each checked once a minute.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.measure import (  # noqa: E402 - the path comes first
    a_free_port,
    a_target,
    ask,
    percentile,
    tree_of,
    usage,
)
from kener.actions.monitors import create_monitor  # noqa: E402
from kener.config import load  # noqa: E402
from kener.core.ids import public_id  # noqa: E402
from kener.core.instant import MINUTE  # noqa: E402
from kener.core.schedule import first_slot, phase  # noqa: E402
from kener.store import secrets  # noqa: E402
from kener.store.clock import now  # noqa: E402
from kener.store.engine import Database  # noqa: E402
from kener.store.migrate import migrate  # noqa: E402
from kener.store.monitors import all_monitors  # noqa: E402
from kener.store.tables import Base, Monitor, Schedule  # noqa: E402

SHOWN = 50
"""So many of the monitors are on the public page, as on a large real one; the rest are hidden."""
WARM_UP_S = 75
MEASURED_S = 120


def prepare(folder: Path, url: str, count: int) -> dict[int, int]:
    """A database with that many monitors; each one's phase in ms by its number."""
    config = load(data_dir=folder)
    migrate(config, now())
    secrets.configure(secrets.secret_key_of(config))
    database = Database(config.database)
    with database.write() as session:
        _add_monitors(session, url, count)
    with database.read() as session:
        phases = {int(m.slug[2:]): phase(m.public_id, MINUTE) for m in all_monitors(session)}
    database.engine.dispose()
    return phases


def _add_monitors(session: Session, url: str, count: int) -> None:
    """The first by the action, the others as its copies: making monitors is not what we measure."""
    fields = {"name": "Monitor 0", "slug": "m-0", "kind": "http"}
    first = create_monitor(session, fields | {"settings": {"url": f"{url}/m/0"}}, now())
    session.flush()
    monitor, schedule = _columns(first), _columns(session.query(Schedule).one())
    copies = [
        monitor
        | {"id": first.id + number, "public_id": public_id(), "slug": f"m-{number}"}
        | {"settings": first.settings | {"url": f"{url}/m/{number}"}, "hidden": number >= SHOWN}
        for number in range(1, count)
    ]
    session.execute(insert(Monitor), copies)
    slots = [(each["id"], first_slot(each["public_id"], MINUTE, now())) for each in copies]
    session.execute(
        insert(Schedule),
        [
            schedule
            | {"monitor_id": key, "phase_ms": at % MINUTE, "due_at": at, "regular_at": at}
            for key, at in slots
        ],
    )


def _columns(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def measure(folder: Path, url: str, phases: dict[int, int]) -> str:
    """Run Kener for a while and tell what the checks of the second part cost."""
    environment = os.environ | {"KENER_DATA_DIR": str(folder), "KENER_PORT": str(a_free_port())}
    command = [sys.executable, str(ROOT / "worker.py"), "up"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as kener:
        try:
            time.sleep(WARM_UP_S)
            ask(f"{url}/arrivals")
            before, size = usage(tree_of(kener.pid)), _size(folder)
            time.sleep(MEASURED_S)
            arrivals = json.loads(ask(f"{url}/arrivals"))
            after, grown = usage(tree_of(kener.pid)), _size(folder) - size
        finally:
            kener.send_signal(signal.SIGINT)
            kener.wait(30)
    checks = len(arrivals)
    late = [_lateness(number, at, phases) for number, at in arrivals]
    return (
        f"{checks} checks in {MEASURED_S} s ({checks * 60 / MEASURED_S / len(phases):.0%} of what"
        f" is due), {(after.cpu_s - before.cpu_s) * 1000 / checks:.3f} ms CPU per check,"
        f" PSS {after.pss_mb:.0f} MB, {(after.written - before.written) / checks:.0f} bytes"
        f" written and {grown / checks:.0f} stored per check (hot), late p50"
        f" {percentile(late, 0.5):.2f} s, p99 {percentile(late, 0.99):.2f} s"
    )


def _lateness(number: int, at: float, phases: dict[int, int]) -> float:
    return ((at * 1000 - phases[number]) % MINUTE) / 1000


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("kener.sqlite*"))


def main() -> None:
    """One line per number of monitors."""
    counts = [int(each) for each in sys.argv[1:]] or [1_000, 10_000]
    print("end to end (claim → probe → record), all our processes and Redis, interval 60 s")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, a_target() as url:
            phases = prepare(Path(folder), url, count)
            print(f"  {count:6} monitors: {measure(Path(folder), url, phases)}", flush=True)


if __name__ == "__main__":
    main()
