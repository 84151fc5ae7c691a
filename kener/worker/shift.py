"""The shift: claims what is due, keeps many probes in flight, and stores outcomes in batches.

Three threads meet here. RQ's, in which a job does nothing but hold the lease; the engine's, in
which probes run; and the one below, the only one that speaks to the database, so that no commit
ever holds up a probe.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from kener.actions.claims import claim, give_back, spread_late
from kener.actions.results import Probed, record
from kener.checks import Engine, ProbeJob
from kener.core.instant import Instant
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.claims import LATE, Claim, next_due
from kener.store.engine import Database
from kener.worker.ahead import Ahead, dated
from kener.worker.farewell import Farewell
from kener.worker.lost import Lost
from kener.worker.offline import NOBODY, Canaries, OfflineGuard
from kener.worker.preparing import Preparing
from kener.worker.promptness import Promptness

log = logging.getLogger(__name__)

BEAT = 0.25
"""Seconds between two steps, at most. Probes that begin together share the loop's rounds, each at a
third of what one alone costs; and who wakes up more often does the same work with colder caches."""
POLL = 0.5
"""Seconds between looks for what is due, at most: somebody may have wished for a check."""
AHEAD = 2250
"""Milliseconds before it is due that a slot may be claimed."""
YOUNG = 10.0
"""Seconds of life in which a worker claims nothing ahead: what is killed again and again would lose
it each time."""
BUSY = 2.0
"""Seconds between two claims of what is not due yet: fewer and larger transactions."""
PRESSED = 0.1
"""Seconds between two claims when one could not take all that is due."""
BATCH = 500
MOST_UNRECORDED = 5_000
"""Outcomes kept while the database is away; with so many, nothing more is claimed."""
MOST_WAITING = 5_000
"""Probes that wait for others of their server; with so many, nothing more is claimed."""
TRY_AGAIN = 1.0
HANDOVER = 30.0
"""Seconds of claiming after a job, in which the next should come. Redis may need some of them to
notice that it is gone."""
GRACE = 2.0
DAMAGED = Outcome(
    Status.UNKNOWN, Reason.INTERNAL_ERROR, "its settings are damaged: save it again, or see the log"
)


@dataclass(frozen=True, slots=True)
class Post:
    """Where a shift works, with how many probes in flight at most, by which clock; and whom it
    asks whether it is offline; what to do when it is worn out, and when all is done then."""

    location_id: int
    slots: int
    clock: Callable[[], Instant]
    redis_answers: Callable[[], bool]
    canaries: Canaries = NOBODY
    replace_me: Callable[[], None] = lambda: None
    leave: Callable[[], None] = lambda: None


class Shift:
    """One for the life of a process. `start` and `close` are called once each, by one thread."""

    def __init__(self, database: Database, engine: Engine, post: Post) -> None:
        self._database = database
        self._engine = engine
        self._post = post
        self._preparing = Preparing()
        self._farewell = Farewell(post.replace_me, post.leave)
        self._guard = OfflineGuard(post.canaries, engine.any_answers, time.monotonic)
        self._promptness = Promptness()
        self._outcomes: deque[Probed] = deque()
        self._ahead = Ahead()
        self._lost = Lost(database, post.location_id)
        self._unprepared: list[Claim] = []
        self._held = self._closing = self._in_trouble = False
        self._handover_until = self._asked_at = self._flushed_at = 0.0
        self._claimed_at = self._not_before = 0.0
        self._begun_at = time.monotonic()
        self._redis_was_there = True
        self._looked_at: Instant | None = None
        self._wake = Event()
        self._leaving = Event()
        self._thread = Thread(target=self._main, name="kener-database", daemon=True)

    def start(self) -> None:
        """Start the engine and the database thread; nothing is claimed before `hold`."""
        self._engine.start()
        self._thread.start()

    def hold(self, seconds: float) -> None:
        """Be on duty for so long, and on until Redis answers, as nobody could take over before."""
        self._held = True
        self._wake.set()
        self._leaving.wait(seconds)
        while not self._leaving.is_set() and (
            self._farewell.has_begun or not self._post.redis_answers()
        ):
            self._leaving.wait(TRY_AGAIN)
        self._handover_until = time.monotonic() + HANDOVER
        self._held = False

    def leave(self) -> None:
        """Claim nothing more, and let `hold` return. Safe in a signal handler."""
        self._closing = True
        self._leaving.set()
        self._wake.set()

    def close(self) -> None:
        """Leave, give probes `GRACE` seconds, return what was not probed, and store the rest."""
        self.leave()
        self._thread.join()

    def _main(self) -> None:
        while not self._closing:
            pause = self._guarded(self._step, TRY_AGAIN)
            if self._wake.wait(pause):
                self._wake.clear()
        left = self._engine.stop(GRACE)
        claims = [*self._ahead.all(), *self._unprepared, *(job.tag for job in left)]
        self._take_in(self._guard.close())
        self._guarded(lambda: self._return(claims), 0)
        self._guarded(self._flush, 0)
        if self._outcomes:
            log.error("%d outcomes could not be stored", len(self._outcomes))

    def _guarded(self, work: Callable[[], float], else_pause: float) -> float:
        """Do some work on the database. That it is away or full is told once, and it goes on."""
        try:
            pause = work()
        except DBAPIError as error:
            if not self._in_trouble:
                log.error("the database does not take part (%s); trying on", error.orig)  # noqa: TRY400
            self._in_trouble = True
            return else_pause
        except Exception:
            log.exception("the shift stumbled; it goes on")
            return else_pause
        if self._in_trouble:
            log.info("the database takes part again")
        self._in_trouble = False
        return pause

    def _step(self) -> float:
        """Store and claim what there is; how many seconds to wait before the next step."""
        begun = time.monotonic()
        self._take_in(self._guard.released())
        full = len(self._outcomes) >= BATCH
        if self._outcomes and (full or begun - self._flushed_at >= self._promptness.pause()):
            self._flush()
        if begun >= self._not_before:
            self._not_before = begun + (self._claim() if self._is_on_duty() else BEAT)
        clock = self._post.clock()
        self._unprepared = dated([*self._unprepared, *self._ahead.due(clock)], clock)
        if self._unprepared:
            self._probe_unprepared()
        return max(0.0, min(begun + BEAT, self._not_before) - time.monotonic())

    def _is_on_duty(self) -> bool:
        now = time.monotonic()
        if self._engine.is_worn or self._farewell.has_begun:
            self._farewell.go_on(now, busy=self._is_busy())
            return False
        if self._held or now < self._handover_until:
            return True
        if now - self._asked_at >= TRY_AGAIN:
            self._asked_at = now
            self._notice(answers=self._post.redis_answers())
        return not self._redis_was_there

    def _is_busy(self) -> bool:
        probing = len(self._ahead) + self._engine.in_flight + self._engine.waiting
        return bool(probing or self._guard.pending or self._outcomes)

    def _notice(self, *, answers: bool) -> None:
        if self._redis_was_there and not answers:
            log.warning("Redis is away: this worker goes on checking without it")
        self._redis_was_there = answers

    def _claim(self) -> float:
        now = self._post.clock()
        self._notice_standstill(now)
        self._lost.seek(now)
        held = len(self._ahead) + len(self._unprepared)
        slots = self._post.slots - self._engine.in_flight - held
        free = min(slots, BATCH, MOST_WAITING - self._engine.waiting - held)
        if free <= 0 or len(self._outcomes) >= MOST_UNRECORDED:
            return PRESSED
        with self._database.read() as session:
            due_at = next_due(session, self._post.location_id)
        young = time.monotonic() - self._begun_at < YOUNG
        ahead = 0 if young else AHEAD
        if due_at is None or due_at > now + ahead:
            return BEAT if young else POLL
        if due_at > now and time.monotonic() - self._claimed_at < BUSY:
            return POLL
        with self._database.write() as session:
            claims = claim(session, self._post.location_id, now, free, ahead)
        self._claimed_at = time.monotonic()
        self._ahead.hold(claims, now)
        return POLL if len(claims) < free else PRESSED

    def _notice_standstill(self, now: Instant) -> None:
        """Nobody may have looked for a while: at first, and after the machine slept."""
        if self._looked_at is None or now - self._looked_at > LATE:
            with self._database.write() as session:
                spread_late(session, self._post.location_id, now)
        self._looked_at = now

    def _probe_unprepared(self) -> None:
        prepared = self._prepared(self._unprepared)
        self._unprepared.clear()
        for each, probe in prepared:
            if isinstance(probe, Outcome):
                self._seen(each, probe)
            else:
                self._engine.submit(probe, self._done)

    def _prepared(self, claims: Sequence[Claim]) -> list[tuple[Claim, ProbeJob | Outcome]]:
        """Probes of claims. When some break us they are cut in two until it is known which: one
        damaged monitor must not keep all others from being probed."""
        try:
            with self._database.read() as session:
                return self._preparing.prepare(session, claims)
        except DBAPIError:
            raise
        except Exception:
            if len(claims) == 1:
                log.exception("monitor %s cannot be probed", claims[0].monitor_id)
                return [(claims[0], DAMAGED)]
            middle = len(claims) // 2
            return [*self._prepared(claims[:middle]), *self._prepared(claims[middle:])]

    def _done(self, job: ProbeJob, outcome: Outcome) -> None:
        self._guard.take(job, outcome)
        if self._guard.arrived == BATCH:
            self._wake.set()

    def _take_in(self, outcomes: Iterable[tuple[ProbeJob, Outcome]]) -> None:
        for job, outcome in outcomes:
            self._seen(job.tag, outcome)

    def _seen(self, claim_: Claim, outcome: Outcome) -> None:
        self._outcomes.append(_probed(claim_, outcome))
        self._promptness.note(claim_, outcome)

    def _flush(self) -> float:
        self._flushed_at = time.monotonic()
        self._promptness.stored()
        while self._outcomes:
            batch = [self._outcomes[i] for i in range(min(BATCH, len(self._outcomes)))]
            self._record(batch)
            for _ in batch:
                self._outcomes.popleft()
        return 0.0

    def _record(self, batch: Sequence[Probed]) -> None:
        """Store a batch. One that the database refuses is cut in two, until what it refuses is
        found: that alone is lost, and told of."""
        try:
            with self._database.write() as session:
                record(session, batch, self._post.clock())
        except (OperationalError, InterfaceError, InternalError):
            raise
        except Exception:
            if len(batch) == 1:
                log.exception("an outcome of monitor %s cannot be stored", batch[0].monitor_id)
                return
            middle = len(batch) // 2
            self._record(batch[:middle])
            self._record(batch[middle:])

    def _return(self, claims: Sequence[Claim]) -> float:
        if claims:
            with self._database.write() as session:
                give_back(session, claims)
        return 0.0


def _probed(claim_: Claim, outcome: Outcome) -> Probed:
    slot = claim_.monitor_id, claim_.location_id, claim_.slot_at
    return Probed(*slot, outcome, claim_.version)
