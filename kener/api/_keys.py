"""Who asks, and what they may: Bearer keys through Flask-HTTPAuth."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request
from flask_httpauth import HTTPTokenAuth
from sqlalchemy.exc import OperationalError

from kener.actions.fields import Fields
from kener.actions.keys import (
    PERMISSIONS,
    KeyRefused,
    find_key,
    is_stale,
    mark_used,
    may,
    refuse_elsewhere,
    unchanged_until,
)
from kener.api._answers import refused
from kener.api._input import query
from kener.api._openapi import Described, Gives, describe
from kener.api._repeats import once
from kener.api._tags import heed
from kener.core.instant import Instant
from kener.store.clock import now
from kener.store.keys import impatient_write
from kener.web.address import client_address, network_of, the_config
from kener.web.database import SAFE_METHODS, db, release, session
from kener.web.remembered import holds_until

log = logging.getLogger(__name__)
auth = HTTPTokenAuth("Bearer", realm="Kener API")
View = TypeVar("View", bound=Callable[..., Any])

NO_KEY = "Send an API key: Authorization: Bearer kener_…"


class NoParameters(Fields):
    """What most endpoints take."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The key of a request, as it was when the request came."""

    id: int
    public_id: str
    name: str
    permissions: tuple[str, ...]
    """Those it holds, and those that follow from them."""
    created_at: Instant
    expires_at: Instant | None
    addresses: tuple[str, ...]
    """The networks that it is kept to, or none."""
    rate_limit: int | None
    """Requests a minute; None: as the setting says."""
    is_stale: bool
    until: Instant
    """When time alone may change any of this."""


def asker() -> Asker | KeyRefused:
    """Whose key came with this request, or why it opens nothing. Looked up once a request."""
    if "asker" not in g:
        g.asker = _look_up()
    found: Asker | KeyRefused = g.asker
    return found


def _look_up() -> Asker | KeyRefused:
    credentials = auth.get_auth()
    if credentials is None or not credentials.token:
        return KeyRefused("UNAUTHORIZED", NO_KEY)
    at = now()
    try:
        # A stranger must not come near the write lock: what will write begins anew, later.
        key = find_key(session(writes=False), credentials.token, at)
        refuse_elsewhere(key, client_address())
        return Asker(
            key.id,
            key.public_id,
            key.name,
            tuple(each for each in PERMISSIONS if may(key, each)),
            key.created_at,
            key.expires_at,
            tuple(key.addresses),
            key.rate_limit,
            is_stale(key, at),
            unchanged_until(key, at),
        )
    except KeyRefused as refusal:
        return refusal
    finally:
        if request.method not in SAFE_METHODS:
            release()


def who_asks() -> str:
    """Who is counted: the key, or the address of those who have none that opens."""
    found = asker()
    if isinstance(found, Asker):
        return f"key:{found.public_id}"
    return f"from:{network_of(client_address())}"


def a_minute() -> int:
    """How many requests a minute who asks may send."""
    found = asker()
    own = found.rate_limit if isinstance(found, Asker) else None
    return own or the_config().rate_limit


def lasts(until: Instant) -> None:
    """Say of the answer to this request that it stays the same until then, unless the database is
    written to: it may be given again without asking for it."""
    found = asker()
    if isinstance(found, Asker) and not found.is_stale:
        holds_until(min(until, found.until), who_asks(), a_minute())


def needs(
    permission: str | None,
    *,
    takes: type[Fields] = NoParameters,
    sent: type[Fields] | None = None,
    gives: Gives,
    refuses: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Guard a view by a permission (None: any key will do), and check its query parameters. A POST
    with an Idempotency-Key is done once.

    For the OpenAPI document: the body that is `sent`, the answers that the view `gives`, and
    `refuses`, statuses of refusals beside those that all such views have."""

    def guard(view: View) -> View:
        guarded = auth.login_required(role=permission)(_checked(once(heed(view)), takes))
        told = Described(permission, is_open=False, refuses=refuses)

        @wraps(describe(view, told, takes=takes, sent=sent, gives=gives))
        def named(*args: Any, **kwargs: Any) -> Any:
            g.permission = permission
            return guarded(*args, **kwargs)

        return named  # type: ignore[return-value]

    return guard


def anybody(
    *,
    takes: type[Fields] = NoParameters,
    gives: Gives,
    refuses: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Leave a view open to everybody, and check its query parameters: they are `g.parameters`."""

    def guard(view: View) -> View:
        told = Described(None, is_open=True, refuses=refuses)
        return _checked(view, takes, describe(view, told, takes=takes, sent=None, gives=gives))

    return guard


def _checked(view: View, takes: type[Fields], shown: Callable[..., Any] | None = None) -> View:
    @wraps(shown or view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        g.parameters = query(takes)
        return view(*args, **kwargs)

    return checked  # type: ignore[return-value]


def holds(permission: str) -> bool:
    """Whether the key of this request has a permission."""
    found = asker()
    return isinstance(found, Asker) and permission in found.permissions


def _verify(_token: str) -> Asker | None:
    found = asker()
    return found if isinstance(found, Asker) else None


def _roles(found: Asker) -> list[str]:
    return list(found.permissions)


def _refuse(status: int) -> Response:
    found = asker()
    if isinstance(found, KeyRefused) and found.code == "FORBIDDEN":
        return refused(403, found.code, found.message)
    if isinstance(found, KeyRefused):
        response = refused(401, found.code, found.message)
        if found.message != NO_KEY:
            response.headers["WWW-Authenticate"] = 'Bearer realm="Kener API", error="invalid_token"'
        return response
    what = PERMISSIONS[g.permission]
    message = f"This API key lacks the permission {g.permission}, which it takes to {what}."
    return refused(status, "FORBIDDEN", message)


def note_use() -> None:
    """Write down that the key was used, at most once a minute, and never by waiting."""
    found = g.get("asker")
    if not isinstance(found, Asker) or not found.is_stale:
        return
    release()
    try:
        with impatient_write(db.engine) as own:
            mark_used(own, found.id, now(), client_address())
    except OperationalError:
        log.debug("the database is busy: the use of key %s is not noted", found.public_id)


auth.verify_token(_verify)
auth.get_user_roles(_roles)
auth.error_handler(_refuse)
