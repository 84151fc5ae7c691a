"""What does somebody else's status page say?"""

from functools import cached_property
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from kener.checks._assertions import Missing
from kener.checks._base import Check, Context
from kener.checks._failures import Degraded, Failure, Mismatch, Unsupported
from kener.checks._fields import TEXTAREA, IpVersion, VerifyTls
from kener.checks._http_answer import Trail, follow
from kener.checks._http_judge import Rules, judge
from kener.checks._http_request import Transport, Wish
from kener.checks._summary import COMPONENTS, INDICATORS, Component, Summary, summary
from kener.checks._web import Place, place
from kener.core.outcome import Outcome
from kener.core.status import Status

PATH = "/api/v2/summary.json"
LARGEST = 1_048_576
MOST_REDIRECTS = 5
RULES = Rules(accepted=((200, 200),))
WORST_FIRST = ("down", "degraded", "unknown", "up")
FAILURES: dict[str, type[Failure]] = {
    "down": Mismatch,
    "degraded": Degraded,
    "unknown": Unsupported,
}
DETAIL = 400


class StatusPageCheck(Check):
    """A page in Atlassian's form: the whole of it, or some components."""

    kind: ClassVar[str] = "statuspage"
    label: ClassVar[str] = "Another status page"
    family: ClassVar[str] = "Web"
    description: ClassVar[str] = (
        "What somebody else's status page says, as a whole or of components"
    )

    url: str = Field(
        title="Address of the page",
        description="Like https://status.example.org, or all of the address of its summary.json",
        max_length=2000,
    )
    components: str = Field(
        "",
        title="Components",
        description="Names or ids, one a line; empty: the whole page",
        max_length=8000,
        json_schema_extra=TEXTAREA,
    )
    partial: Literal["degraded", "down"] = Field(
        "degraded",
        title="A partial outage is",
        description="Of a component; for the whole page: the indicator “major”",
    )
    maintenance: Literal["up", "degraded", "down"] = Field(
        "up", title="Maintenance is", description="While planned work is going on"
    )
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @field_validator("url")
    @classmethod
    def _page(cls, value: str) -> str:
        _summary_of(value.strip())
        return value.strip()

    def target(self) -> str:
        """The address without its query."""
        return place(self.url).short

    def server(self) -> tuple[str, int]:
        """The host and port of the page."""
        return self._place.host, self._place.port

    async def probe(self, context: Context) -> Outcome:
        """Read the page and believe it."""
        trail = await follow(self._wish, MOST_REDIRECTS, context)
        await judge(trail, RULES, context)
        try:
            if isinstance(trail.document, Missing):
                raise Mismatch(f"no status page: {trail.document.why}")
            page = summary(trail.document)
            return self._outcome(page, trail, context)
        except Failure as failure:
            failure.facts = trail.facts(context.now) | failure.facts
            failure.phases, failure.latency_ms = dict(trail.phases), trail.phases["total"]
            raise

    def _outcome(self, page: Summary, trail: Trail, context: Context) -> Outcome:
        if self._wanted:
            said = [(each.words, COMPONENTS.get(each.status, "")) for each in self._chosen(page)]
        else:
            said = [(_words(page), INDICATORS.get(page.indicator, ""))]
        unwell = [(words, self._meaning(what)) for words, what in said if what != "up"]
        worst = min((means for _, means in unwell), key=WORST_FIRST.index, default="up")
        detail = "; ".join(words for words, _ in unwell)[:DETAIL]
        if worst != "up":
            raise FAILURES[worst](f"the page says {detail}", facts=page.facts())
        return Outcome(
            Status.UP,
            detail=f"the page says {detail}" if detail else "",
            latency_ms=trail.phases["total"],
            phases=trail.phases,
            facts=trail.facts(context.now) | page.facts(),
        )

    def _chosen(self, page: Summary) -> list[Component]:
        """The components that were named; Mismatch names those that are not there."""
        missing = [
            wanted
            for wanted in self._wanted
            if not any(each.is_called(wanted) for each in page.components)
        ]
        if missing:
            names = ", ".join(f"“{each[:60]}”" for each in missing[:3])
            raise Mismatch(f"there is no component {names} on the page", facts=page.facts())
        return [
            each
            for each in page.components
            if any(each.is_called(wanted) for wanted in self._wanted)
        ]

    def _meaning(self, said: str) -> str:
        """Our status for what was said; unknown for what we have never heard of."""
        if said == "partial":
            return self.partial
        return self.maintenance if said == "maintenance" else said or "unknown"

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.components.splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    @cached_property
    def _place(self) -> Place:
        return _summary_of(self.url)

    @cached_property
    def _wish(self) -> Wish:
        return Wish(
            place=self._place,
            headers=("Accept: application/json",),
            transport=Transport(verify=self.verify_tls, family=self.ip_version),
            limit=LARGEST,
            keep=True,
        )


def _words(page: Summary) -> str:
    """What the whole page says, and which incidents or works are the reason."""
    reasons = ", ".join([*page.incidents, *page.maintenances][:3])
    return f"“{page.description}” ({page.indicator}){f': {reasons}' if reasons else ''}"


def _summary_of(url: str) -> Place:
    """Where the page's summary is; ValueError says what is wrong with the address."""
    given = place(url)
    path = urlsplit(given.url)
    if path.path.endswith(".json"):
        return given
    if path.query:
        raise ValueError("must be the address of the page, without a query")
    return place(given.url.rstrip("/") + PATH)


TYPE = StatusPageCheck
