"""Has the target reported to us in time?"""

from typing import ClassVar

from pydantic import Field

from kener.checks._base import Check, Context, LastPing
from kener.checks._durations import ago, length
from kener.core.instant import SECOND
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status

WAITING = Outcome(Status.UNKNOWN, Reason.WAITING, "waiting for the first report")


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

    period: int = Field(
        3600, ge=5, le=366 * 86_400, title="Period", description="A report is expected every so "
        "many seconds",
    )  # fmt: skip
    grace: int = Field(
        300, ge=0, le=30 * 86_400, title="Grace", description="How much later it may come, in "
        "seconds",
    )  # fmt: skip

    def target(self) -> str:
        """How often it must report."""
        return f"every {length(self.period)}, {length(self.grace)} grace"

    async def probe(self, context: Context) -> Outcome:
        """What the last report and its age say; no network is used."""
        last: LastPing | None = context.extra.get("last_ping")
        if last is None or last.pinged_at is None:
            return WAITING
        age_s = max(0, context.now - last.pinged_at) // SECOND
        if age_s > self.period + self.grace:
            heard = f"last heard {ago(age_s)}; a report is due every {length(self.period)}"
            return Outcome(Status.DOWN, Reason.MISSED, heard)
        if last.failed:
            said = " ".join(last.message.split())[:200]
            detail = f"reported a failure {ago(age_s)}" + (f": {said}" if said else "")
            return Outcome(Status.DOWN, Reason.REPORTED, detail)
        return Outcome(Status.UP, facts={"last_heard_s": age_s})


TYPE = HeartbeatCheck
