"""Answers that are known already: given again, before the application is asked, for as long as they
are certainly the same.

A view says by `holds_until` that its answer depends on the database, on what was asked and by whom,
and on time only from a moment on. Whether the database was written to meanwhile, in whatever
process, is asked for every request (`store.changes`): so a key that was revoked opens nothing any
more, and nobody ever sees what is old. Every request is counted, and gets headers of its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from math import ceil
from threading import Lock
from typing import Any, NamedTuple

from flask import request
from werkzeug.http import parse_etags

from kener.core.instant import Instant
from kener.store.changes import Changes
from kener.store.clock import now
from kener.web.counting import TAKEN, Taken
from kener.web.limits import Limits
from kener.web.request_ids import id_of

Headers = list[tuple[str, str]]
Environ = dict[str, Any]

MOST = 8_000_000
"""Bytes of bodies that are kept, in all."""
LONGEST = 1_000_000
"""Bytes of one that is worth it."""
MOST_NAMES = 500
PATIENCE = 0.5
"""Seconds for another to look an answer up that is asked for by both; then each for itself."""
HOLDS = "kener.holds"
ASKED_BY = ("HTTP_AUTHORIZATION", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_HOST")
"""All of a request's head that may decide what is answered, beside its address and conditions."""
OWN = frozenset({"x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"})
NOT_MODIFIED = "304 NOT MODIFIED"
OF_NEWS = frozenset({"cache-control", "etag", "vary"})
"""All that is said of an answer that is not sent (RFC 9110, 15.4.5)."""


class Holds(NamedTuple):
    """For how long an answer is the same, and who is counted for asking."""

    until: Instant
    who: str
    a_minute: int


def holds_until(until: Instant, who: str, a_minute: int) -> None:
    """Said by a view of its answer to a GET: but for what is written to the database it stays the
    same until then, for everybody who sends the same key from the same address."""
    request.environ[HOLDS] = Holds(until, who, a_minute)


@dataclass(slots=True)
class Answer:
    """What was answered, without what each answer has of its own."""

    version: object
    begun: Instant
    holds: Holds
    headers: Headers
    body: bytes
    tag: str
    bare: Headers = field(init=False)

    def __post_init__(self) -> None:
        self.headers = [each for each in self.headers if not _is_one(each, OWN)]
        self.bare = [each for each in self.headers if _is_one(each, OF_NEWS)]

    def is_true(self, version: object, at: Instant) -> bool:
        """Whether it is still what would be answered."""
        # Not before it was made, either: clocks are set back.
        return version == self.version and self.begun <= at < self.holds.until

    def is_known(self, condition: str) -> bool:
        """Whether an If-None-Match names it."""
        return condition.strip() == f'"{self.tag}"' or parse_etags(condition).contains_weak(
            self.tag
        )


@dataclass(slots=True)
class Question:
    """One that may be asked again. Of all who do so at once, one looks the answer up."""

    lock: Lock = field(default_factory=Lock)
    answer: Answer | None = None


class Memory:
    """Questions and answers of one process, of which the longest unasked are forgotten first."""

    def __init__(self) -> None:
        self._questions: OrderedDict[bytes, Question] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, name: bytes) -> Question | None:
        """A question that was asked before."""
        with self._lock:
            found = self._questions.get(name)
            if found is not None:
                self._questions.move_to_end(name)
            return found

    def note(self, name: bytes) -> None:
        """That this may be asked again."""
        with self._lock:
            self._questions.setdefault(name, Question())
            self._make_room()

    def keep(self, question: Question, answer: Answer | None) -> None:
        """Put an answer in the place of the one before."""
        with self._lock:
            self._size += _size_of(answer) - _size_of(question.answer)
            question.answer = answer
            self._make_room()

    @property
    def size(self) -> int:
        """Bytes of bodies."""
        return self._size

    def __len__(self) -> int:
        return len(self._questions)

    def _make_room(self) -> None:
        while self._size > MOST or len(self._questions) > MOST_NAMES:
            _, oldest = self._questions.popitem(last=False)
            self._size -= _size_of(oldest.answer)
            oldest.answer = None


def _size_of(answer: Answer | None) -> int:
    return 0 if answer is None else len(answer.body)


