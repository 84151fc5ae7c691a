"""The client library of Kener, a status page and uptime monitor.

from kener_client import Kener

with Kener("https://status.example.org", "your key") as kener:
    for monitor in kener.monitors.list(tag="production"):
        print(monitor["name"], monitor["status"])
"""

from kener_client._answers import Document, etag_of, token_of
from kener_client._parts import Part
from kener_client._retries import Retries
from kener_client._rows import AsyncRows, Rows
from kener_client._version import __version__
from kener_client.client import AsyncKener, Kener
from kener_client.errors import (
    Conflict,
    Forbidden,
    IdempotencyConflict,
    InternalError,
    InvalidRequest,
    KenerError,
    KeyExpired,
    KeyRevoked,
    MethodNotAllowed,
    NetworkError,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RateLimited,
    ServerError,
    TimedOut,
    Unauthorized,
    Unavailable,
    UnexpectedAnswer,
    UnsupportedMediaType,
    Untrusted,
)
from kener_client.webhooks import Event, WebhookRefused, verify_webhook

__all__ = [
    "AsyncKener",
    "AsyncRows",
    "Conflict",
    "Document",
    "Event",
    "Forbidden",
    "IdempotencyConflict",
    "InternalError",
    "InvalidRequest",
    "Kener",
    "KenerError",
    "KeyExpired",
    "KeyRevoked",
    "MethodNotAllowed",
    "NetworkError",
    "NotFound",
    "Part",
    "PayloadTooLarge",
    "PreconditionFailed",
    "RateLimited",
    "Retries",
    "Rows",
    "ServerError",
    "TimedOut",
    "Unauthorized",
    "Unavailable",
    "UnexpectedAnswer",
    "UnsupportedMediaType",
    "Untrusted",
    "WebhookRefused",
    "__version__",
    "etag_of",
    "token_of",
    "verify_webhook",
]
