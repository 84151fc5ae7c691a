"""Before failures are believed: are we offline ourselves? Most outcomes pass at once; when very
many fail, those failures are held for a moment until somebody who always answers was asked."""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple

from kener.checks import ProbeJob, server_of
from kener.core.offline import Suspicion, Window, is_explained
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status

log = logging.getLogger(__name__)

Server = tuple[str, int]
Ask = Callable[[Iterable[Server], float], "Future[bool | None]"]

DEFAULT: tuple[Server, ...] = (
    ("1.1.1.1", 443),
    ("8.8.8.8", 53),
    ("9.9.9.9", 443),
    ("2606:4700:4700::1111", 443),
)
"""Public resolvers that are in many places at once: somebody there always takes a connection."""

PATIENCE_S = 1.5
EVERY_S = 2.0
HELD_S = 5.0
"""The longest that a failure is held: then it is what it is, though it should be decided before,
as canaries are called every `EVERY_S` and have `PATIENCE_S` to answer."""
CALM_S = (600.0, 60.0, 120.0, 240.0, 600.0)
"""How often we ask while all is well, after so many times without an answer: soon again first."""
TRUSTED_S = 3600.0
"""How long an answer of a default canary shows that it could answer at all."""
GOES_ON_S = 60.0
"""After so long without suspicion we are online, whatever the canaries say."""
SHOWN = 3
UNDECIDED = Outcome(
    Status.UNKNOWN, Reason.OFFLINE, "Kener stopped before it knew whether this machine was online"
)


@dataclass(frozen=True, slots=True)
class Canaries:
    """Who is asked. Those that the operator chose count always; ours only once they answered, as
    many a machine may not call them and is not offline."""

    servers: tuple[Server, ...] = ()
    chosen: bool = False


NOBODY = Canaries()


def canaries_of(configured: tuple[Server, ...] | None) -> Canaries:
    """Those of the setting; ours when it is not set."""
    return Canaries(DEFAULT) if configured is None else Canaries(configured, chosen=True)


class _Seen(NamedTuple):
    job: ProbeJob
    outcome: Outcome
    at: float

    @property
    def began_at(self) -> float:
        return self.at - (self.outcome.latency_ms or 0.0) / 1000

    @property
    def is_doubtful(self) -> bool:
        """Whether being offline would explain it. What needs more than the network does not ask."""
        return is_explained(self.outcome) and not self.job.check.needs


