"""How are several monitors together?"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from kener.checks._base import Check, Context, MemberStatus
from kener.core import grouping
from kener.core.outcome import Fact, Outcome, Reason
from kener.core.status import Status

MOST_NAMED = 10
BY_SHARE: dict[str, Any] = {"unit": "%"}
Members = Mapping[str, MemberStatus]


class GroupCheck(Check):
    """A monitor made of others. It follows them at once, and has no network of its own."""

    kind: ClassVar[str] = "group"
    label: ClassVar[str] = "Group"
    description: ClassVar[str] = "Sums up other monitors: the worst of them, or how many are down"
    family: ClassVar[str] = "Made of others"
    needs: ClassVar[frozenset[str]] = frozenset({"member_statuses"})
    has_latency: ClassVar[bool] = False
    is_settled: ClassVar[bool] = True

    members: list[
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    ] = Field(
        default_factory=list,
        max_length=500,
        title="Members",
        description="Monitors or groups that are summed up",
        json_schema_extra={"widget": "monitors"},
    )
    rule: Literal["worst", "share"] = Field(
        "worst",
        title="It is",
        description="As its worst member, or judged by the share of members that are down",
    )
    down_share: int = Field(
        50,
        ge=1,
        le=100,
        title="Down from",
        description="With the rule “share”: percent of the members that must be down",
        json_schema_extra=BY_SHARE,
    )
    degraded_share: int = Field(
        0,
        ge=0,
        le=100,
        title="Degraded from",
        description="With the rule “share”: percent of the members that are not up; 0: any",
        json_schema_extra=BY_SHARE,
    )

    @field_validator("members")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))

    @field_validator("degraded_share")
    @classmethod
    def _below_down(cls, value: int, info: ValidationInfo) -> int:
        down = info.data.get("down_share", 100)
        if value > down:
            raise ValueError(f"must not be more than the {down} % of “Down from”")
        return value

    def target(self) -> str:
        """How many it sums up, and how."""
        rule = "the worst counts"
        if self.rule == "share":
            rule = f"down from {self.down_share} %"
        return f"{_count(len(self.members), 'member')}, {rule}"

    async def probe(self, context: Context) -> Outcome:
        """What its members were a moment ago; the recording of outcomes judges again."""
        return self.judge(context.extra.get("member_statuses") or {})

    def roll_up(self, statuses: Sequence[Status]) -> Status:
        """The group's status, of those of its members that are not paused."""
        if self.rule == "worst":
            return grouping.worst(statuses)
        return grouping.share(statuses, self.down_share, self.degraded_share)

    def judge(self, found: Members) -> Outcome:
        """The outcome, by how its members are; one that is not found was deleted. Hidden ones
        (without a name) are counted, not named."""
        watched = [found[each] for each in self.members if each in found]
        watched = [each for each in watched if not each.paused]
        status = self.roll_up([each.status for each in watched])
        gone = sum(each not in found for each in self.members)
        facts = _facts(self.members, watched, gone)
        if status is Status.UP:
            return Outcome(status, facts=facts)
        detail = self._why(watched) + (f"; {_count(gone, 'member')} deleted" if gone else "")
        return Outcome(status, Reason.MEMBERS, detail, facts=facts)

    def _why(self, watched: Sequence[MemberStatus]) -> str:
        told = []
        for status in (Status.DOWN, Status.DEGRADED):
            sick = [each.name for each in watched if each.status is status]
            if sick:
                verb = "is" if len(sick) == 1 else "are"
                told.append(f"{len(sick)} of {len(watched)} {verb} {status}{_named(sick)}")
        if told:
            return "; ".join(told)
        return "none of its members has data" if watched else "it has no members that are watched"


def _facts(members: Sequence[str], watched: Sequence[MemberStatus], gone: int) -> dict[str, Fact]:
    statuses = [each.status for each in watched]
    counts = {
        str(status): statuses.count(status)
        for status in (Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN)
    }
    counts |= {"paused": len(members) - gone - len(watched), "deleted": gone}
    return {"members": len(members), **{name: count for name, count in counts.items() if count}}


def _named(names: Sequence[str]) -> str:
    """The first few that have a name to tell, in their order, then how many more there are."""
    shown = [name for name in names if name][:MOST_NAMED]
    more = len(names) - len(shown)
    if not shown:
        return ""
    return ": " + ", ".join(shown) + (f" and {more} more" if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


TYPE = GroupCheck
