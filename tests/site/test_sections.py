"""The sections of the page, in their order."""

import re

import pytest
from factories import put_sections

from kener.site.build import problems
from kener.store.pages import default_page
from kener.store.tables import Section

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def parted(database, shop):
    """The shop's page: calm services closed, others in a section of their own, one in none."""
    with database.write() as session:
        page = default_page(session)
        calm, busy = [shop["storefront"]], [shop["search"], shop["checkout"]]
        put_sections(session, page, ("Front <b>", calm), ("Behind", busy))
        page.look = {
            "theme": "dark",
            "footer": "Ask <us>.",
            "links": [{"label": "Help", "url": "https://example.org/?a=1&b=2"}],
        }
        for section in session.query(Section):
            section.is_open = False
            section.description = f"About {section.name}"
    return shop


def test_services_come_by_section_and_what_is_in_none_is_not_there(parted, look):
    seen = look()

    assert [each.name for each in seen.services] == ["Storefront", "Search", "Checkout"]
    assert [(each.name, len(each.services)) for each in seen.parts] == [
        ("Front <b>", 1),
        ("Behind", 2),
    ]


def test_the_page_shows_its_sections_and_opens_what_is_in_trouble(parted, make, read):
    release = make()
    html = read(release, "index.html")

    opened = re.findall(r'<details class="part" id="sec-\w+"( open)?>', html)
    assert opened == ["", " open"]
    assert "Front &lt;b&gt;" in html
    assert "About Behind" in html
    assert "1 service<" in html
    assert "2 services<" in html
    assert html.index('id="s-storefront"') < html.index('id="s-search"')
    assert "Product images" not in html
    assert "m/product-images/index.html" not in release.files
    assert problems(release) == []


def test_without_sections_the_page_is_as_it_was(shop, make, read):
    html = read(make(), "index.html")

    assert 'class="part"' not in html
    assert "data-theme" not in html
    assert html.count('class="svc"') == 4


@ONE_DATABASE
def test_theme_footer_and_links_are_on_every_page(parted, make, read):
    release = make()
    for path in ("index.html", "m/checkout/index.html", "404.html"):
        html = read(release, path)
        assert '<html lang="en" data-theme="dark"' in html
        assert "Ask &lt;us&gt;." in html
        assert '<a href="https://example.org/?a=1&amp;b=2">Help</a>' in html


@ONE_DATABASE
def test_another_look_makes_every_page_anew(parted, make, database):
    before = make()
    keys = {path: file.key for path, file in before.files.items() if file.key}
    assert set(make(known=keys).kept) == set(keys)

    with database.write() as session:
        default_page(session).look = {"footer": "Other"}

    assert {each.split("/")[0] for each in make(known=keys).kept} == {"og"}
