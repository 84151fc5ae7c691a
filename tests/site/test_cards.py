"""The pictures that are shown where somebody pastes a link."""

import re
from io import BytesIO

import pages
import pytest
from PIL import Image

from kener.core.instant import MINUTE
from kener.core.status import Status
from kener.locales import language, speaking, tags
from kener.site.cards import COLOURS, EXTENDED, NOT_DRAWN, cards, page_card
from kener.store.tables import Incident


def opened(body):
    return Image.open(BytesIO(body)).convert("RGB")


def is_near(colour, wanted):
    parts = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
    return all(abs(one - other) < 24 for one, other in zip(colour, parts, strict=True))


def has(image, wanted):
    return any(is_near(colour, wanted) for _, colour in image.getcolors(100_000))


def test_the_page_and_each_incident_have_one(shop, make, read):
    release = make()

    for path in ("og/now.png", "og/incopen000.png", "og/incpast000.png"):
        assert opened(release.files[path].body).size == (1200, 630)
        assert release.files[path].content_type == "image/png"
        assert len(release.files[path].body) < 40_000
    assert 'content="https://status.example.org/og/now.png"' in read(release, "index.html")
    incident = read(release, "incidents/incopen000/index.html")
    assert 'content="https://status.example.org/og/incopen000.png"' in incident
    assert re.search(r'property="og:title" content="Slow checkout &lt;in Europe&gt; –', incident)


def test_trouble_is_drawn_in_its_colour(shop, make):
    release = make()

    assert has(opened(release.files["og/now.png"].body), COLOURS[Status.DEGRADED])
    assert not has(opened(release.files["og/incpast000.png"].body), COLOURS[Status.DEGRADED])


def test_they_are_drawn_anew_only_when_they_say_something_else(database, shop, make):
    keys = {path: each.key for path, each in make(pages.NOW + 1).files.items() if each.key}
    soon = make(pages.NOW + MINUTE, 2, keys)
    with database.write() as session:
        session.query(Incident).filter_by(public_id="incpast000").one().title = "Renamed"
    renamed = make(pages.NOW + MINUTE, 3, keys)

    assert not [path for path in soon.files if path.startswith("og/")]
    assert [path for path in renamed.files if path.startswith("og/")] == ["og/incpast000.png"]


@pytest.mark.parametrize(
    "text", ["", "x" * 400, "word " * 200, "Łódź żółć", "状態 ページ", "\x00\u202e\n\U0001f600"]
)
def test_any_text_makes_a_picture(text):
    ticks = [Status.UP, Status.DOWN, Status.UNKNOWN] * 48

    assert opened(page_card(text, text, "Major outage", Status.DOWN, ticks)).size == (1200, 630)
    assert opened(page_card(text, text, "No data", Status.UNKNOWN, [])).size == (1200, 630)


def test_a_picture_is_in_english_where_the_typeface_has_no_letters(database, shop, look):
    seen = look()
    drawn = {}
    for tag in ("en", "de", "ar", "ja"):
        with speaking(tag):
            drawn[tag] = [each.make() for each in cards(seen)]

    assert drawn["ar"] == drawn["ja"] == drawn["en"]
    assert drawn["de"] != drawn["en"]


def test_every_other_language_can_be_drawn():
    for tag in set(tags()) - NOT_DRAWN:
        for month in language(tag).forms.months:
            assert all(
                ord(each) < 0x100 or any(a <= ord(each) <= b for a, b in EXTENDED) for each in month
            ), tag
