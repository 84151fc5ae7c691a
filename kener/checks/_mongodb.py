"""MongoDB's wire protocol (OP_MSG) and its SCRAM (RFC 5802, RFC 7677), over our own connections:
the driver cannot be told which address to call while it verifies the name. BSON is pymongo's."""

import base64
import hashlib
import hmac
import json
import secrets
import struct
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import bson
from bson import json_util
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from pymongo.saslprep import saslprep

from kener.checks._base import Context
from kener.checks._dsn import Dsn
from kener.checks._failures import Failure, Mismatch
from kener.checks._streams import Connection
from kener.checks._wire import exactly, nonsense

OP_MSG = 2013
MOST_BYTES = 1_000_000
MOST_ITERATIONS = 200_000
OPTIONS = CodecOptions[dict[str, Any]](
    unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
"""Nothing that a document may hold is an error: texts of old clients, dates beyond Python's."""
HEAD = struct.Struct("<iiiiI")
MECHANISMS = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1"}
BAD_CREDENTIALS, TOO_LONG, NO_SUCH_COMMAND = 18, 50, 59


class Refused(Exception):
    """The server answered with an error of this code."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code


async def command(connection: Connection, document: Mapping[str, Any]) -> dict[str, Any]:
    """Send a command and return the reply. Raises Refused, or a Failure."""
    body = bson.encode(document)
    connection.writer.write(HEAD.pack(HEAD.size + 1 + len(body), 1, 0, OP_MSG, 0) + b"\0" + body)
    length, _, _, code, _ = HEAD.unpack(await exactly(connection, HEAD.size))
    if code != OP_MSG or length < HEAD.size + 6:
        raise nonsense("MongoDB's protocol")
    if length > MOST_BYTES:
        raise Mismatch(f"the answer has {length} bytes; at most {MOST_BYTES} are read")
    answer = await exactly(connection, length - HEAD.size)
    return _checked(_decoded(answer))


def _decoded(answer: bytes) -> dict[str, Any]:
    end = 1 + int.from_bytes(answer[1:5], "little")  # a checksum may follow
    try:
        if answer[0] != 0:
            raise nonsense("MongoDB's protocol")
        return bson.decode(answer[1:end], OPTIONS)
    except (BSONError, RecursionError, ValueError, OverflowError):
        raise nonsense("MongoDB's protocol") from None


def _checked(reply: dict[str, Any]) -> dict[str, Any]:
    if reply.get("ok") == 1:
        return reply
    code = reply.get("code")
    raise Refused(code if isinstance(code, int) else 0, str(reply.get("errmsg", ""))[:1000])


async def hello(connection: Connection, dsn: Dsn) -> dict[str, Any]:
    """The server's first words; with a user also by what mechanisms it may sign in."""
    client = {
        "driver": {"name": "kener", "version": "1"},
        "os": {"type": "Linux"},
        "application": {"name": "kener"},
    }
    asked: dict[str, Any] = {"hello": 1, "client": client, "$db": "admin"}
    if dsn.user:
        asked["saslSupportedMechs"] = f"{source(dsn)}.{dsn.user}"
    try:
        return await command(connection, asked)
    except Refused as error:
        if error.code != NO_SUCH_COMMAND:
            raise
        del asked["hello"]
        return await command(connection, {"isMaster": 1, **asked})


def source(dsn: Dsn) -> str:
    """The database that knows the user."""
    return dsn.options.get("authSource") or dsn.database or "admin"


async def sign_in(
    connection: Connection, dsn: Dsn, offered: Mapping[str, Any], context: Context
) -> None:
    """SCRAM in both directions: the server, too, must show that it knows the password."""
    mechanism = dsn.options.get("authMechanism", "").upper() or _best(offered)
    digest = MECHANISMS[mechanism]
    nonce = secrets.token_urlsafe(24)
    first = f"n={dsn.user.replace('=', '=3D').replace(',', '=2C')},r={nonce}"
    start = {
        "saslStart": 1,
        "mechanism": mechanism,
        "payload": f"n,,{first}".encode(),
        "options": {"skipEmptyExchange": True},
        "$db": source(dsn),
    }
    reply = await command(connection, start)
    server_first = bytes(reply.get("payload") or b"").decode(errors="replace")
    challenge = _fields(server_first)
    if not challenge.get("r", "").startswith(nonce):
        raise nonsense("SCRAM")
    work = partial(_salted, digest, _password(dsn, digest), *_salt(challenge))
    salted = await context.blocking(work)
    final = f"c=biws,r={challenge['r']}"
    signed = f"{first},{server_first},{final}".encode()
    proof = base64.b64encode(_proof(digest, salted, signed)).decode()
    step = {"saslContinue": 1, "conversationId": reply.get("conversationId"), "$db": source(dsn)}
    reply = await command(connection, step | {"payload": f"{final},p={proof}".encode()})
    seen = _fields(bytes(reply.get("payload") or b"").decode(errors="replace")).get("v", "")
    expected = base64.b64encode(_mac(digest, _mac(digest, salted, b"Server Key"), signed)).decode()
    if not hmac.compare_digest(seen.encode(), expected.encode()):
        raise Mismatch("the server does not know this user's password: it may be another's")
    if not reply.get("done"):
        await command(connection, step | {"payload": b""})


def _best(offered: Mapping[str, Any]) -> str:
    mechanisms = offered.get("saslSupportedMechs")
    known = mechanisms if isinstance(mechanisms, list) else []
    return "SCRAM-SHA-1" if known and "SCRAM-SHA-256" not in known else "SCRAM-SHA-256"


def _password(dsn: Dsn, digest: str) -> bytes:
    if digest == "sha1":
        text = f"{dsn.user}:mongo:{dsn.password}".encode()
        return hashlib.md5(text, usedforsecurity=False).hexdigest().encode()
    try:
        return str(saslprep(dsn.password)).encode()
    except ValueError:
        raise Mismatch("the password has characters that SCRAM does not allow") from None


def _salt(challenge: Mapping[str, str]) -> tuple[bytes, int]:
    try:
        salt, count = base64.b64decode(challenge["s"]), int(challenge["i"])
    except (KeyError, ValueError):
        raise nonsense("SCRAM") from None
    if not 4096 <= count <= MOST_ITERATIONS:
        raise Mismatch("the server asks for an unreasonable number of SCRAM iterations")
    return salt, count


@lru_cache(maxsize=256)
def _salted(digest: str, password: bytes, salt: bytes, count: int) -> bytes:
    """Takes 10 ms or more: in a thread, and remembered, as drivers do."""
    return hashlib.pbkdf2_hmac(digest, password, salt, count)


def _proof(digest: str, salted: bytes, signed: bytes) -> bytes:
    key = _mac(digest, salted, b"Client Key")
    signature = _mac(digest, hashlib.new(digest, key).digest(), signed)
    return bytes(one ^ other for one, other in zip(key, signature, strict=True))


def _mac(digest: str, key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, digest).digest()


def _fields(text: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in text.split(",") if "=" in each)


def as_document(text: str) -> dict[str, Any]:
    """What a filter means, in MongoDB's extended JSON; ValueError if it is none."""
    try:
        document = json_util.loads(text)
        bson.encode(document)
    except (BSONError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise ValueError("must be a filter in MongoDB's extended JSON") from None
    return dict(document)


def as_json(document: Any) -> Any:
    """A JSON value of what was found; a date is {"$date": …}, an id {"$oid": …}. Takes half a
    second for a megabyte. A Failure when it is nested too deep."""
    try:
        return json.loads(json_util.dumps(document, json_options=json_util.RELAXED_JSON_OPTIONS))
    except RecursionError:
        raise Mismatch("the document is nested too deep to be read") from None


def failure_of(error: Refused, dsn: Dsn) -> Failure:
    """What a refusal means."""
    if error.code == BAD_CREDENTIALS:
        return Mismatch("the server refused the user or password")
    return Mismatch(f"the server answered: {dsn.told(str(error))}")
