"""What stands beside every screen: how publishing goes."""

import pytest
from factories import NOW
from forms import HTMX

from kener.admin._context import health
from kener.core.instant import MINUTE, SECOND
from kener.store.tables import Publication


def a_publication(**given):
    own = {
        "page_id": 1,
        "dirty_seq": 3,
        "published_seq": 3,
        "failures": 0,
        "error": "",
        "published_at": NOW - 22 * SECOND,
        "took_ms": 900,
        "files_changed": 2,
    }
    return Publication(**own | given)


@pytest.mark.parametrize(
    ("given", "headline", "detail", "bad"),
    [
        ({}, "Published 22 s ago", "2 files changed, 0.9 s. Next in 38 s.", False),
        ({"files_changed": 1}, "Published 22 s ago", "1 file changed, 0.9 s. Next in 38 s.", False),
        (
            {"published_at": NOW - 61 * SECOND},
            "Published 1 min ago",
            "2 files changed, 0.9 s. Next any moment.",
            False,
        ),
        ({"dirty_seq": 4}, "Published 22 s ago", "Your last change is on its way.", False),
        (
            {"published_at": NOW - 4 * MINUTE},
            "Published 4 min ago",
            "Later than usual. Is a worker running?",
            True,
        ),
        (
            {"published_at": None},
            "Not published yet",
            "The page appears after the first build.",
            False,
        ),
        (
            {"failures": 2, "error": "The disk is full."},
            "Publishing fails",
            "The disk is full. Last published 22 s ago.",
            True,
        ),
        (
            {"failures": 1, "published_at": None},
            "Publishing fails",
            "See the log. Never published.",
            True,
        ),
        # a clock that was set back tells of no negative age
        ({"published_at": NOW + MINUTE}, "Published 0 s ago", None, False),
    ],
)
def test_the_foot_says_how_publishing_goes(given, headline, detail, bad):
    said = health(a_publication(**given), 60, NOW)

    assert (said.headline, said.bad) == (headline, bad)
    assert detail is None or said.detail == detail


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_foot_keeps_itself_fresh(browser):
    piece = browser.get("/admin/published", headers=HTMX).text

    assert piece.startswith('<div id="published"')
    assert "Not published yet" in piece
    assert piece.strip() in browser.get("/admin/monitors").text
