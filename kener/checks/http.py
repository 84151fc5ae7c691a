"""Does a web address answer as it should?"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks import _web_fields as web
from kener.checks._assertions import Asserting, Assertions, assertions_field
from kener.checks._base import Check, Context
from kener.checks._failures import Failure
from kener.checks._fields import TEXTAREA
from kener.checks._hiding import scrub
from kener.checks._http_answer import SOURCES, follow
from kener.checks._http_judge import Rules, judge
from kener.checks._http_request import Transport, Wish
from kener.checks._http_tokens import Client, Tokens
from kener.checks._web import Place, header_lines, place, secrets_of, status_ranges
from kener.checks._web_bodies import TYPES, encoded
from kener.checks._web_fields import NO_SECRET
from kener.core.outcome import Outcome


class HttpCheck(Asserting, Check):
    """One request, redirects followed by us, the answer judged."""

    kind: ClassVar[str] = "http"
    label: ClassVar[str] = "Website or web API"
    family: ClassVar[str] = "Web"
    description: ClassVar[str] = "Requests a web address and judges status, content and certificate"

    url: web.WebAddress
    method: web.Method = "GET"
    accepted_statuses: web.AcceptedStatuses = "200-299"
    keyword: str = Field(
        "", title="Keyword", description="Text to look for in the answer", max_length=500
    )
    keyword_mode: Literal["present", "absent"] = Field("present", title="The keyword must be")
    assertions: Assertions = assertions_field(*SOURCES)
    headers: web.Headers = ""
    secret_headers: SecretStr = Field(
        NO_SECRET,
        title="Secret headers",
        description="The same, kept encrypted and never shown again; for API keys",
        max_length=8000,
        json_schema_extra=web.REQUEST | TEXTAREA,
    )
    body_type: web.BodyKind = "raw"
    body: web.Body = ""
    content_type: str = Field(
        "",
        title="Content type of the body",
        description="Empty: that of its type; of a raw body JSON when it is, else plain text",
        max_length=200,
        pattern=r"^[\x20-\x7e]*$",
        json_schema_extra=web.REQUEST,
    )
    username: str = Field(
        "",
        title="User name",
        description="For basic authentication",
        max_length=200,
        json_schema_extra=web.SIGNING_IN,
    )
    password: SecretStr = Field(
        NO_SECRET, title="Password", max_length=1000, json_schema_extra=web.SIGNING_IN
    )
    bearer_token: SecretStr = Field(
        NO_SECRET,
        title="Bearer token",
        description="Sent as “Authorization: Bearer …”",
        max_length=8000,
        json_schema_extra=web.SIGNING_IN,
    )
    oauth_token_url: str = Field(
        "",
        title="OAuth 2.0 token address",
        description="Where to get an access token by client credentials",
        max_length=2000,
        json_schema_extra=web.SIGNING_IN,
    )
    oauth_client_id: str = Field(
        "", title="OAuth 2.0 client id", max_length=500, json_schema_extra=web.SIGNING_IN
    )
    oauth_client_secret: SecretStr = Field(
        NO_SECRET,
        title="OAuth 2.0 client secret",
        max_length=4000,
        validate_default=True,
        json_schema_extra=web.SIGNING_IN,
    )
    oauth_scope: str = Field(
        "", title="OAuth 2.0 scope", max_length=1000, json_schema_extra=web.SIGNING_IN
    )
    oauth_audience: str = Field(
        "", title="OAuth 2.0 audience", max_length=1000, json_schema_extra=web.SIGNING_IN
    )
    oauth_method: Literal["basic", "post"] = Field(
        "basic",
        title="OAuth 2.0 credentials go",
        description="basic: in a header; post: in the form",
        json_schema_extra=web.SIGNING_IN,
    )
    client_certificate: web.ClientCertificate = ""
    client_key: web.ClientKey = NO_SECRET
    ca_certificate: web.Authorities = ""
    proxy: web.ProxyAddress = ""
    proxy_username: web.ProxyUsername = ""
    proxy_password: web.ProxyPassword = NO_SECRET
    follow_redirects: web.FollowRedirects = True
    max_redirects: web.MaxRedirects = 5
    verify_tls: web.VerifyTls = True
    certificate_days: web.CertificateDays = 0
    certificate_down_days: int = Field(
        0,
        ge=0,
        le=365,
        title="Certificate limit",
        description="Down when fewer days are left; 0: only once it has expired",
        json_schema_extra=web.CERTIFICATES | {"unit": "days"},
    )
    max_kb: web.MaxKb = 256
    ip_version: web.IpVersion = "auto"
    http2: web.Http2 = False

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

    @field_validator("oauth_token_url")
    @classmethod
    def _token_address(cls, value: str, info: ValidationInfo) -> str:
        if not value.strip():
            return ""
        token = info.data.get("bearer_token")
        if info.data.get("username") or (token and token.get_secret_value()):
            raise ValueError("use one of: user name and password, bearer token, OAuth 2.0")
        place(value.strip())
        return value.strip()

    @field_validator("oauth_client_secret")
    @classmethod
    def _whole_client(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("oauth_token_url") and not (
            info.data.get("oauth_client_id") and value.get_secret_value()
        ):
            raise ValueError("a token address needs a client id and a client secret")
        return value

    @field_validator("certificate_down_days")
    @classmethod
    def _below_warning(cls, value: int, info: ValidationInfo) -> int:
        warned = info.data.get("certificate_days")
        if warned and value > warned:
            raise ValueError(f"must not be more than the {warned} days of the warning")
        return value

    def target(self) -> str:
        """The address without its query, which may hold a token."""
        return self._place.short

    def server(self) -> tuple[str, int]:
        """The host and port of the address."""
        return self._place.host, self._place.port

    def destination(self) -> object:
        """The server, whatever its paths; who gives tokens; the proxy; whom we believe."""
        tokens = place(self.oauth_token_url).origin if self.oauth_token_url else None
        return self._place.origin, tokens, self._transport.trusted

    async def probe(self, context: Context) -> Outcome:
        """Request, follow, judge."""
        redirects = self.max_redirects if self.follow_redirects else None
        try:
            if self._tokens:
                trail = await self._tokens.follow(self._wish, redirects, context)
            else:
                trail = await follow(self._wish, redirects, context)
            return await judge(trail, self._rules, context)
        except Failure as failure:
            scrub(failure, self._hidden())
            raise

    @cached_property
    def _place(self) -> Place:
        return place(self.url)

    @cached_property
    def _transport(self) -> Transport:
        return web.transport_of(self)

    @cached_property
    def _tokens(self) -> Tokens | None:
        """Kept as long as this check, so in memory only."""
        if not self.oauth_token_url:
            return None
        client = Client(
            place=place(self.oauth_token_url),
            client_id=self.oauth_client_id,
            client_secret=self.oauth_client_secret.get_secret_value(),
            scope=self.oauth_scope,
            audience=self.oauth_audience,
            in_body=self.oauth_method == "post",
        )
        same = client.place.origin == self._place.origin
        return Tokens(client, self._transport if same else replace(self._transport, client=None))

    @cached_property
    def _rules(self) -> Rules:
        """How to judge, worked out once and not per probe."""
        return Rules(
            accepted=status_ranges(self.accepted_statuses),
            keyword=self.keyword,
            present=self.keyword_mode == "present",
            assertions=self.assertions,
            degraded_days=self.certificate_days,
            down_days=self.certificate_down_days,
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
            body=encoded(self.body, self.body_type),
            content_type=self.content_type or TYPES[self.body_type],
            transport=self._transport,
            limit=self.max_kb * 1024,
            keep=self._rules.needs_body,
            keep_headers=self._rules.needs_headers,
        )

    def _authorization(self) -> list[str]:
        token = self.bearer_token.get_secret_value()
        if token:
            return [f"Authorization: Bearer {token}"]
        if not self.username:
            return []
        pair = f"{self.username}:{self.password.get_secret_value()}".encode()
        return [f"Authorization: Basic {base64.b64encode(pair).decode()}"]

    def _hidden(self) -> Iterator[str]:
        """What a server may send back, and nobody is to see."""
        yield from secrets_of(self._wish.headers)
        for line in self._wish.secret_headers:
            yield line.partition(":")[2].strip().removeprefix("Bearer ").removeprefix("Basic ")
        for secret in (self.password, self.oauth_client_secret, self.proxy_password):
            yield secret.get_secret_value()
        yield from self._tokens or ()


TYPE = HttpCheck
