"""The workers as processes: they start in any order, and stop when told to."""

import signal
import socket
import time
from pathlib import Path

import pytest
import redis
from factories import a_monitor
from programs import CHECKS, JOBS, TICKER, RedisProgram, programs
from receivers import a_receiver
from rq import Queue
from servers import a_short_folder, wait_until
from sqlalchemy import func, select

from kener.store.clock import now
from kener.store.tables import Result

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def folder():
    with a_short_folder("kener-test-") as folder:
        yield folder


@pytest.fixture
def server(folder):
    """A Redis of the test's own, not yet started."""
    program = RedisProgram(folder)
    yield program
    program.end()


@pytest.fixture
def start(folder, database_url, server):
    with programs(folder, database_url, REDIS_URL=server.url) as start:
        yield start


@pytest.fixture
def monitor(database):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as target:
        settings = {"host": "127.0.0.1", "port": target.getsockname()[1]}
        with database.write() as session:
            monitor = a_monitor(session, due_at=now(), settings=settings, interval=5)
        yield monitor


def results(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result))


def test_a_checks_worker_works_with_a_ticker_and_stops_when_told(database, monitor, start, server):
    server.start()
    checks, ticker = start(CHECKS), start(TICKER.format(lease=60))
    wait_until(lambda: results(database) >= 2, seconds=15)

    begun = time.monotonic()
    assert checks.stop() == 0
    assert ticker.stop() == 0
    assert time.monotonic() - begun < 4
    assert "Traceback" not in checks.log + ticker.log


@pytest.mark.slow
def test_without_redis_a_checks_worker_checks_and_stops_when_told(database, monitor, start):
    checks = start(CHECKS)
    wait_until(lambda: results(database) >= 1)

    assert checks.stop() == 0
    assert checks.log.count("Redis is away") == 2  # no jobs come, and checking goes on
    assert "Traceback" not in checks.log


@pytest.mark.slow
def test_a_checks_worker_takes_jobs_once_redis_comes(database, monitor, start, server):
    checks = start(CHECKS)
    wait_until(lambda: results(database) >= 1)
    server.start()
    start(TICKER.format(lease=60))
    client = redis.Redis(unix_socket_path=str(server.path))

    wait_until(lambda: client.keys("rq:execution*") or client.keys("rq:wip:checks-default"))
    assert checks.stop() == 0
    client.close()


@pytest.mark.slow
def test_a_frozen_redis_does_not_keep_a_checks_worker(database, monitor, start, server):
    server.start()
    checks = start(CHECKS)
    start(TICKER.format(lease=60))
    wait_until(lambda: results(database) >= 1)
    server.send(signal.SIGSTOP)

    begun = time.monotonic()
    assert checks.stop() == 0
    assert time.monotonic() - begun < 4


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("redis_there", [True, False])
@pytest.mark.parametrize("code", [JOBS, TICKER.format(lease=60)], ids=["jobs", "ticker"])
def test_the_others_stop_at_once_with_and_without_redis(start, server, code, redis_there):
    if redis_there:
        server.start()
    program = start(code)
    wait_until(lambda: _is_up(program))
    begun = time.monotonic()

    assert program.stop() == 0
    assert time.monotonic() - begun < 3
    assert "Traceback" not in program.log


def _is_up(program):
    """It has taken the signals, as the kernel tells."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1


@pytest.mark.slow
def test_the_dead_mans_switch_is_called_once_all_is_well(database, monitor, start, server):
    """By the real workers; two tickers think of it every second here."""
    server.start()
    ticker = "from kener.worker import ticker as it; it.UPKEEP = 1.0; it.run(config)"
    with a_receiver() as switch:
        mine = {"KENER_DEADMAN_URL": switch.url(path="/ping/a-secret")}
        running = [start(code, **mine) for code in (CHECKS, JOBS, ticker, ticker)]
        wait_until(lambda: switch.got, seconds=20)
        logs = "".join(each.log for each in running if each.stop() == 0)

    assert {each.path for each in switch.got} == {"/ping/a-secret"}
    assert len(switch.got) <= 2  # a minute may have ended
    assert "a-secret" not in logs


@pytest.mark.slow
def test_a_job_that_takes_too_long_is_cut_off_at_the_end(start, server):
    server.start()
    jobs = start(JOBS)
    client = redis.Redis(unix_socket_path=str(server.path))
    queue = Queue("deliveries", connection=client, serializer="json")
    queue.enqueue("time.sleep", 60)
    wait_until(lambda: client.keys("rq:wip:deliveries"))

    begun = time.monotonic()
    assert jobs.stop() == 0
    assert 2 < time.monotonic() - begun < 5
    client.close()


@pytest.mark.slow
def test_a_dead_child_job_leaves_the_worker_working(start, server, folder):
    server.start()
    start(JOBS)
    client = redis.Redis(unix_socket_path=str(server.path))
    queue = Queue("deliveries", connection=client, serializer="json")
    queue.enqueue("os._exit", 1)
    queue.enqueue("os.mkdir", str(folder / "done"))

    wait_until((folder / "done").is_dir)
    client.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's kernel")
def test_a_job_dies_with_a_killed_worker(start, server, folder):
    """Else it would go on beside the one that takes it over, and outlive a killed supervisor."""
    server.start()
    jobs = start(JOBS)
    with redis.Redis(unix_socket_path=str(server.path)) as client:
        queue = Queue("deliveries", connection=client, serializer="json")
        queue.enqueue("subprocess.call", ["sh", "-c", f"echo $PPID > {folder}/horse; sleep 8"])
    horse = folder / "horse"
    wait_until(lambda: horse.exists() and horse.read_text())
    jobs.kill()

    wait_until(lambda: not Path(f"/proc/{horse.read_text().strip()}").exists(), 3)
