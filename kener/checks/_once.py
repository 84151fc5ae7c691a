"""One probe for somebody who waits for it: "test before saving", scripts, tests."""

import os
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from kener.checks._base import Check
from kener.checks._engine import BUSY, Engine, ProbeJob
from kener.checks._services import EngineConfig
from kener.core.outcome import Outcome

GRACE_S = 5.0

_lock = Lock()
_engines: dict[tuple[int, EngineConfig], Engine] = {}


def probe_once(
    check: Check,
    timeout_s: float,
    config: EngineConfig,
    *,
    extra: Mapping[str, Any] | None = None,
    degraded_over_ms: float | None = None,
) -> Outcome:
    """Probe now, wait for the outcome, and return it; blocks at most a little longer than two
    timeouts. The process's engine for this configuration is started by the first call."""
    answers: SimpleQueue[Outcome] = SimpleQueue()
    job = ProbeJob(check, timeout_s, extra or {}, degraded_over_ms)
    _engine(config).submit(job, lambda _, outcome: answers.put(outcome))
    try:
        return answers.get(timeout=2 * timeout_s + GRACE_S)
    except Empty:
        return BUSY


def _engine(config: EngineConfig) -> Engine:
    """By process as well: a forked child must not wait for its parent's thread."""
    key = (os.getpid(), config)
    with _lock:
        engine = _engines.get(key)
        if engine is None:
            engine = _engines[key] = Engine(config)
            engine.start()
        return engine
