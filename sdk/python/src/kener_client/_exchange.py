"""How a call is carried out: sent, looked at, perhaps sent again after a while.

It is told as a conversation with whoever can send and wait, so that it stands here once for both
manners of doing that.
"""

import ssl
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from kener_client._answers import refusal
from kener_client._calls import Call
from kener_client._retries import Retries
from kener_client._settings import Settings
from kener_client.errors import KenerError, NetworkError, TimedOut, Untrusted


@dataclass(frozen=True, slots=True)
class Send:
    """Send this, and go on with the answer, or with why there is none."""

    call: Call[Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds, and go on with None."""

    seconds: float


Outcome: TypeAlias = httpx.Response | httpx.RequestError | None
Exchange: TypeAlias = Generator[Send | Wait, Outcome, Any]


def exchange(call: Call[Any], settings: Settings, retries: Retries) -> Exchange:
    """What the call asked for, or a KenerError."""
    attempt = 1
    while True:
        outcome = yield Send(call)
        if isinstance(outcome, httpx.Response):
            error = refusal(outcome, retries.now(), lambda text: settings.hide(text, *call.hidden))
            if error is None:
                return call.read(outcome)
        else:
            error = _no_answer(outcome, call, settings)
        wait = retries.wait_after(error, attempt)
        if wait is None:
            raise error
        yield Wait(wait)
        attempt += 1


def _no_answer(error: httpx.RequestError | None, call: Call[Any], settings: Settings) -> KenerError:
    host = urlsplit(settings.url).netloc
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"{host} did not answer in time.", code="TIMED_OUT")
    # Of httpx's errors only the text is told: they hold the request, with the key in it.
    reason = settings.hide(str(error), *call.hidden) or type(error).__name__
    if _is_of_trust(error):
        return Untrusted(f"{host} is not trusted: {reason}", code="UNTRUSTED")
    return NetworkError(f"{host} cannot be reached: {reason}", code="NETWORK_ERROR")


def _is_of_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
