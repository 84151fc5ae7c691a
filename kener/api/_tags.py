"""ETags (RFC 9110, 8.8 and 13): an answer that is known already is not sent again, and a change of
what somebody else has changed meanwhile is refused.

A tag is `<revision>-<digest>`. The digest is of all that is shown, so that If-None-Match is exact.
The revision is of what can be edited: If-Match compares this part alone, as else every check of a
monitor would make the tag of an edit useless. The parts are nobody's business but ours.
"""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from hashlib import blake2b
from typing import Any, Protocol, TypeVar

from flask import Response, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import PreconditionFailed

from kener.api._cors import is_open
from kener.store.locks import lock_row
from kener.web.database import held, session

READS = frozenset({"GET", "HEAD"})
CONDITIONS = ("If-Match", "If-None-Match")


class Versioned(Protocol):
    """A row that counts its changes."""

    public_id: Any
    version: Any


R = TypeVar("R", bound=Versioned)
View = TypeVar("View", bound=Callable[..., Any])


def digest_of(text: bytes) -> str:
    """A short name of this text: 128 bits."""
    return blake2b(text, digest_size=16).hexdigest()


def revision_of(row: Versioned) -> str:
    """The state of a row's editable fields, as it stands in tags."""
    return f"{row.public_id}.{row.version}"


def revision_in(data: Any) -> str | None:
    """The same, of a document that shows `id` and `version`; None of any other."""
    if isinstance(data, Mapping) and "id" in data and "version" in data:
        return f"{data['id']}.{data['version']}"
    return None


def heed(view: View) -> View:
    """See to it that no condition is passed over: a change whose view has not asked `unchanged` or
    `demand` about it is refused (412) and not done."""

    @wraps(view)
    def heeding(*args: Any, **kwargs: Any) -> Any:
        if request.method in READS or not is_conditional():
            return view(*args, **kwargs)
        with held() as own:
            response = view(*args, **kwargs)
        if "was_demanded" not in g:
            raise PreconditionFailed
        if own.is_owed:
            own.commit()
        return response

    return heeding  # type: ignore[return-value]


def unchanged(row: R, latest: Callable[[Session, R], None] = lock_row) -> None:
    """Refuse the request (412) unless its If-Match and If-None-Match hold for the row.

    To be called before a change, in its transaction. `latest` reads the row anew and lets nobody
    else change it until the end; it is asked only when there is a condition. NotFound when the row
    is gone.
    """
    if is_conditional():
        latest(session(), row)
        demand(revision_of(row))


def is_conditional() -> bool:
    """Whether this request is to be done only under a condition."""
    return any(name in request.headers for name in CONDITIONS)


def demand(revision: str | None) -> None:
    """Refuse the request (412) unless its conditions hold for this revision; None: there is none.
    Nobody else may be able to change it any more."""
    g.was_demanded = True
    wanted, unwanted = request.if_match, request.if_none_match
    if "If-Match" in request.headers:
        is_there = revision is not None and (
            wanted.star_tag or revision in _revisions(wanted.as_set())
        )
        if not is_there:
            raise PreconditionFailed
    if revision is not None and (
        unwanted.star_tag or revision in _revisions(unwanted.as_set(include_weak=True))
    ):
        raise PreconditionFailed


def _revisions(tags: Collection[str]) -> set[str]:
    return {tag.rpartition("-")[0] for tag in tags if tag} - {""}


def settle(response: Response) -> None:
    """Give what was read its tag, and say who may keep it; 304 without a body when the asker has
    it already."""
    if request.method not in READS or response.status_code != 200 or response.is_streamed:
        return
    if "ETag" not in response.headers:
        response.set_etag(digest_of(response.get_data()))
    if is_open():
        response.headers.setdefault("Cache-Control", "public, no-cache")
    else:
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.add("Authorization")
    tag, _ = response.get_etag()
    if tag is not None and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
