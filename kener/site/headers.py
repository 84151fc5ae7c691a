"""What goes along with each file: type, caching, security. The app and every target obey it."""

import mimetypes

FOREVER = "public, max-age=31536000, immutable"
PAGE = "public, max-age=0, s-maxage=10, stale-if-error=86400"
SHORT = "public, max-age=60"
HASHED = ("a/", "f/", "d/")
"""Folders whose files carry a hash of their content in their name."""
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'self'"
    ),
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
    return path.startswith(HASHED)


def cache_control(path: str) -> str:
    """How long browsers and networks of caches may keep a file of the site."""
    if is_hashed(path):
        return FOREVER
    if path.startswith("api/"):
        return "public, max-age=10, s-maxage=10"
    return CACHING.get(path, PAGE if path.endswith(".html") else SHORT)


def content_type(path: str) -> str:
    """The type by the name's end; bytes when it says nothing."""
    suffix = "." + path.rpartition(".")[2]
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def security_headers(path: str) -> dict[str, str]:
    """What keeps a page from doing what it should not."""
    if not path.startswith("embed/"):
        return dict(SECURITY)
    allowed = {name: value for name, value in SECURITY.items() if name not in NOT_FRAMED}
    return allowed | {"Content-Security-Policy": FRAMED}


def extra_headers(path: str) -> dict[str, str]:
    """What only some files need: others' pages may read our JSON."""
    if path.startswith(OPEN) or path.endswith("/feed.atom"):
        return {"Access-Control-Allow-Origin": "*"}
    return {}


def headers_file() -> str:
    """`_headers`, as static hosts read it."""
    rules = {"/*": SECURITY | {"Cache-Control": PAGE}}
    rules |= {f"/{folder}*": {"Cache-Control": FOREVER} for folder in HASHED}
    rules |= {f"/{path}": {"Cache-Control": value} for path, value in CACHING.items()}
    for path in OPEN:
        name = f"/{path}*" if path.endswith("/") else f"/{path}"
        rules[name] = {"Cache-Control": cache_control(path)} | extra_headers(path)
    rules["/embed/*"] = {"Content-Security-Policy": FRAMED, **dict.fromkeys(NOT_FRAMED, "")}
    blocks = (
        "\n".join([path, *(_replacing(path, name, value) for name, value in lines.items())])
        for path, lines in rules.items()
    )
    return "\n".join(blocks) + "\n"


def _replacing(path: str, name: str, value: str) -> str:
    """A later rule adds to an earlier one; `!` drops what `/*` said first. Without a value that is
    all."""
    again = name == "Cache-Control" or name in SECURITY
    drop = f"  ! {name}" if path != "/*" and again else ""
    return "\n".join(each for each in (drop, f"  {name}: {value}" if value else "") if each)
