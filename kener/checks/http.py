"""Does a web address answer as it should?"""

import base64
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks import _http_answer as answers
from kener.checks._base import Check, Context
from kener.checks._fields import ADVANCED, TEXTAREA, IpVersion
from kener.checks._http_request import Wish
from kener.checks._web import Place, header_lines, place, status_ranges
from kener.core.outcome import Outcome

NO_SECRET = SecretStr("")


class HttpCheck(Check):
    """One request, redirects followed by us, the answer judged."""

    kind: ClassVar[str] = "http"
    label: ClassVar[str] = "Website or web API"
    description: ClassVar[str] = "Requests a web address and judges status, content and certificate"

    url: str = Field(
        title="Address", description="Begins with http:// or https://", max_length=2000
    )
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = Field(
        "GET", title="Method"
    )
    accepted_statuses: str = Field(
        "200-299",
        title="Accepted statuses",
        description="Statuses and ranges, like 200-299,401",
        max_length=100,
    )
    keyword: str = Field(
        "", title="Keyword", description="Text to look for in the answer", max_length=500
    )
    keyword_mode: Literal["present", "absent"] = Field(
        "present", title="The keyword must be", description="Present or absent"
    )
    headers: str = Field(
        "",
        title="Headers",
        description="One “Name: value” a line",
        max_length=8000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    secret_headers: SecretStr = Field(
        NO_SECRET,
        title="Secret headers",
        description="The same, kept encrypted and never shown again; for API keys",
        max_length=8000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    body: str = Field(
        "",
        title="Body",
        description="Sent with the request",
        max_length=100_000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    content_type: str = Field(
        "",
        title="Content type of the body",
        description="Empty: application/json when the body is JSON, else text/plain",
        max_length=200,
        pattern=r"^[\x20-\x7e]*$",
        json_schema_extra=ADVANCED,
    )
    username: str = Field(
        "",
        title="User name",
        description="For basic authentication",
        max_length=200,
        json_schema_extra=ADVANCED,
    )
    password: SecretStr = Field(
        NO_SECRET, title="Password", max_length=1000, json_schema_extra=ADVANCED
    )
    bearer_token: SecretStr = Field(
        NO_SECRET,
        title="Bearer token",
        description="Sent as “Authorization: Bearer …”",
        max_length=8000,
        json_schema_extra=ADVANCED,
    )
    follow_redirects: bool = Field(
        True,
        title="Follow redirects",
        description="If not, the status of the redirect itself is judged",
        json_schema_extra=ADVANCED,
    )
    max_redirects: int = Field(
        5, ge=0, le=20, title="Most redirects to follow", json_schema_extra=ADVANCED
    )
    verify_tls: bool = Field(
        True,
        title="Verify the certificate",
        description="If not, an invalid certificate is accepted",
        json_schema_extra=ADVANCED,
    )
    certificate_days: int = Field(
        0,
        ge=0,
        le=365,
        title="Certificate warning",
        description="Degraded when fewer days are left, in days; 0: never",
        json_schema_extra=ADVANCED,
    )
    max_kb: int = Field(
        256,
        ge=1,
        le=1024,
        title="Read at most",
        description="In KB (1,024 bytes); what comes after is not read",
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = Field("auto", title="IP version", json_schema_extra=ADVANCED)
    http2: bool = Field(
        False,
        title="Offer HTTP/2",
        description="Over TLS; the server chooses",
        json_schema_extra=ADVANCED,
    )

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        place(value.strip())
        return value.strip()

    @field_validator("accepted_statuses")
    @classmethod
    def _ranges(cls, value: str) -> str:
        status_ranges(value)
        return value

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: str) -> str:
        header_lines(value)
        return value

    @field_validator("secret_headers")
    @classmethod
    def _secret_headers(cls, value: SecretStr) -> SecretStr:
        header_lines(value.get_secret_value())
        return value

    @field_validator("bearer_token")
    @classmethod
    def _token(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        token = value.get_secret_value().strip()
        if token and info.data.get("username"):
            raise ValueError("use either a user name and password or a bearer token")
        if not (token.isascii() and token.isprintable()):
            raise ValueError("must be one line of plain characters")
        return SecretStr(token)

    def target(self) -> str:
        """The address without its query, which may hold a token."""
        return self._place.short

    def server(self) -> tuple[str, int]:
        """The host and port of the address."""
        return self._place.host, self._place.port

    def destination(self) -> object:
        """The server, whatever its paths."""
        return self._place.origin

    async def probe(self, context: Context) -> Outcome:
        """Request, follow, judge."""
        return await answers.follow(self._wish, self._rules, context)

    @cached_property
    def _place(self) -> Place:
        return place(self.url)

    @cached_property
    def _rules(self) -> answers.Rules:
        """How to judge, worked out once and not per probe."""
        return answers.Rules(
            accepted=status_ranges(self.accepted_statuses),
            keyword=self.keyword,
            present=self.keyword_mode == "present",
            redirects=self.max_redirects if self.follow_redirects else None,
            certificate_days=self.certificate_days,
        )

    @cached_property
    def _wish(self) -> Wish:
        """What to ask for, worked out once and not per probe."""
        return Wish(
            place=self._place,
            method=self.method,
            headers=tuple(header_lines(self.headers)),
            secret_headers=(
                *header_lines(self.secret_headers.get_secret_value()),
                *self._authorization(),
            ),
            body=self.body.encode(),
            content_type=self.content_type,
            verify=self.verify_tls,
            http2=self.http2,
            family=self.ip_version,
            limit=self.max_kb * 1024,
            keep=bool(self.keyword),
        )

    def _authorization(self) -> list[str]:
        token = self.bearer_token.get_secret_value()
        if token:
            return [f"Authorization: Bearer {token}"]
        if not self.username:
            return []
        pair = f"{self.username}:{self.password.get_secret_value()}".encode()
        return [f"Authorization: Basic {base64.b64encode(pair).decode()}"]


TYPE = HttpCheck
