"""What the owner announces below the verdict of the page."""

import json

import pages
import pytest

from kener.actions.pages import edit_page
from kener.core.instant import HOUR, iso
from kener.store.pages import default_page


@pytest.mark.parametrize(
    ("times", "is_shown"),
    [((None, None), True), ((-1, 1), True), ((0, 1), True), ((1, None), False), ((-2, 0), False)],
)
def test_an_announcement_stands_on_the_page_from_its_beginning_to_its_end(
    database, make, read, times, is_shown
):
    def at(hours):
        return None if hours is None else iso(pages.NOW + hours * HOUR)

    with database.write() as session:
        said = {"text": "We <b>move</b> on Sunday.", "url": "https://example.org/news"}
        begins, ends = map(at, times)
        words = {**said, "begins_at": begins, "ends_at": ends}
        edit_page(session, default_page(session), {"look": {"announcement": words}}, pages.NOW)
    release = make()
    notice = json.loads(read(release, "now.json"))["notice"]

    assert ("We &lt;b&gt;move&lt;/b&gt; on Sunday." in read(release, "index.html")) == is_shown
    assert notice == (said if is_shown else None)


def test_an_announcement_makes_no_other_page_anew(database, make):
    before = make()
    keys = {path: each.key for path, each in before.files.items() if each.key}
    with database.write() as session:
        words = {"look": {"announcement": {"text": "Hello"}}}
        edit_page(session, default_page(session), words, pages.NOW)

    assert {path for path, each in make(known=keys).files.items() if each.key} == set()
