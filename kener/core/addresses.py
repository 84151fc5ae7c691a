"""First parts of addresses that have a meaning of their own, so that no page is called so."""

SITE_NAMES = frozenset(
    {
        *("m", "incidents", "history", "uptime", "maintenance", "developers", "embed"),
        *("api", "badge", "og", "a", "f", "d"),
        *("now.json", "index.html", "404.html", "_headers", "favicon.svg", "sitemap.xml"),
        *("robots.txt", "llms.txt", "feed.atom", "feed.rss", "maintenance.ics", "calendar.ics"),
    }
)
"""Of a status page: its own folders and files."""
APP_NAMES = frozenset({"admin", "api", "static", "docs", "healthz", "readyz"})
"""Of the app, whatever a page's folder holds."""


def inner(path: str) -> str:
    """A file's path within the folder of its page and its language: `now.json` of
    `eu/de/now.json`. A path as it is when it is none of ours."""
    parts = path.split("/")
    for start in range(min(3, len(parts))):
        if parts[start] in SITE_NAMES:
            return "/".join(parts[start:])
    return path
