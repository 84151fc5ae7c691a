"""`make demo`: Kener with services that come and go, so that the page lives within a minute."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.demo_targets import CALM, FLAKY, LIMPING, SLOW  # noqa: E402 - the path comes first
from kener.actions.monitors import create_monitor  # noqa: E402
from kener.config import Config, load  # noqa: E402
from kener.store import secrets  # noqa: E402
from kener.store.clock import now  # noqa: E402
from kener.store.engine import Database  # noqa: E402
from kener.store.migrate import migrate  # noqa: E402
from kener.store.monitors import all_monitors  # noqa: E402

QUICK = {"interval": 5, "timeout": 2, "retry_interval": 1}


def http(name: str, port: int, description: str, **more: object) -> dict[str, object]:
    """The fields of a monitor on one of the demo's services."""
    settings = {"url": f"http://127.0.0.1:{port}/"}
    return {"name": name, "kind": "http", "description": description, "settings": settings} | more


MONITORS = [
    http("Shop", CALM, "Always well."),
    http("Search", SLOW, "Slow, and allowed to be."),
    http("Checkout", FLAKY, "Fails for twenty seconds of each minute."),
    http("Pictures", LIMPING, "Answers late for a while each minute.", degraded_over=400),
    {
        "name": "Database port",
        "kind": "tcp",
        "description": "Only whether the port is open.",
        "settings": {"host": "127.0.0.1", "port": CALM},
    },
]


def add_monitors(config: Config) -> None:
    """The demo's monitors, once."""
    secrets.configure(secrets.secret_key_of(config))
    database = Database(config.database)
    with database.write() as session:
        if not all_monitors(session):
            for fields in MONITORS:
                create_monitor(session, fields | QUICK, now())
    database.engine.dispose()


def main() -> int:
    """Start the services, then Kener; stop both together."""
    os.environ.setdefault("KENER_DATA_DIR", str(ROOT / "data" / "demo"))
    config = load()
    migrate(config, now())
    add_monitors(config)
    targets = subprocess.Popen([sys.executable, "-m", "bench.demo_targets"], cwd=ROOT)
    try:
        kener = subprocess.Popen([sys.executable, str(ROOT / "worker.py"), "up"], cwd=ROOT)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: kener.terminate())
        return kener.wait()
    finally:
        targets.terminate()
        targets.wait()


if __name__ == "__main__":
    sys.exit(main())
