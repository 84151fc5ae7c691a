"""What came back: data, or an error."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from kener_client._retries import retry_after
from kener_client.errors import KenerError, UnexpectedAnswer, class_for
from kener_client.types import ErrorDetail

LONGEST = 500
"""Characters of a message: a proxy's page can be long."""


class Document(dict[str, Any]):
    """A document of an answer, with the tag that a change of it may be sent with."""

    etag: str | None = None


def etag_of(document: Mapping[str, object]) -> str | None:
    """The ETag that came with a document that was got, made or changed by itself; None when it
    has none, as one in a list has none."""
    return document.etag if isinstance(document, Document) else None


def token_of(monitor: Mapping[str, object]) -> str | None:
    """The token by which a job reports to this monitor; None when there is none, or the key must
    not see it."""
    url = monitor.get("heartbeat_url")
    return url.rsplit("/", 1)[-1] if isinstance(url, str) else None


def data_of(response: httpx.Response) -> Any:
    """What was asked for. UnexpectedAnswer when it is not Kener's."""
    found = object_in(response)
    if found.get("success") is not True or not isinstance(found.get("data"), dict):
        raise unexpected(response)
    document = Document(found["data"])
    document.etag = response.headers.get("ETag")
    return document


def object_in(response: httpx.Response) -> dict[str, Any]:
    """The answer itself, which is an object."""
    found = _parsed(response)
    if not isinstance(found, dict):
        raise unexpected(response)
    return found


def nothing(response: httpx.Response) -> None:
    """There is nothing in it but that all went well."""
    object_in(response)


def refusal(response: httpx.Response, now: float, hide: Callable[[str], str]) -> KenerError | None:
    """The error in an answer, also in one that is not Kener's; None when all is well. What is
    secret is hidden in its texts."""
    if response.is_success:
        return None
    if response.has_redirect_location:
        return _elsewhere(response, hide)
    error = _error_in(_parsed(response))
    code, message = hide(str(error.get("code", ""))), hide(str(error.get("message", "")))
    return class_for(code, response.status_code)(
        message[:LONGEST] or response.reason_phrase or "No reason was given.",
        code=code or f"HTTP_{response.status_code}",
        status=response.status_code,
        request_id=hide(_request_id(response) or "") or None,
        details=_details(error.get("details"), hide),
        retry_after=retry_after(response.headers.get("Retry-After"), now),
    )


def _elsewhere(response: httpx.Response, hide: Callable[[str], str]) -> UnexpectedAnswer:
    """Kener leads nobody on; but who writes http for https is led on by what stands before it."""
    there = hide(response.headers["Location"].partition("?")[0])[:LONGEST]
    return UnexpectedAnswer(
        f"The address leads on to {there}. Is the url right?",
        code="UNEXPECTED_ANSWER",
        status=response.status_code,
    )


def _error_in(found: Any) -> dict[str, Any]:
    """The error of the promised shape; push monitors are refused in Uptime Kuma's."""
    if not isinstance(found, dict):
        return {}
    error = found.get("error")
    return error if isinstance(error, dict) else {"message": found.get("msg", "")}


def _details(given: Any, hide: Callable[[str], str]) -> list[ErrorDetail]:
    texts = [
        {name: hide(str(each.get(name, ""))) for name in ("field", "code", "message")}
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict)
    ]
    return [
        ErrorDetail(field=each["field"], code=each["code"], message=each["message"])
        for each in texts
    ]


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def unexpected(response: httpx.Response) -> UnexpectedAnswer:
    """What answered is not Kener."""
    kind = response.headers.get("Content-Type", "nothing that has a name")[:60]
    return UnexpectedAnswer(
        f"The answer is not Kener's but {kind}. Is the address right?",
        code="UNEXPECTED_ANSWER",
        status=response.status_code,
        request_id=_request_id(response),
    )


def _request_id(response: httpx.Response) -> str | None:
    found = response.headers.get("X-Request-Id")
    return found[:64] if found else None
