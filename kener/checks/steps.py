"""Does a way through several pages or calls still work?"""

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks import _web_fields as web
from kener.checks._base import Check, Context
from kener.checks._failures import Failure
from kener.checks._fields import MAY_REFER, TEXTAREA
from kener.checks._hiding import scrub
from kener.checks._http_judge import Rules
from kener.checks._http_request import Transport
from kener.checks._steps_model import ROWS, Step
from kener.checks._steps_run import Prepared, Run
from kener.checks._steps_values import Address, address, names_in, variable_lines
from kener.checks._web import Place, header_lines, secrets_of, status_ranges
from kener.checks._web_fields import NO_SECRET
from kener.core.outcome import Outcome

MOST = 20


class StepsCheck(Check):
    """HTTP requests in order, with values taken from one answer for the requests after it."""

    kind: ClassVar[str] = "steps"
    label: ClassVar[str] = "Several web requests"
    family: ClassVar[str] = "Web"
    description: ClassVar[str] = "Requests in order, each with what the ones before it gave"

    variables: str = Field(
        "",
        title="Variables",
        description="One “name=value” a line; steps write {{ name }}",
        max_length=8000,
        json_schema_extra=TEXTAREA,
    )
    secret_variables: SecretStr = Field(
        NO_SECRET,
        title="Secret variables",
        description="The same, kept encrypted and never shown again",
        max_length=8000,
        json_schema_extra=TEXTAREA,
    )
    steps: tuple[Step, ...] = Field(
        title="Steps",
        description="One after the other; the first that fails ends it",
        max_length=MOST,
        json_schema_extra=ROWS | MAY_REFER | {"minItems": 1},
    )
    client_certificate: web.ClientCertificate = ""
    client_key: web.ClientKey = NO_SECRET
    ca_certificate: web.Authorities = ""
    proxy: web.ProxyAddress = ""
    proxy_username: web.ProxyUsername = ""
    proxy_password: web.ProxyPassword = NO_SECRET
    max_redirects: web.MaxRedirects = 5
    verify_tls: web.VerifyTls = True
    certificate_days: web.CertificateDays = 0
    max_kb: web.MaxKb = 256
    ip_version: web.IpVersion = "auto"
    http2: web.Http2 = False

    @field_validator("variables")
    @classmethod
    def _plain_variables(cls, value: str) -> str:
        variable_lines(value)
        return value

    @field_validator("secret_variables")
    @classmethod
    def _secret_variables(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = variable_lines(value.get_secret_value(), plain=False)
        twice = set(secret) & set(variable_lines(info.data.get("variables", "")))
        if twice:
            raise ValueError(f"“{min(twice)}” is among the other variables as well")
        return value

    @field_validator("steps")
    @classmethod
    def _known_variables(cls, value: tuple[Step, ...], info: ValidationInfo) -> tuple[Step, ...]:
        if not value:
            raise ValueError("at least one step is needed")
        if "variables" not in info.data or "secret_variables" not in info.data:
            return value
        fixed = variable_lines(info.data["variables"])
        secret = variable_lines(info.data["secret_variables"].get_secret_value(), plain=False)
        _check_variables(value, fixed, set(secret))
        return value

    def target(self) -> str:
        """The first address, and how many there are after it."""
        more = len(self.steps) - 1
        return f"{self._first.short}{f' and {more} more' if more else ''}"

    def server(self) -> tuple[str, int]:
        """The host and port of the first address."""
        return self._first.host, self._first.port

    def destination(self) -> object:
        """All servers, whatever their paths, and what secrets go to each; the proxy; whom we
        believe."""
        origins, secret = set(), set(self._secret)
        for each in self._plan:
            if not each.address.link:
                step = each.step
                told = secret.intersection(names_in(step.url, step.headers, step.body))
                origins |= {(each.address.sample.origin, name) for name in {"", *told}}
        return frozenset(origins), self._transport.trusted

    async def probe(self, context: Context) -> Outcome:
        """All steps, or as far as they go."""
        run = Run(
            transport=self._transport,
            limit=self.max_kb * 1024,
            redirects=self.max_redirects,
            certificate_days=self.certificate_days,
            values=self._fixed | self._secret,
        )
        try:
            return await run.all(self._plan, context)
        except Failure as failure:
            scrub(failure, [*self._hidden(), *run.hidden()])
            raise

    @cached_property
    def _first(self) -> Place:
        return self._plan[0].address.sample

    @cached_property
    def _fixed(self) -> dict[str, str]:
        return variable_lines(self.variables)

    @cached_property
    def _secret(self) -> dict[str, str]:
        return variable_lines(self.secret_variables.get_secret_value(), plain=False)

    @cached_property
    def _transport(self) -> Transport:
        return web.transport_of(self)

    @cached_property
    def _plan(self) -> tuple[Prepared, ...]:
        """Worked out once and not per probe."""
        return tuple(self._prepared(number, step) for number, step in enumerate(self.steps, 1))

    def _prepared(self, number: int, step: Step) -> Prepared:
        return Prepared(
            step=step,
            name=_name(number, step),
            address=address(step.url, self._fixed),
            rules=Rules(status_ranges(step.accepted_statuses), assertions=step.assertions),
            headers=tuple(header_lines(step.headers)),
        )

    def _hidden(self) -> Iterator[str]:
        """What a server may send back, and nobody is to see."""
        yield from self._secret.values()
        yield self.proxy_password.get_secret_value()
        for each in self._plan:
            yield from secrets_of(each.headers)


def _name(number: int, step: Step) -> str:
    return f"step {number} “{step.name}”" if step.name else f"step {number}"


def _check_variables(steps: tuple[Step, ...], fixed: dict[str, str], secret: set[str]) -> None:
    """ValueError when a step uses what nothing before it sets, or sets what is set for good."""
    captured: set[str] = set()
    for number, step in enumerate(steps, 1):
        try:
            where = address(step.url, fixed)
        except ValueError as error:
            raise ValueError(f"the address of step {number} {error}") from None
        _check_link(where, number, captured)
        known = captured | secret | set(fixed)
        for name in names_in(step.url, step.headers, step.body):
            if name not in known:
                raise ValueError(
                    f"step {number} uses {{{{ {name} }}}}, which nothing before it sets"
                )
        for capture in step.captures:
            if capture.name in fixed or capture.name in secret:
                raise ValueError(f"step {number} captures “{capture.name}”, which is a variable")
            captured.add(capture.name)


def _check_link(where: Address, number: int, captured: set[str]) -> None:
    if where.link and where.link not in captured:
        raise ValueError(
            f"the address of step {number} may be a {{{{ variable }}}} as a whole only if a step"
            " before it captures that"
        )


TYPE = StepsCheck
