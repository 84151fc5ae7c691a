"""What can go wrong. Everything that this library raises of its own accord is a KenerError."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from kener_client.types import ErrorDetail


class KenerError(Exception):
    """Something was not done. `status` is the HTTP status, None when no answer came; `code` is for
    programs, `message` for people; `request_id` is what Kener's log knows the request by; `details`
    name each bad field; `retry_after` is in how many seconds to come again, None: nobody said."""

    def __init__(  # noqa: PLR0913 - it is what an error says
        self,
        message: str,
        *,
        code: str = "",
        status: int | None = None,
        request_id: str | None = None,
        details: Sequence[ErrorDetail] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.details = list(details)
        self.retry_after = retry_after

    def __str__(self) -> str:
        said = " ".join(str(each) for each in (self.status, self.code) if each)
        text = f"{said}: {self.message}" if said else self.message
        for each in self.details:
            text += f" [{each['field']}: {each['message']}]"
        return f"{text} (request {self.request_id})" if self.request_id else text

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is made again of its one argument, unless it says what else it takes.
        known = {name: value for name, value in vars(self).items() if name != "message"}
        return partial(type(self), **known), (self.message,)


class NetworkError(KenerError):
    """No answer came: the address is wrong, or something on the way is broken."""


class TimedOut(NetworkError):
    """No answer came in time."""


class Untrusted(NetworkError):
    """What is at the address cannot show that it is who it says: its certificate is not trusted."""


class UnexpectedAnswer(KenerError):
    """What answered does not speak as Kener does: a proxy perhaps, or another program."""


class Unauthorized(KenerError):
    """There is no key, or none that Kener knows."""


class KeyExpired(Unauthorized):
    """The time of the key is over."""


class KeyRevoked(Unauthorized):
    """Somebody revoked the key, or gave it a new secret."""


class Forbidden(KenerError):
    """The key lacks a permission, or may not be used from this address."""


class NotFound(KenerError):
    """There is nothing of this id."""


class InvalidRequest(KenerError):
    """A field or parameter is missing, wrong or unknown; `details` name each."""


class MethodNotAllowed(KenerError):
    """The address does not take the method: this library may be newer than that Kener."""


class Conflict(KenerError):
    """Somebody changed it meanwhile, or it is in the wrong state."""


class IdempotencyConflict(Conflict):
    """The idempotency key came with another body, or its first request is still at work."""


class PreconditionFailed(KenerError):
    """It is another by now than the `etag` says: get it again, and look."""


class PayloadTooLarge(KenerError):
    """More than 1 MB was sent."""


class UnsupportedMediaType(KenerError):
    """What was sent is not JSON."""


class RateLimited(KenerError):
    """Too many requests; `retry_after` says in how many seconds to come again."""


class ServerError(KenerError):
    """Something is wrong with Kener itself, or with what stands before it."""


class InternalError(ServerError):
    """A bug of Kener's; its log knows it by `request_id`."""


class Unavailable(ServerError):
    """Kener, or its database, cannot answer now."""


BY_CODE: Mapping[str, type[KenerError]] = {
    "INVALID_REQUEST": InvalidRequest,
    "UNAUTHORIZED": Unauthorized,
    "KEY_EXPIRED": KeyExpired,
    "KEY_REVOKED": KeyRevoked,
    "FORBIDDEN": Forbidden,
    "NOT_FOUND": NotFound,
    "METHOD_NOT_ALLOWED": MethodNotAllowed,
    "CONFLICT": Conflict,
    "IDEMPOTENCY_CONFLICT": IdempotencyConflict,
    "PRECONDITION_FAILED": PreconditionFailed,
    "PAYLOAD_TOO_LARGE": PayloadTooLarge,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaType,
    "RATE_LIMITED": RateLimited,
    "INTERNAL_ERROR": InternalError,
    "UNAVAILABLE": Unavailable,
}
"""Every code of the API."""
BY_STATUS: Mapping[int, type[KenerError]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    409: Conflict,
    412: PreconditionFailed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
    429: RateLimited,
    500: InternalError,
}
"""For codes that are newer than this library, and for what stands before Kener and has none."""


def class_for(code: str, status: int) -> type[KenerError]:
    """The error of a refusal."""
    other = ServerError if status >= 500 else KenerError
    return BY_CODE.get(code) or BY_STATUS.get(status, other)
