"""Has the target reported to us in time?"""

import re
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks._base import Check, Context, LastPing
from kener.checks._cron import check_cron, next_cron
from kener.checks._durations import ago, length, wall_clock
from kener.checks._fields import ADVANCED
from kener.core.errors import Invalid
from kener.core.instant import SECOND, Instant, iso
from kener.core.outcome import Fact, Outcome, Reason
from kener.core.status import Status

WAITING = Outcome(Status.UNKNOWN, Reason.WAITING, "waiting for the first report")
SHOWN = 200
"""Characters of a message that are shown."""
PUSH_TOKEN = re.compile(r"[A-Za-z0-9_-]{10,100}")


class HeartbeatCheck(Check):
    """A job of yours calls an address of ours; we notice when it does not."""

    kind: ClassVar[str] = "heartbeat"
    label: ClassVar[str] = "Heartbeat"
    family: ClassVar[str] = "Your jobs"
    description: ClassVar[str] = "Your job calls an address; silence or a reported failure is down"
    how: ClassVar[str] = (
        "Your job reports to an address of its own. You get the address when you have saved. "
        "If no report comes in time, the monitor goes down."
    )
    needs: ClassVar[frozenset[str]] = frozenset({"last_ping"})
    has_latency: ClassVar[bool] = False
    is_settled: ClassVar[bool] = True

    schedule: Literal["period", "cron"] = Field(
        "period", title="A report is expected", description="Every period, or by a cron expression"
    )
    period: int = Field(
        3600, ge=5, le=366 * 86_400, title="Period", description="How often a report is expected",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip
    cron: str = Field(
        "",
        title="Cron expression",
        description="When the job runs, like 0 3 * * *; with the schedule “cron”",
        max_length=120,
        validate_default=True,
    )
    time_zone: str = Field(
        "UTC",
        title="Time zone",
        description="Of the cron expression, like Europe/Berlin",
        max_length=64,
    )
    grace: int = Field(
        300, ge=0, le=30 * 86_400, title="Grace", description="How much later it may come",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip
    max_run_time: int = Field(
        0,
        ge=0,
        le=30 * 86_400,
        title="Longest run",
        description="A run that takes longer is degraded; 0: any length is fine. "
        "Counted from a report to /start",
        json_schema_extra=ADVANCED | {"unit": "s"},
    )
    push_token: SecretStr = Field(
        SecretStr(""),
        title="Push token of Uptime Kuma",
        description="If a job calls /api/push/<token> already: that token, so it need not change",
        max_length=100,
        json_schema_extra=ADVANCED,
    )

    @field_validator("cron")
    @classmethod
    def _cron(cls, value: str, info: ValidationInfo) -> str:
        value = " ".join(value.split())
        if not value and info.data.get("schedule") == "cron":
            raise ValueError("is needed with the schedule “cron”")
        if value:
            _refuse_bad(value, "UTC")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        _refuse_bad("* * * * *", value.strip())
        return value.strip()

    @field_validator("push_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value().strip()
        if token and not PUSH_TOKEN.fullmatch(token):
            raise ValueError("must be 10 to 100 letters, digits, dashes or underscores")
        return SecretStr(token)

    @classmethod
    def reference_fields(cls) -> frozenset[str]:
        """None: the push token is looked up by its hash, which would not follow a stored secret."""
        return frozenset()

    def target(self) -> str:
        """When it must report."""
        when = f"every {length(self.period)}"
        if self.schedule == "cron":
            when = f"by {self.cron} in {self.time_zone}"
        return f"{when}, {length(self.grace)} grace"

    def destination(self) -> object:
        """The push token goes nowhere: it only comes to us."""
        return self.kind

    async def probe(self, context: Context) -> Outcome:
        """What the last report and its age say; no network is used."""
        return self.judge(context.extra.get("last_ping") or LastPing(), context.now)

    def judge(self, last: LastPing, now: Instant) -> Outcome:
        """How the job is at an instant, and when silence alone would change that."""
        turns = self._turns(last)
        outcome = self._outcome(last, now, turns)
        later = [at + 1 for at in turns.values() if at is not None and at >= now]
        return replace(
            outcome, facts=self._facts(last, now, turns["due"]), again_at=min(later, default=None)
        )

    def _turns(self, last: LastPing) -> dict[str, Instant | None]:
        """After `long` a run is too long, after `lost` it is given up, after `due` a report is
        late. A run that began in time is judged by its own length: it may report later."""
        long = lost = due = None
        if last.running_since is not None:
            limit = last.running_since + self.max_run_time * SECOND
            long, lost = limit if self.max_run_time else None, limit + self.grace * SECOND
        if last.pinged_at is not None:
            due = self._expected(last.pinged_at) + self.grace * SECOND
            if last.running_since is not None and lost is not None and last.running_since <= due:
                due = max(due, lost)
        return {"long": long, "lost": lost, "due": due}

    def _expected(self, reported_at: Instant) -> Instant:
        if self.schedule == "cron":
            return next_cron(self.cron, self.time_zone, reported_at)
        return reported_at + self.period * SECOND

    def _outcome(self, last: LastPing, now: Instant, turns: dict[str, Instant | None]) -> Outcome:
        silence = self._silence(last, now, turns)
        if silence:
            return Outcome(Status.DOWN, Reason.MISSED, silence)
        if last.pinged_at is None:
            return WAITING
        if last.failed:
            return Outcome(Status.DOWN, Reason.REPORTED, _failure(last, _ago(last.pinged_at, now)))
        too_long = self._too_long(last, now, turns["long"])
        if too_long:
            return Outcome(Status.DEGRADED, Reason.SLOW, too_long)
        return Outcome(Status.UP, latency_ms=last.ping_ms)

    def _silence(self, last: LastPing, now: Instant, turns: dict[str, Instant | None]) -> str:
        lost, due = turns["lost"], turns["due"]
        if last.running_since is not None and lost is not None and now > lost:
            return f"started {_ago(last.running_since, now)} and has not ended"
        if last.pinged_at is None or due is None or now <= due:
            return ""
        heard = f"last heard {_ago(last.pinged_at, now)}; a report"
        if self.schedule == "cron":
            at = wall_clock(self._expected(last.pinged_at), self.time_zone)
            return f"{heard} was due at {at} ({self.time_zone})"
        return f"{heard} is due every {length(self.period)}"

    def _too_long(self, last: LastPing, now: Instant, long: Instant | None) -> str:
        most = f"more than {length(self.max_run_time)} is too long"
        if last.running_since is not None:
            late = long is not None and now > long
            took = length((now - last.running_since) // SECOND)
            return f"has been running for {took}; {most}" if late else ""
        run_ms = last.run_ms or 0
        if 0 < self.max_run_time * SECOND < run_ms:
            return f"ran for {length(run_ms // SECOND)}; {most}"
        return ""

    def _facts(self, last: LastPing, now: Instant, due: Instant | None) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        if last.pinged_at is not None:
            facts["last_heard_s"] = max(0, now - last.pinged_at) // SECOND
        if due is not None:
            facts["due_at"] = iso(due)
        if last.run_ms is not None:
            facts["run_time_s"] = last.run_ms / SECOND
        if last.exit_code is not None:
            facts["exit_code"] = last.exit_code
        if last.ping_ms is not None:
            facts["ping_ms"] = last.ping_ms
        said = {"message": _said(last.message), "log": _said(last.note)}
        return facts | {name: text for name, text in said.items() if text}


def _refuse_bad(cron: str, zone: str) -> None:
    try:
        check_cron(cron, zone)
    except Invalid as error:
        raise ValueError(next(iter(error.problems.values()))) from None


def _ago(at: Instant, now: Instant) -> str:
    return ago(max(0, now - at) // SECOND)


def _failure(last: LastPing, when: str) -> str:
    said = _said(last.message)
    code = f" with exit code {last.exit_code}" if last.exit_code else ""
    return f"reported a failure{code} {when}" + (f": {said}" if said else "")


def _said(message: str) -> str:
    return " ".join(message.split())[:SHOWN]


TYPE = HeartbeatCheck
