"""More than one status page, each with its own screens."""

from io import BytesIO

import pytest
from factories import a_monitor

from kener.store.tables import Page, Section, Target

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/admin/settings/pages/new"
SETTINGS = "/admin/settings/page"
LOOK = "/admin/settings/look"
FORM = {"shape": "page", "title": "Europe", "time_zone": "Europe/Berlin", "language": "de"}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def europe(browser, rows):
    browser.get(NEW)
    answer = browser.post(NEW, FORM | {"slug": "eu", "languages.ar": "true", "private": "true"})
    assert answer.status_code == 303
    page = rows.query(Page).filter_by(slug="eu").one()
    rows.expunge(page)
    rows.rollback()
    return page


def test_a_page_is_made_with_its_languages(europe, browser):
    assert (europe.language, europe.languages) == ("de", ["ar"])
    assert europe.visibility.value == "private"
    html = browser.get(f"{SETTINGS}?page={europe.public_id}").text
    assert "http://localhost/eu/" in html or "/eu/</a>" in html
    assert 'name="languages.ar" value="true" checked' in html
    assert "Europe" in browser.get(SETTINGS).text


def test_links_of_a_page_lead_to_screens_of_the_same(europe, browser):
    html = browser.get(f"{SETTINGS}?page={europe.public_id}").text

    for path in (f"{SETTINGS}/sections/new", LOOK, "/admin/settings/announcement"):
        assert f"{path}?page={europe.public_id}" in html


@ONE_DATABASE
def test_it_is_changed_and_the_default_one_is_not(europe, browser, rows):
    path = f"{SETTINGS}?page={europe.public_id}"
    browser.get(path)
    answer = browser.post(path, FORM | {"title": "EU", "version": europe.version})

    assert answer.headers["Location"].endswith(f"?page={europe.public_id}")
    assert [each.title for each in rows.query(Page).order_by(Page.id)] == ["Status", "EU"]
    assert rows.query(Page).filter_by(slug="eu").one().visibility.value == "public"


