"""How steps are written."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from kener.checks import _web_fields as web
from kener.checks._assertions import Asserting, Assertions, assertions_field
from kener.checks._fields import ADVANCED, MAY_REFER, TEXTAREA
from kener.checks._http_answer import SOURCES
from kener.checks._json_path import json_path
from kener.checks._patterns import pattern
from kener.checks._steps_values import NAME, VARIABLE
from kener.core.references import secrets_in

TAKEN_FROM = ("json:", "regex:", "header:", "cookie:", "body", "status")
ROWS: dict[str, Any] = {"widget": "rows"}


class Capture(BaseModel):
    """`source` names what of the answer becomes the variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(
        title="Variable", description="Later steps write {{ name }}", pattern=f"^{NAME.pattern}$"
    )
    source: str = Field(
        title="Taken from",
        description="json:$.token, regex:id=(\\d+), header:location, cookie:session, body, status",
        min_length=1,
        max_length=600,
        json_schema_extra={"sources": list(TAKEN_FROM)},
    )

    @field_validator("source")
    @classmethod
    def _known(cls, value: str) -> str:
        name, colon, part = value.strip().partition(":")
        if f"{name}{colon}" not in TAKEN_FROM or (colon and not part.strip()):
            raise ValueError("must be json:…, regex:…, header:…, cookie:…, body or status")
        if name == "json":
            json_path(part.strip())
        if name == "regex":
            pattern(part)
        return value.strip()

    @cached_property
    def kind(self) -> str:
        """The source without its part after the colon."""
        return self.source.partition(":")[0]

    @cached_property
    def part(self) -> str:
        """What stands after the colon."""
        part = self.source.partition(":")[2]
        return part if self.kind == "regex" else part.strip()


def _body(value: str, info: ValidationInfo) -> str:
    web.check_body(VARIABLE.sub("0", value), info)
    return value


class Step(Asserting):
    """One request, what its answer must be, and what is taken from it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field("", title="Name", description="Told when the step fails", max_length=60)
    method: web.Method = "GET"
    url: str = Field(
        title="Address",
        description="Variables may stand in its path and query",
        min_length=1,
        max_length=2000,
    )
    accepted_statuses: web.AcceptedStatuses = "200-299"
    headers: web.Headers = ""
    body_type: web.BodyKind = "raw"
    body: Annotated[
        str,
        Field(
            title="Body",
            description="Sent with the request",
            max_length=100_000,
            json_schema_extra=ADVANCED | TEXTAREA | MAY_REFER,
        ),
        AfterValidator(_body),
    ] = ""
    follow_redirects: web.FollowRedirects = True
    captures: tuple[Capture, ...] = Field(
        (),
        title="Captures",
        description="Values taken from the answer for later steps",
        max_length=20,
        json_schema_extra=ROWS,
    )
    assertions: Assertions = assertions_field(*SOURCES)

    @field_validator("name", "url", "captures", "assertions")
    @classmethod
    def _no_secret(cls, value: Any) -> Any:
        texts = value if isinstance(value, str) else [each.model_dump() for each in value]
        if secrets_in(texts):
            raise ValueError("a stored secret may stand in headers and bodies only")
        return value

    def needs(self, *kinds: str) -> bool:
        """Whether something is captured from one of these."""
        return any(each.kind in kinds for each in self.captures)
