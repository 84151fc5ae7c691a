"""/api/me: whose key is this?"""

from flask import Response

from kener.api import bp
from kener.api._answers import done
from kener.api._keys import Asker, a_minute, asker, needs
from kener.api._shapes import Answer, Moment, Shown
from kener.core.instant import iso, iso_or_none


class MeDocument(Shown):
    """The key that asks."""

    id: str
    name: str
    permissions: list[str]
    """Those it holds, and those that follow from them."""
    created_at: Moment
    expires_at: Moment | None
    addresses: list[str]
    rate_limit: int
    """Requests a minute."""


@bp.get("/me")
@needs(None, gives=Answer[MeDocument])
def me() -> Response:
    """The key that asks, what it may do, and within which limits."""
    key = asker()
    if not isinstance(key, Asker):
        raise TypeError("a refused key came past its guard")
    return done(
        {
            "id": key.public_id,
            "name": key.name,
            "permissions": list(key.permissions),
            "created_at": iso(key.created_at),
            "expires_at": iso_or_none(key.expires_at),
            "addresses": list(key.addresses),
            "rate_limit": a_minute(),
        }
    )
