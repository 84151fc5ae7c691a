"""/admin/settings/page: the sections of the page, by plain forms."""

import re

import pytest
from factories import NOW, a_monitor, put_sections
from forms import HTMX

from kener.actions.page_sections import as_given
from kener.store.pages import default_page, outline

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/admin/settings/page/sections/new"


@pytest.fixture
def monitors(database):
    with database.write() as session:
        return [a_monitor(session, name=name) for name in ("Shop", "Mail", "Search")]


@pytest.fixture
def stored(rows):
    """The sections as they are."""

    def look():
        rows.rollback()
        return as_given(outline(rows, default_page(rows)))

    return look


@pytest.fixture
def parted(database, monitors):
    with database.write() as session:
        page = default_page(session)
        put_sections(session, page, ("Web", monitors[:2]), ("Inner", []), ("Last", []))
    return monitors


def numbers(**given):
    return {f"monitor.{public_id}": text for public_id, text in given.items()}


def form(name, version=1, **given):
    return {"name": name, "description": "", "shape": "section", "version": str(version)} | given


def edit(section):
    return f"/admin/settings/page/sections/{section['id']}/edit"


def test_a_section_is_added_with_its_monitors_by_number(browser, monitors, stored):
    shop, mail, search = (each.public_id for each in monitors)
    assert 'name="monitor.' + shop in browser.get(NEW).text

    answer = browser.post(
        NEW, form("Web", open="true") | numbers(**{shop: "20", mail: " 3 ", search: ""})
    )

    assert (answer.status_code, answer.location) == (303, "/admin/settings/page")
    [section] = stored()
    assert (section["name"], section["open"]) == ("Web", True)
    assert section["monitors"] == [mail, shop]
    assert "2 monitors" in browser.get("/admin/settings/page").text


def test_a_section_is_changed_and_takes_monitors_from_others(browser, parted, stored):
    shop, mail, search = (each.public_id for each in parted)
    web, inner, last = stored()
    html = browser.get(edit(inner)).text
    assert "in Web" in html

    browser.post(edit(inner), form("Office") | numbers(**{search: "1", mail: "2"}))

    assert stored() == [
        web | {"monitors": [shop]},
        inner | {"name": "Office", "open": False, "monitors": [search, mail]},
        last,
    ]


def test_the_form_shows_what_is_stored(browser, parted, stored):
    web = stored()[0]
    html = browser.get(edit(web)).text

    assert 'value="Web"' in html
    assert re.findall(r'name="monitor\.(\w+)" value="(\d*)"', html) == [
        (parted[0].public_id, "1"),
        (parted[1].public_id, "2"),
        (parted[2].public_id, ""),
    ]


def test_sections_move_up_and_down_and_not_beyond_the_ends(browser, parted, stored):
    def move(name, way):
        (section,) = (each for each in stored() if each["name"] == name)
        browser.post(f"/admin/settings/page/sections/{section['id']}/{way}")
        return [each["name"] for each in stored()]

    assert move("Last", "up") == ["Web", "Last", "Inner"]
    assert move("Web", "down") == ["Last", "Web", "Inner"]
    assert move("Last", "up") == ["Last", "Web", "Inner"]
    assert move("Inner", "down") == ["Last", "Web", "Inner"]
    assert len(stored()[1]["monitors"]) == 2


def test_a_section_is_deleted_after_a_question(browser, parted, stored):
    web = stored()[0]
    path = f"/admin/settings/page/sections/{web['id']}/delete"

    assert "Delete the section “Web”?" in browser.get(path).text
    assert browser.post(path).status_code == 303

    assert [each["name"] for each in stored()] == ["Inner", "Last"]
    assert browser.get(path).status_code == 404


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "inner"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"monitor.x": "first"}, "monitors"),
        ({"monitor.x": "1.5"}, "monitors"),
        ({"monitor.nobody": "1"}, "monitors"),
    ],
)
def test_nonsense_is_told_at_its_field_and_nothing_typed_is_lost(
    browser, parted, stored, change, field
):
    before = stored()
    web = form("Web", description="Typed by hand") | change

    for path, headers in ((edit(before[0]), {}), (NEW, HTMX)):
        answer = browser.post(path, web, headers=headers)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert "Typed by hand" in answer.text
    assert stored() == before


@ONE_DATABASE
def test_an_old_version_is_told_and_can_be_saved_the_second_time(browser, parted, stored):
    web = stored()[0]
    browser.post(edit(web), form("Web shop"))

    answer = browser.post(edit(web), form("Shops", version=1))

    assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.text
    assert browser.post(edit(web), form("Shops", version=2)).status_code == 303
    assert stored()[0]["name"] == "Shops"


@ONE_DATABASE
def test_a_forger_changes_nothing(browser, parted, stored):
    before = stored()
    path = f"/admin/settings/page/sections/{before[0]['id']}/down"

    assert browser.client.post(path, data={"csrf_token": "nonsense"}).status_code in {400, 403}
    assert browser.post(NEW, form("Web") | {"csrf_token": ""}).status_code in {400, 403}
    assert stored() == before


@ONE_DATABASE
def test_hidden_monitors_are_marked(browser, database):
    with database.write() as session:
        a_monitor(session, name="Payroll", hidden=True, created_at=NOW)

    assert re.search(r"Payroll <span[^>]*>hidden", browser.get(NEW).text)
