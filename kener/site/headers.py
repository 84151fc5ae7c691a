"""What goes along with each file: type, caching, security. The app and every target obey it."""

import mimetypes
import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from kener.core.addresses import inner

FOREVER = "public, max-age=31536000, immutable"
PAGE = "public, max-age=0, s-maxage=10, stale-if-error=86400"
SHORT = "public, max-age=60"
HASHED = ("a/", "f/", "d/")
"""Folders whose files carry a hash of their content in their name."""
CSP = "Content-Security-Policy"
POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; "
    "img-src 'self' data:{pictures}; font-src 'self'; connect-src 'self'{scripts}; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
SECURITY = {
    CSP: POLICY.format(scripts="", pictures=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
"""The policy of what may stand in others' pages, below `embed/`: it has no scripts at all."""
NOT_FRAMED = ("X-Frame-Options", "Cross-Origin-Opener-Policy")
CACHING = {
    "now.json": "public, max-age=0, s-maxage=5, must-revalidate",
    "404.html": "no-cache",
    "favicon.svg": "public, max-age=300",
    "robots.txt": "public, max-age=3600",
    "sitemap.xml": "public, max-age=3600",
    "maintenance.ics": "public, max-age=900",
    "calendar.ics": "public, max-age=900",
}
OPEN = ("now.json", "api/", "badge/", "feed.atom", "feed.rss", "maintenance.ics", "calendar.ics")
"""What scripts of other web pages may read: names of files, and of folders."""
TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".xml": "application/xml",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


def is_hashed(path: str) -> bool:
    """Whether what is under this name can never change."""
    return inner(path).startswith(HASHED)


def cache_control(path: str) -> str:
    """How long browsers and networks of caches may keep a file of the site."""
    if is_hashed(path):
        return FOREVER
    path = inner(path)
    if path.startswith("api/"):
        return "public, max-age=10, s-maxage=10"
    return CACHING.get(path, PAGE if path.endswith(".html") else SHORT)


def content_type(path: str) -> str:
    """The type by the name's end; bytes when it says nothing."""
    suffix = "." + path.rpartition(".")[2]
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def security_headers(path: str) -> dict[str, str]:
    """What keeps a page from doing what it should not."""
    if not inner(path).startswith("embed/"):
        return dict(SECURITY)
    allowed = {name: value for name, value in SECURITY.items() if name not in NOT_FRAMED}
    return allowed | {"Content-Security-Policy": FRAMED}


def extra_headers(path: str) -> dict[str, str]:
    """What only some files need: others' pages may read our JSON."""
    path = inner(path)
    if path.startswith(OPEN) or path.endswith("/feed.atom"):
        return {"Access-Control-Allow-Origin": "*"}
    return {}


class Loading(Protocol):
    """Where a page's own pictures and scripts are loaded from."""

    @property
    def picture_origins(self) -> Sequence[str]: ...

    @property
    def script_origins(self) -> Sequence[str]: ...


def policy(pages: Iterable[Loading]) -> str:
    """What pages with these may load: nothing from elsewhere, but what their owners chose."""
    pictures: dict[str, None] = {}
    scripts: dict[str, None] = {}
    for each in pages:
        pictures |= dict.fromkeys(each.picture_origins)
        scripts |= dict.fromkeys(each.script_origins)
    more = {"pictures": pictures, "scripts": scripts}
    return POLICY.format(
        **{name: "".join(f" {each}" for each in one) for name, one in more.items()}
    )


def policy_told(headers: str) -> str:
    """The policy of a `_headers` file."""
    found = re.search(f"^  {CSP}: (.*)$", headers, re.MULTILINE)
    return found[1] if found else SECURITY[CSP]


def headers_file(policy: str = SECURITY[CSP], folders: Sequence[str] = ("",)) -> str:
    """`_headers`, as static hosts read it; `folders` are those of every page and language, the
    first of them empty: the top."""
    rules = {"/*": SECURITY | {CSP: policy, "Cache-Control": PAGE}}
    rules |= {f"/{folder}*": {"Cache-Control": FOREVER} for folder in HASHED}
    for folder in folders:
        rules |= _rules_below(f"/{folder}")
    blocks = (
        "\n".join([path, *(_replacing(path, name, value) for name, value in lines.items())])
        for path, lines in rules.items()
    )
    return "\n".join(blocks) + "\n"


def _rules_below(folder: str) -> dict[str, dict[str, str]]:
    rules = {f"{folder}{path}": {"Cache-Control": value} for path, value in CACHING.items()}
    for path in OPEN:
        name = f"{folder}{path}*" if path.endswith("/") else f"{folder}{path}"
        rules[name] = {"Cache-Control": cache_control(path)} | extra_headers(path)
    framed = {"Content-Security-Policy": FRAMED, **dict.fromkeys(NOT_FRAMED, "")}
    return rules | {f"{folder}embed/*": framed}


def _replacing(path: str, name: str, value: str) -> str:
    """A later rule adds to an earlier one; `!` drops what `/*` said first. Without a value that is
    all."""
    again = name == "Cache-Control" or name in SECURITY
    drop = f"  ! {name}" if path != "/*" and again else ""
    return "\n".join(each for each in (drop, f"  {name}: {value}" if value else "") if each)
