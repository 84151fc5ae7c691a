"""From a failing probe to the changed public file: how long until visitors can know?"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.endtoend import prepare  # noqa: E402 - the path comes first
from bench.measure import a_free_port, a_target, ask, spread  # noqa: E402
from kener.actions.monitors import update_monitor  # noqa: E402
from kener.config import load  # noqa: E402
from kener.store.clock import now  # noqa: E402
from kener.store.engine import Database  # noqa: E402
from kener.store.monitors import all_monitors  # noqa: E402

ROUNDS = 10
PATIENCE_S = 30
MONITORS = 50


def make_quick(folder: Path) -> None:
    """One failing probe is enough, so that only our own delays are measured."""
    database = Database(load(data_dir=folder).database)
    with database.write() as session:
        for monitor in all_monitors(session):
            update_monitor(session, monitor, {"interval": 5, "timeout": 2, "to_fail": 1}, now())
    database.engine.dispose()


def wait_for(folder: Path, states: set[str]) -> float:
    """When the public now.json told one of the states; seconds since 1970."""
    path = folder / "site" / "current" / "now.json"
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if path.exists() and json.loads(path.read_bytes())["state"] in states:
            return time.time()
        time.sleep(0.01)
    raise TimeoutError(f"the page never said {' or '.join(states)}")


def one_round(folder: Path, url: str) -> float:
    """Break the target, wait for the page to say so, mend it; seconds from the first bad probe."""
    wait_for(folder, {"none", "up"})
    ask(f"{url}/arrivals")
    ask(f"{url}/status/503")
    changed = wait_for(folder, {"critical", "major", "down", "partial"})
    first = min(at for _, at in json.loads(ask(f"{url}/arrivals")))
    ask(f"{url}/status/200")
    return changed - first


def main() -> None:
    """One line with the median of all rounds."""
    with tempfile.TemporaryDirectory() as name, a_target() as url:
        folder = Path(name)
        prepare(folder, url, MONITORS)
        make_quick(folder)
        environment = os.environ | {"KENER_DATA_DIR": name, "KENER_PORT": str(a_free_port())}
        command = [sys.executable, str(ROOT / "worker.py"), "up"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as kener:
            try:
                rounds = [one_round(folder, url) for _ in range(ROUNDS)]
            finally:
                kener.send_signal(signal.SIGINT)
                kener.wait(30)
    print(f"failing probe → changed public file: {spread(rounds)} s, {ROUNDS} rounds")


if __name__ == "__main__":
    main()
