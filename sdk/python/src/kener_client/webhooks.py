"""Is this webhook from Kener? By the Standard Webhooks scheme."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from kener_client.errors import KenerError

PREFIX = "whsec_"
TOLERANCE = 300.0
"""Seconds by which the clocks of sender and receiver may differ."""


class WebhookRefused(KenerError):
    """It is not from Kener, or too old: answer with 400, and do nothing."""


class Event(TypedDict):
    """What happened. `data` has at least the message's `id`, which is the same when it comes a
    second time, and a `sequence`, which rises with every event."""

    event: str
    timestamp: str
    data: dict[str, Any]


def verify_webhook(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance: float = TOLERANCE,
    now: Callable[[], float] = time.time,
) -> Event:
    """The event in a webhook's request, if it is signed with this secret (`whsec_…`), and not
    longer ago than the tolerance (seconds); else WebhookRefused. The body must be as it came, byte
    by byte. ValueError when the secret is none."""
    key = _key(secret)
    given: dict[str, str] = {}
    for name, value in headers.items():
        given[name.lower()] = f"{given.get(name.lower(), '')} {value}".strip()
    message_id = given.get("webhook-id", "")
    sent_at = given.get("webhook-timestamp", "")
    _check_time(sent_at, tolerance, now())
    content = body.encode() if isinstance(body, str) else body
    signed = f"{message_id}.{sent_at}.".encode() + content
    if not message_id or not _is_signed(signed, given.get("webhook-signature", ""), key):
        raise WebhookRefused("It is not signed with this secret.", code="BAD_SIGNATURE")
    return _event(content)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("The secret is none of a webhook's: they begin with whsec_")
    return key


def _check_time(sent_at: str, tolerance: float, now: float) -> None:
    if not (sent_at.isascii() and sent_at.isdecimal() and len(sent_at) < 16):
        raise WebhookRefused("It does not say when it was sent.", code="BAD_TIMESTAMP")
    if abs(now - int(sent_at)) > tolerance:
        text = f"It was signed more than {tolerance:g} seconds from now."
        raise WebhookRefused(text, code="BAD_TIMESTAMP")


def _is_signed(signed: bytes, signatures: str, key: bytes) -> bool:
    """Every signature is looked at, as there may be several: how long it takes tells nothing."""
    digest = hmac.digest(key, signed, hashlib.sha256)
    expected = b"v1," + base64.b64encode(digest)
    found = [hmac.compare_digest(expected, each.encode()) for each in signatures.split()]
    return any(found)


def _event(content: bytes) -> Event:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
        raise WebhookRefused("It is signed, but holds no event.", code="NO_EVENT")
    return Event(
        event=str(found.get("event", "")),
        timestamp=str(found.get("timestamp", "")),
        data=found["data"],
    )
