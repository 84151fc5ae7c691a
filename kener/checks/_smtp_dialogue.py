"""The dialogue with a mail server, up to where a mail would begin."""

import base64
import contextlib
import re
from dataclasses import dataclass, field

from kener.checks._base import Context
from kener.checks._failures import Failure, Mismatch, Unsupported
from kener.checks._lines import Replies, clean, shown
from kener.checks._starttls import greeting, helo_name, smtp_tls
from kener.checks._streams import Connection, Peer, start_tls
from kener.core.outcome import Fact

MECHANISMS = ("PLAIN", "LOGIN")


@dataclass(frozen=True, slots=True)
class Letter:
    """What to ask. `codes` are accepted for the last question; none: any from 200 to 299."""

    peer: Peer
    starttls: bool
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    mail_from: str = ""
    rcpt_to: str = ""
    codes: frozenset[int] = frozenset()
    helo_name: str = ""

    @property
    def secrets(self) -> list[str]:
        """What the server hears and nobody is to see, in all its forms."""
        plain = [self.username, self.password] if self.username else []
        return [*plain, *map(_base64, plain), *([self.both] if plain else [])]

    @property
    def both(self) -> str:
        """User name and password as SASL PLAIN sends them."""
        return _base64(f"\0{self.username}\0{self.password}")

    @property
    def last(self) -> str:
        """The question whose answer is judged by `codes`."""
        if self.mail_from:
            return "RCPT TO" if self.rcpt_to else "MAIL FROM"
        return "AUTH" if self.username else "EHLO"

    def is_good(self, step: str, code: int) -> bool:
        """Whether this is the answer that is wanted to a question."""
        if step == self.last and self.codes:
            return code in self.codes
        return 200 <= code < 300


def reply_codes(text: str) -> frozenset[int]:
    """The numbers of a text like 250,251; ValueError says what is expected."""
    parts = [each.strip() for each in text.split(",")] if text.strip() else []
    if not all(re.fullmatch(r"[2-5]\d\d", each, re.ASCII) for each in parts):
        raise ValueError("must be codes of three digits, like 250,251")
    return frozenset(int(each) for each in parts)


async def converse(
    connection: Connection, letter: Letter, facts: dict[str, Fact], context: Context
) -> None:
    """All that was asked for; what is found out goes into `facts`. Raises a Failure with them."""
    talk = _Talk(connection, letter, facts, context)
    try:
        await talk.begin()
        if letter.username:
            await talk.log_in()
        await talk.ask()
    except Failure as failure:
        failure.facts = {**facts, **failure.facts}
        failure.phases = connection.phases
        raise


class _Talk:
    def __init__(
        self, connection: Connection, letter: Letter, facts: dict[str, Fact], context: Context
    ) -> None:
        self.replies = Replies(connection)
        self.letter = letter
        self.facts = facts
        self.context = context
        self.offered: list[str] = []

    async def begin(self) -> None:
        """The greeting, EHLO, and TLS with another EHLO: what was offered before does not count."""
        connection = self.replies.connection
        self.context.doing = "waiting for the greeting"
        texts = await greeting(self.replies)
        self.facts["smtp_greeting"] = clean(texts[0])
        await self._hello()
        if self.letter.starttls:
            await smtp_tls(self.replies, self.offered)
            await start_tls(connection, self.letter.peer, self.context)
            await self._hello()

    async def _hello(self) -> None:
        name = self.letter.helo_name or helo_name(self.replies.connection)
        self.offered = [each.upper() for each in await self._step("EHLO", f"EHLO {name}")]

    async def log_in(self) -> None:
        """SASL PLAIN or LOGIN (RFC 4954, RFC 4616). The server's words are not repeated in a
        detail: they may hold what we sent."""
        offered = {
            one for each in self.offered[1:] if each[:5] == "AUTH " for one in each.split()[1:]
        }
        mechanism = next((each for each in MECHANISMS if each in offered), None)
        if mechanism is None:
            raise _no_way_in(offered)
        self.context.doing = "logging in"
        letter = self.letter
        if mechanism == "PLAIN":
            code, _ = await self.replies.ask(f"AUTH PLAIN {letter.both}")
        else:
            code, _ = await self.replies.ask("AUTH LOGIN")
            for secret in (letter.username, letter.password):
                if code == 334:
                    code, _ = await self.replies.ask(_base64(secret))
        self.facts["smtp_code"] = code
        if not letter.is_good("AUTH", code):
            why = "does not accept user name and password" if code == 535 else "refused the login"
            raise Mismatch(f"the server {why} ({code})")

    async def ask(self) -> None:
        """Sender and recipient, taken back at once; then leave without waiting for a goodbye."""
        letter = self.letter
        if letter.mail_from:
            await self._step("MAIL FROM", f"MAIL FROM:<{letter.mail_from}>")
        if letter.rcpt_to:
            await self._step("RCPT TO", f"RCPT TO:<{letter.rcpt_to}>")
        with contextlib.suppress(OSError):
            self.replies.connection.writer.write(b"RSET\r\nQUIT\r\n")
            await self.replies.connection.writer.drain()

    async def _step(self, step: str, command: str) -> list[str]:
        self.context.doing = f"waiting for the answer to {step}"
        code, texts = await self.replies.ask(command)
        self.facts["smtp_code"] = code
        if not self.letter.is_good(step, code):
            wanted = sorted(self.letter.codes) if step == self.letter.last else []
            expected = f"; expected {', '.join(map(str, wanted))}" if wanted else ""
            raise Mismatch(f"answered {step} with {code} {shown(texts[0])}{expected}")
        return texts


def _no_way_in(offered: set[str]) -> Failure:
    if not offered:
        return Mismatch("the server offers no login here")
    return Unsupported(
        f"the server only offers logins we cannot do: {clean(', '.join(sorted(offered)), 80)}"
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
