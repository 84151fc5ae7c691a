"""How each protocol is asked to go on encrypted: the dialogue before the TLS handshake."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Literal
from xml.sax.saxutils import quoteattr

from kener.checks._base import Context
from kener.checks._failures import Failure, Mismatch, TlsFailed
from kener.checks._lines import MOST_LINES, Replies, endless, hung_up, line, send, shown, until
from kener.checks._streams import Connection, Peer, ms_since

StartTls = Literal["none", "smtp", "imap", "pop3", "ftp", "postgres", "xmpp"]
Dialogue = Callable[[Connection, str], Awaitable[None]]

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
MOST_FEATURES = 10_000
XMPP_ENDS = (b"</stream:features>", b"<stream:features/>", b"</stream:error>")
XMPP_TLS = "urn:ietf:params:xml:ns:xmpp-tls"


def no_tls(protocol: str) -> Failure:
    """The server does not offer what was asked for."""
    return TlsFailed(f"the server does not offer TLS over {protocol}")


async def ask_for_tls(
    protocol: StartTls, connection: Connection, peer: Peer, context: Context
) -> None:
    """Talk up to where the handshake begins. Raises a Failure."""
    began = time.perf_counter()
    context.doing = f"asking for TLS over {protocol}"
    await DIALOGUES[protocol](connection, peer.server_name or peer.host)
    connection.phases["starttls"] = ms_since(began)


def helo_name(connection: Connection) -> str:
    """How we introduce ourselves when nobody said: by our address (RFC 5321, 4.1.3)."""
    ours = connection.writer.get_extra_info("sockname")[0]
    return f"[IPv6:{ours}]" if ":" in ours else f"[{ours}]"


async def greeting(replies: Replies) -> list[str]:
    """The texts of the server's first answer, which must be 220."""
    code, texts = await replies.next()
    if code != 220:
        raise Mismatch(f"the server greeted with {code} {shown(texts[0])}")
    return texts


async def _smtp(connection: Connection, _: str) -> None:
    replies = Replies(connection)
    await greeting(replies)
    code, offered = await replies.ask(f"EHLO {helo_name(connection)}")
    if code != 250:
        raise Mismatch(f"the server answered EHLO with {code} {shown(offered[0])}")
    await smtp_tls(replies, offered)


async def smtp_tls(replies: Replies, offered: list[str]) -> None:
    """STARTTLS (RFC 3207), if EHLO's answer offers it."""
    if "STARTTLS" not in {each.strip().upper() for each in offered[1:]}:
        raise no_tls("smtp")
    _took(*await replies.ask("STARTTLS"), wanted=220)


async def _ftp(connection: Connection, _: str) -> None:
    """RFC 4217."""
    replies = Replies(connection)
    await greeting(replies)
    _took(*await replies.ask("AUTH TLS"), wanted=234)


def _took(code: int, texts: list[str], wanted: int) -> None:
    if code != wanted:
        raise TlsFailed(f"the server refused to start TLS: {code} {shown(texts[0])}")


async def _imap(connection: Connection, _: str) -> None:
    """RFC 3501, 6.2.1."""
    first = await line(connection)
    if not first.upper().startswith("* OK"):
        raise Mismatch(f"the server greeted with {shown(first)}")
    await send(connection, "a1 STARTTLS")
    answer = await line(connection)
    lines = 1
    while not answer.startswith("a1 "):
        lines += 1
        if lines > MOST_LINES:
            raise endless()
        answer = await line(connection)
    _agreed(answer, "A1 OK")


async def _pop3(connection: Connection, _: str) -> None:
    """RFC 2595, 4."""
    first = await line(connection)
    if not first.startswith("+OK"):
        raise Mismatch(f"the server greeted with {shown(first)}")
    await send(connection, "STLS")
    _agreed(await line(connection), "+OK")


def _agreed(answer: str, wanted: str) -> None:
    if not answer.upper().startswith(wanted):
        raise TlsFailed(f"the server refused to start TLS: {shown(answer)}")


async def _postgres(connection: Connection, _: str) -> None:
    """SSLRequest: one byte comes back, S or N (PostgreSQL's protocol, 55.2.10)."""
    connection.writer.write(SSL_REQUEST)
    answer = await connection.reader.read(1)
    if not answer:
        raise hung_up(connection)
    if answer == b"N":
        raise no_tls("postgres")
    if answer != b"S":
        raise Mismatch(f"the server said {shown(answer.decode('latin-1'))}, which is no answer")


async def _xmpp(connection: Connection, name: str) -> None:
    """RFC 6120, 5.4. Only words that matter are looked for: no XML of a stranger is read."""
    opening = (
        f"<?xml version='1.0'?><stream:stream to={quoteattr(name)} version='1.0' "
        "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    connection.writer.write(opening.encode())
    features = b""
    while not features.endswith(XMPP_ENDS):
        if len(features) > MOST_FEATURES:
            raise endless()
        features += await until(connection, b">")
    if features.endswith(b"</stream:error>"):
        raise Mismatch(
            f"the server does not talk: {_words(features.rpartition(b'<stream:error')[2])}"
        )
    if XMPP_TLS.encode() not in features:
        raise no_tls("xmpp")
    connection.writer.write(f"<starttls xmlns='{XMPP_TLS}'/>".encode())
    answer = (await until(connection, b">")).decode(errors="replace")
    if "<proceed" not in answer:
        raise TlsFailed(f"the server refused to start TLS: {shown(answer)}")


def _words(error: bytes) -> str:
    """The condition and the text of a stream error (RFC 6120, 4.9) without the markup."""
    told = re.sub(r" xmlns='[^']*'|[<>/]", " ", error.decode(errors="replace"))
    return shown(told.replace("stream:error", ""))


DIALOGUES: dict[str, Dialogue] = {
    "smtp": _smtp,
    "imap": _imap,
    "pop3": _pop3,
    "ftp": _ftp,
    "postgres": _postgres,
    "xmpp": _xmpp,
}
