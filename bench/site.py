"""Building and publishing the page: all of it, the round of a minute, and after one change.

Each size in a process of its own, so that its memory is its own. 90 days of history, a trouble now
and then; the folder target writes to a real disk. Nothing else runs.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bench.databases import everywhere, on_sqlite, prepare
from bench.figures import Figure
from bench.measure import ROOT, own_cpu
from kener.config import Config
from kener.core.instant import DAY, HOUR, MINUTE, Instant
from kener.core.status import Status
from kener.site.build import build
from kener.site.snapshot import snapshot
from kener.site.sweeping import swept_rarely
from kener.site.templates import warm
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.tables import Monitor, Observation, Schedule, Span
from kener.targets.folder import FolderTarget

SIZES = {50: (0.5, None), 1_000: (5.0, None), 10_000: (60.0, 3.0)}
"""Services → s of CPU that the whole build may take, and the round of a minute."""
MOST_MB = 300
CHANGE_MS = 300
UPLOADS = 500
"""Files that may change in a quiet hour, beside `now.json`, the first page, and one pass of all."""
ROUNDS = 5
EACH_MINUTE = {"now.json", "index.html"}


@dataclass
class Desk:
    """A database that is told what happens, and a folder that is published to."""

    database: Database
    target: FolderTarget
    at: Instant
    seq: int = 0
    changed: int = 0

    def publish(self) -> float:
        """One round; s of CPU."""
        self.seq += 1
        begun = own_cpu()
        known = self.target.keys()
        with swept_rarely(), self.database.read() as session:
            seen = snapshot(session, self.at)
            url = "https://status.example.org"
            release = build(session, [("", seen)], seq=self.seq, every=60, url=url, known=known)
            self.changed = self.target.publish(release).changed
        return own_cpu() - begun

    def pass_time(self, length: int) -> None:
        """All is checked, and as it was."""
        self.at += length
        with self.database.write() as session:
            later = {
                "slot_at": Observation.slot_at + length,
                "observed_until": Observation.observed_until + length,
            }
            session.execute(update(Observation).values(later))


def on_disk(*, quick: bool) -> list[Figure]:
    """50, 1,000 and 10,000 services."""
    sizes = {20: (None, None)} if quick else SIZES
    return [each for count in sizes for each in _of_size(count, *sizes[count], quick=quick)]


def _of_size(count: int, whole: float | None, minute: float | None, *, quick: bool) -> list[Figure]:
    command = [sys.executable, "-m", "bench.site", str(count), *["quick"] * quick]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    what = f"page of {count:,} services"
    figures = [
        Figure(f"{what}: whole build, CPU", found["whole"], "s", whole),
        Figure(f"{what}: round of a quiet minute, CPU", found["minute"], "s", minute),
        Figure(f"{what}: after one change, wall", found["change"], "ms", None, 0),
        Figure(f"{what}: files that a change changes", found["changed"], "files", None, 0),
        Figure(f"{what}: peak memory", found["memory"], "MB", MOST_MB, 0),
    ]
    if count == 1_000:
        figures[2] = Figure(figures[2].measure, found["change"], "ms", CHANGE_MS, 0)
        measure = f"{what}: files that change in a quiet hour, beside the hourly pass"
        figures.append(Figure(measure, found["hour"], "files", UPLOADS, 0))
    return figures


def main() -> None:
    """Measure one size, and print what was found as JSON."""
    count, quick = int(sys.argv[1]), "quick" in sys.argv
    rounds = 1 if quick else ROUNDS
    with on_sqlite() as place:
        prepare(place.config, everywhere(8000), count)
        desk = furnished(place.config)
        warm()  # as the process does from which publishing is forked
        found: dict[str, list[float]] = {"whole": [desk.publish()]}
        found |= {each: [] for each in ("minute", "change", "changed", "hour")}
        for _ in range(rounds):
            desk.pass_time(MINUTE)
            found["minute"].append(desk.publish())
            _break_one(desk)
            begun = time.perf_counter()
            desk.publish()
            found["change"].append((time.perf_counter() - begun) * 1000)
            found["changed"].append(desk.changed)
        if count == 1_000:
            found["hour"].append(_quiet_hour(desk))
    found["memory"] = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
    print(json.dumps(found))


def _quiet_hour(desk: Desk) -> int:
    """Files that were sent in an hour, without those of each minute; pages are made anew once an
    hour, each at a minute of its own, so as many are left out."""
    sent = 0
    once = len([each for each in desk.target.keys().values() if each])
    for _ in range(60):
        desk.pass_time(MINUTE)
        desk.publish()
        sent += desk.changed - len(EACH_MINUTE)
    return max(0, sent - once)


def furnished(config: Config) -> Desk:
    """A page of all that is in the database, with its history."""
    database, at = Database(config.database), now()
    with database.write() as session:
        session.execute(update(Monitor).values(hidden=False, created_at=at - 200 * DAY))
        _furnish(session, at)
    return Desk(database, FolderTarget(folder=config.site_dir), at)


def _furnish(session: Session, at: Instant) -> None:
    """90 days: each service was down a few times, each at times of its own."""
    spans, seen = [], []
    for each in session.query(Schedule):
        begun = at - 120 * DAY
        for number in range(each.monitor_id % 4):
            down = at - 80 * DAY + number * 20 * DAY + each.monitor_id % 1000 * HOUR // 60
            spans += [_span(each.monitor_id, Status.UP, begun, down)]
            spans += [_span(each.monitor_id, Status.DOWN, down, down + HOUR)]
            begun = down + HOUR
        spans.append(_span(each.monitor_id, Status.UP, begun, None))
        seen.append(_observation(each, at))
    session.execute(insert(Span), spans)
    session.execute(insert(Observation), seen)


def _span(
    monitor_id: int, status: Status, begin: Instant, end: Instant | None
) -> dict[str, object]:
    return {
        "monitor_id": monitor_id,
        "status": status,
        "from_at": begin,
        "to_at": end,
        "detail": "",
    }


def _observation(of: Schedule, at: Instant) -> dict[str, object]:
    return {
        "monitor_id": of.monitor_id,
        "location_id": of.location_id,
        "phase_ms": of.phase_ms,
        "slot_at": at - MINUTE // 2,
        "observed_until": at + 2 * MINUTE,
        "observed": Status.UP,
        "confirmed": Status.UP,
        "run_status": Status.UP,
        "run_length": 3,
        "latency_us": 120_000,
        "detail": "",
    }


def _break_one(desk: Desk) -> None:
    """One service goes down, another each time."""
    number = desk.seq
    with desk.database.write() as session:
        span = session.query(Span).filter_by(to_at=None).offset(number).limit(1).one()
        span.to_at = desk.at - 1000
        down = {"confirmed": Status.DOWN, "observed": Status.DOWN, "run_status": Status.DOWN}
        session.execute(
            update(Observation).where(Observation.monitor_id == span.monitor_id).values(down)
        )
        session.flush()
        session.add(Span(monitor_id=span.monitor_id, status=Status.DOWN, from_at=desk.at - 1000))


if __name__ == "__main__":
    main()
