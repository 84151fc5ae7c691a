"""The engine alone: probes on loopback, as fast as they go."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition

import certifi

from bench.figures import Figure
from bench.measure import a_server, own_cpu
from kener.checks import Engine, EngineConfig, ProbeJob, check_types
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.clock import now

ROUNDS = 5


class Round:
    """Keeps `at_once` probes in flight until `probes` are done."""

    def __init__(
        self, engine: Engine, url_of: Callable[[int], str], at_once: int, probes: int
    ) -> None:
        http = check_types()["http"]
        self.checks = [http.parse({"url": url_of(number)}) for number in range(at_once)]
        self.engine = engine
        self.probes = self.left = probes
        self.sent = 0
        self.failed: list[str] = []
        self.done = Condition()

    def run(self) -> tuple[float, float]:
        """Milliseconds of this process's CPU for each probe, and probes a second by the wall."""
        wall, cpu = time.perf_counter(), own_cpu()
        for check in self.checks:
            self._send(ProbeJob(check, 10.0))
        with self.done:
            self.done.wait_for(lambda: self.left <= 0)
        wall, cpu = time.perf_counter() - wall, own_cpu() - cpu
        if self.failed:
            raise RuntimeError(f"{len(self.failed)} probes failed: {self.failed[0]}")
        return cpu * 1000 / self.probes, self.probes / wall

    def _send(self, job: ProbeJob) -> None:
        if self.sent < self.probes:
            self.sent += 1
            self.engine.submit(job, self._seen)

    def _seen(self, job: ProbeJob, outcome: Outcome) -> None:
        if outcome.status is not Status.UP:
            self.failed.append(outcome.detail)
        self._send(job)
        with self.done:
            self.left -= 1
            if self.left <= 0:
                self.done.notify()


def plain(*, quick: bool) -> list[Figure]:
    """Plain HTTP, with few and with very many in flight."""
    probes = 300 if quick else 5_000
    with a_server("target") as port:
        engine = _an_engine()
        rounds = {
            at_once: _rounds(
                engine, lambda n: f"http://127.0.0.{1 + n % 250}:{port}/m/{n}", at_once, probes
            )
            for at_once in (50, 500)
        }
        engine.stop()
    few, many = rounds[50], rounds[500]
    return [
        Figure("engine alone, plain HTTP, 50 in flight", [r[0] for r in few], "ms CPU", 0.20, 3),
        Figure("the same, 500 in flight", [r[0] for r in many], "ms CPU", digits=3),
        Figure("the same, 50 in flight", [r[1] for r in few], "probes/s", digits=0),
    ]


def tls(*, quick: bool) -> list[Figure]:
    """HTTPS: a new TLS 1.3 handshake for each probe, chain and name verified."""
    probes = 100 if quick else 1_500
    with TemporaryDirectory() as folder:
        root = Path(folder) / "root.pem"
        with a_server("tls_target", str(root)) as port:
            everybody = Path(folder) / "authorities.pem"
            everybody.write_bytes(Path(certifi.where()).read_bytes() + root.read_bytes())
            engine = _an_engine(str(everybody))
            rounds = _rounds(engine, lambda n: f"https://127.0.0.1:{port}/{n}", 50, probes)
            engine.stop()
    measure = "engine alone, TLS 1.3 with full verification"
    return [
        Figure(measure, [each[0] for each in rounds], "ms CPU", 1.5),
        Figure("the same", [each[1] for each in rounds], "probes/s", digits=0),
    ]


def _an_engine(ca_file: str = "") -> Engine:
    engine = Engine(EngineConfig(clock=now, ca_file=ca_file))
    engine.start()
    return engine


def _rounds(
    engine: Engine, url_of: Callable[[int], str], at_once: int, probes: int
) -> list[tuple[float, float]]:
    Round(engine, url_of, at_once, probes).run()
    return [Round(engine, url_of, at_once, probes).run() for _ in range(ROUNDS)]