@ONE_DATABASE
def test_a_section_is_added_to_the_page_that_is_meant(europe, browser, rows, database):
    with database.write() as session:
        monitor = a_monitor(session, name="Shop")
    path = f"{SETTINGS}/sections/new?page={europe.public_id}"
    browser.get(path)
    typed = {"name": "Shops", f"monitor.{monitor.public_id}": "1", "version": europe.version}
    assert browser.post(path, typed).status_code == 303

    assert [each.page_id for each in rows.query(Section)] == [europe.id]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"slug": "admin"}, "slug"),
        ({"slug": "de"}, "slug"),
        ({"address": "status.example.org"}, "address"),
        ({"address": "https://a:b@example.org"}, "address"),
        ({"title": ""}, "title"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_mistake_comes_back_with_what_was_typed(browser, rows, typed, field):
    browser.get(NEW)
    answer = browser.post(NEW, FORM | {"slug": "eu", "languages.fr": "true"} | typed)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert 'name="languages.fr" value="true" checked' in answer.text
    assert rows.query(Page).count() == 1


@ONE_DATABASE
def test_an_address_is_of_one_page_only(europe, browser, rows):
    for slug, status in (("one", 303), ("two", 422)):
        browser.get(NEW)
        typed = FORM | {"slug": slug, "address": "https://eu.example.org"}
        assert browser.post(NEW, typed).status_code == status


@ONE_DATABASE
def test_a_page_is_deleted_after_a_question_and_the_default_one_is_not(europe, browser, rows):
    path = f"{SETTINGS}/delete?page={europe.public_id}"
    assert "Delete the page “Europe”?" in browser.get(path).text
    assert browser.post(path).status_code == 303
    assert rows.query(Page).filter_by(slug="eu").count() == 0
    assert browser.post(f"{SETTINGS}/delete").status_code == 409
    assert rows.query(Page).count() == 1


@ONE_DATABASE
def test_a_page_that_is_not_there_is_not_found(browser):
    for path in (SETTINGS, LOOK, f"{SETTINGS}/sections/new"):
        assert browser.get(f"{path}?page=nothing").status_code == 404


def test_the_look_is_kept_and_shown_again(browser, rows):
    browser.get(LOOK)
    typed = {
        "look.theme": "dark",
        "look.accent": "#3C56CF",
        "look.font": "serif",
        "look.links": "Our shop https://example.org/\nHelp mailto:a@example.org",
        "look.analytics.src": "https://stats.example.org/s.js",
        "look.analytics.data": "website-id 12 34",
        "look.css": "h1{color:red}",
        "version": "1",
    }
    assert browser.post(LOOK, typed).status_code == 303

    look = rows.query(Page).one().look
    assert (look["theme"], look["accent"], look["font"]) == ("dark", "#3c56cf", "serif")
    assert look["links"] == [
        {"label": "Our shop", "url": "https://example.org/"},
        {"label": "Help", "url": "mailto:a@example.org"},
    ]
    assert look["analytics"]["data"] == [{"name": "website-id", "value": "12 34"}]
    html = browser.get(LOOK).text
    assert "Our shop https://example.org/" in html
    assert "website-id 12 34" in html


@ONE_DATABASE
def test_a_picture_is_uploaded_kept_and_taken_away(browser, rows):
    browser.get(LOOK)
    upload = {"look.logo_file": (BytesIO(SVG), "logo.svg"), "version": "1"}
    assert browser.post(LOOK, upload, content_type="multipart/form-data").status_code == 303
    stored = rows.query(Page).one().look["logo"]
    assert stored.startswith("data:image/svg+xml;base64,")
    rows.rollback()

    html = browser.get(LOOK).text
    assert "(the picture that was uploaded)" in html
    assert "base64" not in html
    kept = {"look.logo": "(the picture that was uploaded)", "version": "2"}
    browser.post(LOOK, kept)
    assert rows.query(Page).one().look["logo"] == stored
    rows.rollback()
    browser.get(LOOK)
    browser.post(LOOK, {"look.logo": "", "version": "3"})
    assert rows.query(Page).one().look["logo"] == ""


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"look.accent": "blue"}, "look-accent"),
        ({"look.css": "@import url(x.css)"}, "look-css"),
        ({"look.css": "a{background:url(//x.org/y)}"}, "look-css"),
        ({"look.css": "a{background:url(https://x.org/y)}"}, "look-css"),
        ({"look.logo": "javascript:alert(1)"}, "look-logo"),
        ({"look.logo": "data:text/html;base64,PGI+"}, "look-logo"),
        ({"look.analytics.src": "http://stats.example.org/s.js"}, "look-analytics-src"),
        ({"look.analytics.data": "On! x"}, "look-analytics-data"),
        ({"look.links": "Nowhere"}, "look-links"),
        ({"look.logo_file": (BytesIO(b"MZ..."), "logo.png")}, "look-logo_file"),
        ({"look.logo_file": (BytesIO(SVG + b" " * 70_000), "logo.svg")}, "look-logo_file"),
    ],
)
def test_a_look_that_cannot_be_is_told_at_its_field(browser, rows, typed, field):
    browser.get(LOOK)
    whole = {"look.footer": "Ask us.", "version": "1"} | typed
    answer = browser.post(LOOK, whole, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert f'href="#f-{field}' in answer.text
    assert "Ask us." in answer.text
    assert rows.query(Page).one().version == 1


@ONE_DATABASE
def test_a_target_is_for_the_page_that_was_chosen(europe, browser, rows, sealing):
    path = "/admin/settings/publishing/new/s3"
    assert f'<option value="{europe.public_id}"' in browser.get(path).text
    typed = {
        "name": "Inside",
        "page": europe.public_id,
        "enabled": "true",
        "settings.bucket": "status-page",
        "settings.region": "eu-central-1",
        "settings.access_key_id": "AKIA1",
        "settings.secret_access_key": "very secret",
    }
    assert browser.post(path, typed).status_code == 303

    assert [each.page_id for each in rows.query(Target)] == [europe.id]
    assert "Europe · " in browser.get("/admin/settings/publishing").text


@ONE_DATABASE
def test_a_part_of_the_main_site_has_no_hosts_of_its_own(browser, rows, sealing):
    browser.get(NEW)
    browser.post(NEW, FORM | {"slug": "eu"})
    page = rows.query(Page).filter_by(slug="eu").one()
    rows.rollback()
    path = "/admin/settings/publishing/new/s3"

    assert page.public_id not in browser.get(path).text
    typed = {"name": "x", "page": page.public_id, "settings.bucket": "b"}
    assert browser.post(path, typed).status_code == 422
    assert rows.query(Target).count() == 0
