"""Security headers for everything the app answers itself; the public page brings its own."""

from flask import Flask, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_headers(app: Flask) -> None:
    """Add what is not already said by the view."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    if "frame-ancestors *" in response.headers.get("Content-Security-Policy", ""):
        return response  # made to stand in others' pages: it says itself what else it needs
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
