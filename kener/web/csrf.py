"""Forms come from our own pages: a token in each, and the browser's word for where it was sent."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from kener.core.errors import Forbidden
from kener.web.address import the_config
from kener.web.database import SAFE_METHODS

FOREIGN = "This came from another website and was not carried out."
OUTDATED = "This page was open for too long. Nothing was changed; please send it again."
LIFETIME = 12 * 3600
"""Seconds for which a form may stay open before it has to be sent a second time."""

_csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    """Make `csrf_token()` known to templates. Doors check by themselves: the API has no forms."""
    if "csrf" in app.extensions:
        return
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", LIFETIME)
    # `refuse_foreign` is stricter than the Referer, and knows of the proxy before us.
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    _csrf.init_app(app)


def refuse_foreign() -> None:
    """Forbidden when the browser says that another site sent this."""
    if request.method in SAFE_METHODS or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    if "Sec-Fetch-Site" in request.headers and request.headers["Sec-Fetch-Site"] != "none":
        raise Forbidden(FOREIGN)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in _our_hosts():
        raise Forbidden(FOREIGN)


def has_valid_token() -> bool:
    """Whether the form carries a token that we gave to this browser, not too long ago."""
    if request.method in SAFE_METHODS:
        return True
    try:
        _csrf.protect()
    except CSRFError:
        return False
    return True


def _our_hosts() -> set[str]:
    return {request.host, urlsplit(the_config().public_url).netloc}
