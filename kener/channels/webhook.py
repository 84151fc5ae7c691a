"""The webhook: a fact as signed JSON, by the Standard Webhooks scheme."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kener.channels._http import Reply, Way, post, url_problem
from kener.core.instant import SECOND, Instant, iso

PREFIX = "whsec_"
SECRET_BYTES = 24

__all__ = ["Message", "Reply", "Way", "new_secret", "send", "signature", "url_problem"]


@dataclass(frozen=True, slots=True)
class Message:
    """A fact on its way to one receiver. `id` is the same for every attempt, `sequence` rises
    with each fact."""

    id: str
    event: str
    at: Instant
    sequence: int
    data: Mapping[str, Any]

    def body(self) -> bytes:
        """The same bytes for every attempt."""
        about = {"id": self.id, "sequence": self.sequence}
        content = {"event": self.event, "timestamp": iso(self.at), "data": {**self.data, **about}}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def new_secret() -> str:
    """A secret to sign with: `whsec_` and the base64 of 24 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, time (seconds since 1970) and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send(url: str, secret: str, message: Message, now: Instant, way: Way) -> Reply:
    """One attempt, signed as of `now`. Never raises for what the receiver or the network does."""
    body, seconds = message.body(), now // SECOND
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message.id, seconds, body),
    }
    return post(url, body, headers, way)
