"""/api/me: whose key is this?"""

from flask import Response

from kener.api import bp
from kener.api._answers import done
from kener.api._keys import Asker, asker, needs
from kener.core.instant import iso, iso_or_none


@bp.get("/me")
@needs(None)
def me() -> Response:
    """The key that asks, and what it may do."""
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
        }
    )
