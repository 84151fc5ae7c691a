"""What tells programs the way: `robots.txt`, `sitemap.xml`, `llms.txt`."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from kener.core.instant import iso
from kener.site.headline import page_headline
from kener.site.snapshot import Snapshot

ROBOTS = "User-agent: *\nDisallow: /f/\nDisallow: /d/\nDisallow: /admin/\n"
NOBODY = "User-agent: *\nDisallow: /\n"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def guides(
    seen: Snapshot, url: str, every_language: Sequence[str], months: Sequence[str]
) -> dict[str, str]:
    """Path → text. `url` is where the page is, `every_language` where it is in each; `months` are
    the pages of months, `2026-11`."""
    return {
        "sitemap.xml": _sitemap(seen, every_language, months),
        "llms.txt": _llms(seen, url),
    }


def robots(sitemaps: Sequence[str]) -> str:
    """`robots.txt` of a site with these; without any nobody is to come."""
    return ROBOTS + "".join(f"Sitemap: {each}\n" for each in sitemaps) if sitemaps else NOBODY


def _sitemap(seen: Snapshot, urls: Sequence[str], months: Sequence[str]) -> str:
    """Without a time where the content is another every minute: it would be a lie soon."""
    places: dict[str, str] = {"": ""}
    places |= {f"m/{each.slug}/": "" for each in seen.services}
    places |= {f"incidents/{each.public_id}/": iso(each.updated_at) for each in seen.stories}
    places |= dict.fromkeys(["history/", "maintenance/", "uptime/"], "")
    places |= {f"history/{month}/": "" for month in months}
    rows = [
        f"<url><loc>{escape(f'{url}/{place}')}</loc>"
        f"{f'<lastmod>{at}</lastmod>' if at else ''}</url>\n"
        for url in urls
        for place, at in places.items()
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAP}">\n'
    return f"{head}{''.join(rows)}</urlset>\n"


def _llms(seen: Snapshot, url: str) -> str:
    """https://llmstxt.org: what this place is, and where programs read the same."""
    title = " ".join(seen.title.split())
    return f"""# {title}

> The status page of {title}: {page_headline(seen)}

The page is replaced all the time. For the state of now read the JSON, and heed `generated` in
now.json: what is older than it promises in `every` (seconds) is not to be believed.

## For programs

- [Summary]({url}/api/v2/summary.json): all in one, as Atlassian Statuspage has it
- [Status]({url}/api/status.json): the same in the words of Kener
- [Proof of life]({url}/now.json): when the page was made and when things were last checked
- [Messages]({url}/feed.atom): every message of every incident
- [Calendar]({url}/calendar.ics): incidents and planned work
"""