class OfflineGuard:
    """`take` is for the engine's thread; `released` and `close` are for one other. `clock` counts
    seconds and never goes back."""

    def __init__(self, canaries: Canaries, ask: Ask, clock: Callable[[], float]) -> None:
        self._canaries = canaries
        self._ask = ask
        self._clock = clock
        self._inbox: deque[_Seen] = deque()
        self._window = Window()
        self._held: list[_Seen] = []
        self._question: Future[bool | None] | None = None
        self._asked_at = self._answered_at = self._cleared_at = float("-inf")
        self._suspicious_at = self._was_offline_at = float("-inf")
        self._misses = 0
        self._offline = False

    @property
    def arrived(self) -> int:
        """How many outcomes were taken in and not looked at yet."""
        return len(self._inbox)

    @property
    def pending(self) -> int:
        """How many were taken in and not released yet."""
        return len(self._inbox) + len(self._held)

    def take(self, job: ProbeJob, outcome: Outcome) -> None:
        """Take in an outcome that came just now; its job's tag is a claim."""
        self._inbox.append(_Seen(job, outcome, self._clock()))

    def released(self) -> list[tuple[ProbeJob, Outcome]]:
        """What may be recorded now, each monitor's in their order."""
        fresh = [self._inbox.popleft() for _ in range(len(self._inbox))]
        if not self._canaries.servers:
            return [(each.job, each.outcome) for each in fresh]
        now = self._clock()
        suspicious = self._look_at(fresh, now)
        self._hear(now, suspicious=suspicious)
        through = self._sift([*self._held, *fresh], now, suspicious=suspicious)
        self._ask_if_due(now)
        return through

    def close(self) -> list[tuple[ProbeJob, Outcome]]:
        """Everything there is, when the engine has stopped. Failures that nobody could confirm are
        unknown; the next worker will see."""
        fresh = [self._inbox.popleft() for _ in range(len(self._inbox))]
        now = self._clock()
        suspicious = self._look_at(fresh, now)
        through = self._sift([*self._held, *fresh], now, suspicious=suspicious)
        last = [(each.job, UNDECIDED if each.is_doubtful else each.outcome) for each in self._held]
        self._held = []
        return through + last

    def _look_at(self, fresh: Iterable[_Seen], now: float) -> bool:
        """Take outcomes into account; whether it all looks as if we were offline."""
        for each in fresh:
            self._note(each)
        suspicion = self._window.suspicion(now)
        chosen = self._canaries.chosen
        if suspicion is Suspicion.NONE or (suspicion is Suspicion.FEW and not chosen):
            return False
        self._suspicious_at = now
        return chosen or self._offline or now - self._answered_at <= TRUSTED_S

    def _note(self, seen: _Seen) -> None:
        """Who calls nobody, and whom we could not call, says nothing of our connection."""
        outcome = seen.outcome
        no_way = outcome.reason is Reason.OFFLINE
        if outcome.status is Status.UNKNOWN and not no_way:
            return
        server = server_of(seen.job.check)
        if server is not None:
            failed = no_way or is_explained(outcome)
            self._window.add(seen.job.tag.monitor_id, server[0], seen.at, failed=failed)

    def _hear(self, now: float, *, suspicious: bool) -> None:
        """Take note of what the canaries say, and of a suspicion that is long over."""
        question = self._question
        if question is not None and (question.done() or now - self._asked_at > HELD_S):
            self._question = None
            self._conclude(question, now, suspicious=suspicious)
        if self._offline and now - self._suspicious_at > GOES_ON_S:
            self._end(now)
        if self._offline:
            self._was_offline_at = now

    def _conclude(self, question: "Future[bool | None]", now: float, *, suspicious: bool) -> None:
        answer = _answer(question)
        if answer is False:
            self._misses += 1
            if suspicious:
                self._begin()
            elif self._misses == 1 and self._canaries.chosen:
                log.warning("%s; until one does, failures may be taken for our own", self._silence)
            return
        self._cleared_at = self._asked_at
        if answer:
            self._misses, self._answered_at = 0, now
            self._end(now)

    def _begin(self) -> None:
        if not self._offline:
            log.warning("%s; failures are unknown until one does", self._detail)
        self._offline = True

    def _end(self, now: float) -> None:
        if self._offline:
            log.warning("this machine is online again")
            self._was_offline_at = now
        self._offline = False

    def _sift(
        self, seen: Iterable[_Seen], now: float, *, suspicious: bool
    ) -> list[tuple[ProbeJob, Outcome]]:
        """What can be told now. The rest is held, and what came after it of the same monitors."""
        through, held = [], []
        cleared_at = max(self._cleared_at, now - HELD_S)
        waiting: set[int] = set()
        for each in seen:
            offline = self._offline or each.began_at <= self._was_offline_at
            doubtful = each.is_doubtful and suspicious and not offline
            if each.job.tag.monitor_id in waiting or (doubtful and each.at > cleared_at):
                waiting.add(each.job.tag.monitor_id)
                held.append(each)
            else:
                through.append((each.job, self._believed(each, offline=offline)))
        self._held = held
        return through

    def _believed(self, seen: _Seen, *, offline: bool) -> Outcome:
        if not offline or not seen.is_doubtful:
            return seen.outcome
        return Outcome(Status.UNKNOWN, Reason.OFFLINE, self._detail)

    def _ask_if_due(self, now: float) -> None:
        calm = CALM_S[min(self._misses, len(CALM_S) - 1)]
        every = EVERY_S if self._held or self._offline else calm
        if self._question is None and now - self._asked_at >= every:
            self._asked_at = now
            self._question = self._ask(self._canaries.servers, PATIENCE_S)

    @property
    def _detail(self) -> str:
        return f"this machine seems to be offline: {self._silence}"

    @property
    def _silence(self) -> str:
        names = [f"{host} port {port}" for host, port in self._canaries.servers]
        if len(names) > SHOWN:
            names[SHOWN:] = [f"{len(names) - SHOWN} more"]
        return f"none of {', '.join(names)} answered"


def _answer(question: "Future[bool | None]") -> bool | None:
    """None, too, for a question that came to nothing."""
    if not question.done() or question.cancelled():
        question.cancel()
        return None
    if question.exception() is not None:
        log.error("the canaries could not be asked", exc_info=question.exception())
        return None
    return question.result()
