"""/admin/settings/announcement: a few words below the verdict of the page, in the page's zone."""

import pytest

from kener.store.tables import Page, Publication

PATH = "/admin/settings/announcement"
PLACE = "look.announcement."
FORM = {
    f"{PLACE}text": "We move\r\non Sunday.",
    f"{PLACE}url": "https://example.org/news",
    f"{PLACE}begins_at": "2027-01-03T10:00",
    f"{PLACE}ends_at": "2027-01-04T10:00",
}


def test_it_is_kept_in_the_zone_of_the_page_and_shown_again(browser, database, rows):
    with database.write() as session:
        session.query(Page).one().time_zone = "Asia/Kathmandu"
    before = rows.query(Publication).one().dirty_seq
    rows.rollback()
    browser.get("/admin/settings/page")
    assert browser.post(PATH, FORM).status_code == 303

    page = rows.query(Page).one()
    assert page.look["announcement"] == {
        "text": "We move on Sunday.",
        "url": "https://example.org/news",
        "begins_at": "2027-01-03T04:15:00Z",
        "ends_at": "2027-01-04T04:15:00Z",
    }
    assert rows.query(Publication).one().dirty_seq > before
    html = browser.get("/admin/settings/page").text
    assert "We move on Sunday." in html
    assert 'value="2027-01-03T10:00"' in html


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({f"{PLACE}text": "x" * 501}, "look-announcement-text"),
        ({f"{PLACE}url": "javascript:alert(1)"}, "look-announcement-url"),
        ({f"{PLACE}begins_at": "soon"}, "look-announcement-begins_at"),
        ({f"{PLACE}ends_at": "2027-01-01T10:00"}, "look-announcement"),
    ],
)
def test_a_mistake_comes_back_with_what_was_typed(browser, rows, change, field):
    browser.get(PATH)
    answer = browser.post(PATH, FORM | change)

    assert answer.status_code == 422
    assert f'href="#f-{field}' in answer.text
    assert "We move" in answer.text or "x" * 501 in answer.text
    assert rows.query(Page).one().look.get("announcement", {}).get("text", "") == ""


def test_without_words_nothing_is_announced(browser, rows):
    browser.get(PATH)
    browser.post(PATH, FORM)
    browser.post(PATH, {f"{PLACE}text": ""})

    assert rows.query(Page).one().look["announcement"]["text"] == ""
