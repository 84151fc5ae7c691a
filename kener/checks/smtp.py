"""Does a mail server take our mail? Asked up to where a mail would begin, never sent."""

from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from kener.checks._addresses import clean_host
from kener.checks._base import Check, Context
from kener.checks._failures import Failure
from kener.checks._fields import (
    ADVANCED,
    MAY_REFER,
    Host,
    IpVersion,
    Port,
    VerifyTls,
    host_and_port,
)
from kener.checks._hiding import scrub
from kener.checks._smtp_dialogue import Letter, converse, reply_codes
from kener.checks._streams import Peer, connected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

NO_SECRET = SecretStr("")
MAILBOX = r"^([!-;=?A-~]+@[A-Za-z0-9.:\[\]-]+)?$"


class SmtpCheck(Check):
    """A dialogue with a mail server (RFC 5321) that ends before DATA."""

    kind: ClassVar[str] = "smtp"
    label: ClassVar[str] = "Mail server (SMTP)"
    description: ClassVar[str] = "Greets a mail server, can log in and ask whether it takes a mail"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(587, title="Port", description="Usually 587, 465 (TLS) or 25")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        title="Encryption",
        description="starttls: asked for; tls: from the start; none: never",
    )
    username: str = Field(
        "",
        title="User name",
        description="To log in; empty: not",
        max_length=200,
        json_schema_extra=MAY_REFER,
    )
    password: SecretStr = Field(NO_SECRET, title="Password", max_length=1000)
    mail_from: str = Field(
        "",
        title="Sender",
        description="Asks whether the server takes mail from this address",
        max_length=254,
        pattern=MAILBOX,
    )
    rcpt_to: str = Field(
        "",
        title="Recipient",
        description="Asks whether it takes mail for this address; nothing is sent",
        max_length=254,
        pattern=MAILBOX,
    )
    accepted_codes: str = Field(
        "",
        title="Accepted codes",
        description="Of the answer to the last question, like 250,251; empty: any 2xx",
        max_length=100,
        json_schema_extra=ADVANCED,
    )
    helo_name: str = Field(
        "",
        title="Our name",
        description="How we introduce ourselves; empty: by our address",
        max_length=253,
        json_schema_extra=ADVANCED,
    )
    allow_plain_login: bool = Field(
        False,
        title="Log in without encryption",
        description="Anybody on the way can read the password then",
        json_schema_extra=ADVANCED,
    )
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @field_validator("rcpt_to")
    @classmethod
    def _from_somebody(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("mail_from"):
            raise ValueError("needs a sender as well")
        return value

    @field_validator("accepted_codes")
    @classmethod
    def _codes(cls, value: str) -> str:
        reply_codes(value)
        return value

    @field_validator("helo_name")
    @classmethod
    def _name(cls, value: str) -> str:
        return clean_host(value) if value.strip() else ""

    @model_validator(mode="after")
    def _keeps_the_password(self) -> Self:
        if self.username and self.security == "none" and not self.allow_plain_login:
            raise ValueError("to log in without encryption must be allowed")
        return self

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    def destination(self) -> object:
        """A password that went out encrypted, to a server that was verified, is not to be told
        without."""
        return self.target(), self.security, self.verify_tls

    async def probe(self, context: Context) -> Outcome:
        """Greet, encrypt, log in, ask, take leave."""
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            try:
                await converse(connection, self._letter, facts, context)
            except Failure as failure:
                scrub(failure, self._letter.secrets)
                raise
        return Outcome(Status.UP, phases=connection.phases, facts=facts)

    @cached_property
    def _peer(self) -> Peer:
        return Peer(self.host, self.port, self.ip_version, self.security == "tls", self.verify_tls)

    @cached_property
    def _letter(self) -> Letter:
        return Letter(
            peer=self._peer,
            starttls=self.security == "starttls",
            username=self.username,
            password=self.password.get_secret_value(),
            mail_from=self.mail_from,
            rcpt_to=self.rcpt_to,
            codes=reply_codes(self.accepted_codes),
            helo_name=self.helo_name,
        )


TYPE = SmtpCheck