class Remembered:
    """A WSGI application in front of another, for the paths that begin with `prefix`."""

    def __init__(
        self, app: Callable[..., Iterable[bytes]], changes: Changes, limits: Limits, scope: str
    ) -> None:
        self._app = app
        self._changes = changes
        self._limits = limits
        self._scope = scope
        self._prefix = f"/{scope}/"
        self.memory = Memory()

    def close(self) -> None:
        """Give the connection to the database back."""
        self._changes.close()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._is_meant(environ):
            return self._app(environ, start_response)
        name = _name_of(environ)
        question = self.memory.find(name)
        if question is None:
            return self._first(name, environ, start_response)
        answer = question.answer
        if answer is not None:
            # Two waits at once. Was it written to, the request is counted all the same.
            holds = answer.holds
            taken, version = self._limits.take(
                holds.who, holds.a_minute, self._scope, self._changes.version
            )
            environ[TAKEN] = taken
            if taken.is_within and answer.is_true(version, now()):
                return _given(answer, taken, environ, start_response)
        if not question.lock.acquire(timeout=PATIENCE):
            return self._app(environ, start_response)
        try:
            return self._look_up(question, environ, start_response)
        finally:
            question.lock.release()

    def _is_meant(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] == "GET"
            and environ["PATH_INFO"].startswith(self._prefix)
            and "HTTP_AUTHORIZATION" in environ
            and environ.get("CONTENT_LENGTH") in {None, "", "0"}
            and "HTTP_TRANSFER_ENCODING" not in environ
        )

    def _first(
        self, name: bytes, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Most things are asked once; only what is asked again is kept."""
        body = self._app(environ, start_response)
        if HOLDS in environ:
            self.memory.note(name)
        return body

    def _look_up(
        self, question: Question, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """What somebody else has just looked up; else all that the application says, to keep it."""
        version, taken, answer = self._changes.version(), environ.get(TAKEN), question.answer
        if taken and taken.is_within and answer and answer.is_true(version, now()):
            return _given(answer, taken, environ, start_response)
        begun, condition = now(), environ.pop("HTTP_IF_NONE_MATCH", None)
        status, headers, body = _whole(self._app, environ)
        holds: Holds | None = environ.get(HOLDS)
        tag = dict(headers).get("ETag", "").strip('"')
        is_right = status.startswith("200 ") and tag
        answer = None
        if is_right and holds is not None and version is not None and len(body) <= LONGEST:
            answer = Answer(version, begun, holds, headers, body, tag)
        self.memory.keep(question, answer)
        if is_right and condition is not None and parse_etags(condition).contains_weak(tag):
            start_response(NOT_MODIFIED, [each for each in headers if _is_one(each, OF_NEWS | OWN)])
            return []
        start_response(status, headers)
        return [body]


def _given(
    answer: Answer, taken: Taken, environ: Environ, start_response: Callable[..., Any]
) -> Iterable[bytes]:
    own = _own_headers(environ, taken)
    condition = environ.get("HTTP_IF_NONE_MATCH")
    if condition is not None and answer.is_known(condition):
        start_response(NOT_MODIFIED, answer.bare + own)
        return []
    start_response("200 OK", answer.headers + own)
    return [answer.body]


def _is_one(header: tuple[str, str], names: Collection[str]) -> bool:
    return header[0].lower() in names


def _own_headers(environ: Environ, taken: Taken) -> Headers:
    return [
        ("X-Request-Id", id_of(environ.get("HTTP_X_REQUEST_ID", ""))),
        ("X-RateLimit-Limit", str(taken.amount)),
        ("X-RateLimit-Remaining", str(taken.remaining)),
        ("X-RateLimit-Reset", str(ceil(taken.reset_at))),
    ]


def _name_of(environ: Environ) -> bytes:
    """Who asks for what. Keys are not kept, not even here."""
    parts = [environ["PATH_INFO"], environ.get("QUERY_STRING", "")]
    parts += [environ.get(each, "") for each in ASKED_BY]
    text = "\n".join(parts)  # no header and no request line can hold one
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _whole(app: Callable[..., Iterable[bytes]], environ: Environ) -> tuple[str, Headers, bytes]:
    """All of an answer at once."""
    said: list[Any] = []

    def note(status: str, headers: Headers, _error: Any = None) -> None:
        said[:] = status, list(headers)

    given = app(environ, note)
    try:
        body = b"".join(given)
    finally:
        if hasattr(given, "close"):
            given.close()
    return said[0], said[1], body
