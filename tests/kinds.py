"""A kind for tests of forms, with all that a form may have to show: see `with_kinds`."""

from typing import ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from kener.checks import Check, check_types
from kener.checks._assertions import Asserting, Assertions, assertions_field, failing, looking
from kener.checks._fields import ADVANCED, MAY_REFER, TEXTAREA
from kener.core.outcome import Outcome
from kener.core.status import Status

SOURCES = ("status", "header:", "json:")


class Step(BaseModel):
    """One of several."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(title="Address", min_length=1, max_length=200)
    method: Literal["GET", "POST"] = Field("GET", title="Method")
    body: str = Field("", title="Body", json_schema_extra=TEXTAREA | MAY_REFER)
    follow: bool = Field(True, title="Follow redirects", json_schema_extra=ADVANCED)
    assertions: Assertions = assertions_field(*SOURCES)


class Walk(Asserting, Check):
    """Steps with assertions, assertions of its own, members, a secret."""

    kind: ClassVar[str] = "walk"
    label: ClassVar[str] = "Walk"
    family: ClassVar[str] = "Made of others"
    how: ClassVar[str] = "It walks."

    assertions: Assertions = assertions_field(*SOURCES)
    steps: list[Step] = Field([], title="Steps", max_length=5, json_schema_extra=MAY_REFER)
    members: list[str] = Field([], title="Members", json_schema_extra={"widget": "monitors"})
    token: SecretStr = Field(SecretStr(""), title="Token")
    depth: int = Field(3, title="Depth", ge=1, le=9, json_schema_extra={**ADVANCED, "group": "Odd"})

    def target(self) -> str:
        """How far."""
        return f"{len(self.steps)} steps"

    async def probe(self, context) -> Outcome:
        """As if everything had answered 200; the assertions are judged."""
        failure = await failing(self.assertions, looking({"status": 200}), context)
        if failure:
            raise failure
        phases = {"dns": 1.0, "connect": 2.0, "total": 3.0}
        facts = {"address": "127.0.0.1", "tls_days": 61, "tls_issuer": "R11", "tls_subject": "x"}
        return Outcome(Status.UP, latency_ms=3.0, phases=phases, facts=facts)


class Settled(Check):
    """Its outcomes were confirmed before it saw them."""

    kind: ClassVar[str] = "settled"
    label: ClassVar[str] = "Settled"
    is_settled: ClassVar[bool] = True
    has_latency: ClassVar[bool] = False

    def target(self) -> str:
        """Nothing in particular."""
        return "nothing"

    async def probe(self, context) -> Outcome:
        """It is well."""
        return Outcome(Status.UP)


@pytest.fixture
def with_kinds(monkeypatch):
    """Both are among the kinds for this test."""
    for each in (Walk, Settled):
        monkeypatch.setitem(check_types(), each.kind, each)
