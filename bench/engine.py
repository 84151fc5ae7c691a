"""The engine alone: plain-HTTP probes on loopback, as fast as they go."""

import os
import sys
import time
from pathlib import Path
from threading import Condition

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import a_target, percentile, spread
from kener.checks import check_types
from kener.checks._engine import Engine, ProbeJob
from kener.checks._services import EngineConfig
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.clock import now

PROBES = 5_000
ROUNDS = 5
AT_ONCE = (50, 200, 500)


class Round:
    """Keeps `at_once` probes in flight until `PROBES` are done."""

    def __init__(self, engine: Engine, url: str, at_once: int) -> None:
        http = check_types()["http"]
        self.checks = [http.parse({"url": f"{url}/m/{number}"}) for number in range(at_once)]
        self.engine = engine
        self.left = PROBES
        self.sent = 0
        self.latencies: list[float] = []
        self.failed = 0
        self.done = Condition()

    def run(self) -> tuple[float, float]:
        """Seconds by the wall, and of this process's CPU."""
        wall, cpu = time.perf_counter(), _cpu()
        for check in self.checks:
            self._send(ProbeJob(check, 10.0))
        with self.done:
            self.done.wait_for(lambda: self.left == 0)
        return time.perf_counter() - wall, _cpu() - cpu

    def _send(self, job: ProbeJob) -> None:
        if self.sent < PROBES:
            self.sent += 1
            self.engine.submit(job, self._seen)

    def _seen(self, job: ProbeJob, outcome: Outcome) -> None:
        self.failed += outcome.status is not Status.UP
        self.latencies.append(outcome.latency_ms or 0)
        self._send(job)
        with self.done:
            self.left -= 1
            if not self.left:
                self.done.notify()


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


def main() -> None:
    """One line per concurrency."""
    print(f"engine alone, plain HTTP on loopback, {PROBES} probes × {ROUNDS} rounds")
    with a_target() as url:
        engine = Engine(EngineConfig(clock=now))
        engine.start()
        for at_once in AT_ONCE:
            Round(engine, url, at_once).run()
            rounds = [Round(engine, url, at_once) for _ in range(ROUNDS)]
            times = [each.run() for each in rounds]
            late = [ms for each in rounds for ms in each.latencies]
            print(
                f"  {at_once:3} in flight: {spread([PROBES / wall for wall, _ in times], 0)}"
                f" probes/s, {spread([cpu * 1000 / PROBES for _, cpu in times], 3)} ms CPU per"
                f" probe, p99 {percentile(late, 0.99):.0f} ms, failed"
                f" {sum(each.failed for each in rounds)}"
            )
        engine.stop()


if __name__ == "__main__":
    main()
