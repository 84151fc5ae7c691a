"""The whole program as a user starts it: `python worker.py up`, killed and stopped for real."""

import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from servers import wait_until
from supervisor.running import ROOT, alive, descendants, processes, start

__all__ = ["start"]
pytestmark = pytest.mark.slow


def cpu_of_the_dead():
    """CPU seconds of all children that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_three_lines_lead_to_everything(start):
    kener = start()
    admin, page, standing = kener.lines()
    link = re.fullmatch(
        r"Admin: +(http://127\.0\.0\.1:\d+)(/admin/first-run\?token=\S{20,})", admin
    )

    assert link is not None
    assert page == f"Status page: {link[1]}/"
    assert standing.startswith(f"Standing on: SQLite in {kener.folder}/, ")
    assert standing.endswith(f", publishing to {kener.folder}/site")
    assert kener.get(link[2])[0] == 200
    assert kener.get("/")[0] == 200
    assert kener.get("/healthz")[0] == 200
    assert json.loads(kener.get("/readyz")[1])["status"] == "ready"
    kener.stop()
    assert kener.rest == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_quick_and_leaves_nothing(start, number):
    kener = start()
    kener.lines()
    everyone = descendants(kener.process.pid)
    code, took = kener.stop(number)

    assert code == 0
    assert took < 5
    assert alive(everyone) == []
    assert [path for path in kener.folder.rglob("*") if path.is_socket()] == []
    assert list(kener.folder.rglob("*.pid")) == []
    assert not (kener.folder / "kener.sqlite-wal").exists()


def test_a_second_start_takes_less_than_three_seconds(start):
    """The best of three. On a machine that is slow or busy with other things its own CPU time
    counts, from start to end, beside what it takes there to read the same code: 3.3 times that are
    2.5 s where that takes 0.75 s."""
    kener = start()
    kener.lines()
    kener.stop()
    took, cpu = [], []
    for _ in range(3):
        before = cpu_of_the_dead()
        kener = start()
        kener.lines()
        took.append(time.monotonic() - kener.began)
        kener.stop()
        cpu.append(cpu_of_the_dead() - before)

    before = cpu_of_the_dead()
    subprocess.run([sys.executable, "-c", "import worker, app, kener.jobs"], cwd=ROOT, check=True)
    reading = cpu_of_the_dead() - before
    assert min(took) < 3 or min(cpu) < 3.3 * reading, (took, cpu, reading)


def test_every_killed_process_comes_back(start):
    kener = start()
    kener.lines()
    children = [pid for pid, (ppid, *_) in processes().items() if ppid == kener.process.pid]
    assert len(children) == 7
    for pid in children:
        os.kill(pid, signal.SIGKILL)

    wait_until(lambda: len(alive(descendants(kener.process.pid))) >= 8, 15)
    wait_until(kener.is_ready, 15)
    assert alive(children) == []
    assert kener.stop()[1] < 5


def test_a_killed_supervisor_takes_everything_along(start):
    kener = start()
    kener.lines()
    everyone = descendants(kener.process.pid)
    kener.process.kill()
    kener.process.communicate()

    wait_until(lambda: not alive(everyone), 5)
    start().lines()


def test_what_was_killed_at_the_worst_moment_starts_again(start):
    """While it starts: whatever is half done must not be in the way of the next start."""
    for milliseconds in (300, 900, 1500, 2100):
        kener = start()
        time.sleep(milliseconds / 1000)
        everyone = descendants(kener.process.pid)
        kener.process.kill()
        kener.process.communicate()
        wait_until(lambda all_=everyone: not alive(all_), 5)

    kener = start()
    kener.lines()
    assert time.monotonic() - kener.began < 30


def test_a_long_path_is_no_obstacle(start, tmp_path):
    folder = tmp_path / ("x" * 100) / "data"
    folder.parent.mkdir()
    # Other tests make folders of a longer name at the same time.
    short = f"kener-{'[a-z0-9_]' * 8}"
    before = set(Path("/tmp").glob(short))
    kener = start(folder=folder)
    kener.lines()
    made = [each for each in set(Path("/tmp").glob(short)) - before if each.is_dir()]

    assert any(stat.S_IMODE(each.stat().st_mode) == 0o700 for each in made)
    ours = [each for each in made if (each / "redis.sock").exists()]
    assert len(ours) == 1
    kener.stop()
    assert [each for each in ours if each.exists()] == []


def test_a_given_redis_is_used_and_none_is_started(start, redis_url):
    kener = start(REDIS_URL=redis_url)

    assert f"Redis at {redis_url.removeprefix('unix://')}" in kener.lines()[2]
    assert not (kener.folder / "redis").exists()
    commands = [processes()[pid][2] for pid in alive(descendants(kener.process.pid))]
    assert [each for each in commands if "valkey" in each or "redis-server" in each] == []


def test_secrets_and_database_are_their_owners_alone(start):
    kener = start()
    kener.lines()
    kener.stop()

    for name in ("secret.key", "kener.sqlite", "first-run.token"):
        assert stat.S_IMODE((kener.folder / name).stat().st_mode) == 0o600
    token = (kener.folder / "first-run.token").read_text().strip()
    assert token not in kener.errors()
