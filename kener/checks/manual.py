"""What somebody said of it."""

from typing import ClassVar

from pydantic import Field

from kener.checks._base import Check, Context, PushedStatus
from kener.checks._durations import ago, length
from kener.core.instant import SECOND, Instant, iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status

NOTHING = Outcome(Status.UNKNOWN, Reason.WAITING, "no status was set yet")


class ManualCheck(Check):
    """Nothing is looked at: the API or a person says how it is."""

    kind: ClassVar[str] = "manual"
    label: ClassVar[str] = "Manual"
    description: ClassVar[str] = "You say how it is, in the admin or by the API"
    family: ClassVar[str] = "Your jobs"
    how: ClassVar[str] = (
        "You say how it is: on the monitor's own page when you have saved, or by the API."
    )
    needs: ClassVar[frozenset[str]] = frozenset({"pushed_status"})
    has_latency: ClassVar[bool] = False
    is_settled: ClassVar[bool] = True

    expires_in: int = Field(
        0,
        ge=0,
        le=366 * 86_400,
        title="A status holds for",
        description="Then it is unknown; 0: until the next one. For statuses that do not say "
        "themselves how long they hold",
        json_schema_extra={"unit": "s"},
    )

    def target(self) -> str:
        """How long what was said holds."""
        return f"set by hand, for {length(self.expires_in)}" if self.expires_in else "set by hand"

    async def probe(self, context: Context) -> Outcome:
        """What was said last, if it still holds."""
        return judge(context.extra.get("pushed_status"), context.now)


def judge(pushed: PushedStatus | None, now: Instant) -> Outcome:
    """The outcome of what was said last, at an instant, and when it will be out of date."""
    if pushed is None:
        return NOTHING
    if pushed.expires_at is not None and now >= pushed.expires_at:
        age = ago(max(0, now - pushed.pushed_at) // SECOND)
        detail = f"the status set {age} has run out"
        return Outcome(Status.UNKNOWN, Reason.EXPIRED, detail)
    facts = {"set_at": iso(pushed.pushed_at)}
    if pushed.expires_at is not None:
        facts["expires_at"] = iso(pushed.expires_at)
    if pushed.status is Status.UP:
        if pushed.message:
            facts["message"] = pushed.message
        return Outcome(Status.UP, facts=dict(facts), again_at=pushed.expires_at)
    return Outcome(
        pushed.status,
        Reason.REPORTED,
        pushed.message or f"set to {pushed.status} by hand",
        facts=dict(facts),
        again_at=pushed.expires_at,
    )


TYPE = ManualCheck
