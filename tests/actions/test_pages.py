"""Making, changing and deleting pages."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import NOW, a_monitor, a_page
from queries import counting
from sqlalchemy import insert, select

from kener.actions.page_sections import as_given
from kener.actions.pages import create_page, delete_page, edit_page
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import MINUTE
from kener.store.pages import default_page, find_page, outline
from kener.store.tables import Monitor, Page, Publication, Section, SectionMonitor
from kener.store.tables.pages import Visibility

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def make(session, **fields):
    return create_page(session, {"title": "Shops"} | fields, NOW, exact=True)


def change(session, page, **changes):
    return edit_page(session, page, changes, NOW + MINUTE, exact=True)


def problems(session, page=None, **fields):
    with pytest.raises(Invalid) as refused:
        make(session, **fields) if page is None else change(session, page, **fields)
    return {name: getattr(text, "code", "") for name, text in refused.value.problems.items()}


def test_a_page_is_made_with_its_sections(session):
    shop, mail = a_monitor(session), a_monitor(session)
    before = session.scalar(select(Publication.dirty_seq))
    sections = [{"name": "Web", "monitors": [mail.slug, shop.public_id]}, {"name": "Later"}]

    page = make(session, title="Käse & Brot", sections=sections, description="Ours.")

    assert (page.slug, page.description, page.version) == ("kase-brot", "Ours.", 1)
    assert (page.visibility, page.is_default, page.everything) == ("public", False, False)
    web, later = as_given(outline(session, page))
    assert web | {"id": ""} == {
        "id": "",
        "name": "Web",
        "description": "",
        "open": True,
        "monitors": [mail.public_id, shop.public_id],
    }
    assert (later["name"], later["monitors"]) == ("Later", [])
    assert session.scalar(select(Publication.dirty_seq)) == before + 1


def test_a_title_that_is_there_already_gets_another_slug(session):
    assert [make(session).slug for _ in range(3)] == ["shops", "shops-2", "shops-3"]
    assert make(session, title="店").slug == "page"


def test_what_is_not_named_keeps_its_value(session):
    shop = a_monitor(session)
    page = make(session, look={"footer": "Hello", "theme": "dark"}, sections=[{"name": "Web"}])

    change(session, page, look={"theme": "light"}, everything=True)
    change(session, page, sections=[{"name": "Web", "monitors": [shop.slug]}])

    assert (page.title, page.slug, page.everything, page.version) == ("Shops", "shops", True, 3)
    assert (page.look["footer"], page.look["theme"]) == ("Hello", "light")
    assert page.updated_at == NOW + MINUTE
    assert as_given(outline(session, page))[0]["monitors"] == [shop.public_id]


def test_sections_stay_the_same_by_id_or_name(session):
    page = make(session, sections=[{"name": "Web"}, {"name": "Mail"}, {"name": "Old"}])
    web, mail, _ = as_given(outline(session, page))

    change(session, page, sections=[{"name": "Mail"}, web | {"name": "Shop"}, {"name": "New"}])

    after = as_given(outline(session, page))
    assert [each["name"] for each in after] == ["Mail", "Shop", "New"]
    assert [each["id"] for each in after[:2]] == [mail["id"], web["id"]]
    assert len(session.scalars(select(Section)).all()) == 3


def test_the_same_document_twice_changes_nothing(session):
    shop = a_monitor(session)
    page = make(session, sections=[{"name": "Web", "monitors": [shop.slug]}, {"name": "Mail"}])
    once = as_given(outline(session, page))

    change(session, page, sections=once)

    assert as_given(outline(session, page)) == once


def test_two_sections_may_swap_names_and_monitors(session):
    shop, mail = a_monitor(session), a_monitor(session)
    sections = [{"name": "A", "monitors": [shop.slug]}, {"name": "B", "monitors": [mail.slug]}]
    page = make(session, sections=sections)
    first, second = as_given(outline(session, page))
    swapped = [
        first | {"name": "B", "monitors": second["monitors"]},
        second | {"name": "A", "monitors": first["monitors"]},
    ]

    change(session, page, sections=swapped)

    assert as_given(outline(session, page)) == swapped


def test_everything_that_is_wrong_is_named_at_once(session):
    shop = a_monitor(session, slug="shop")
    make(session)
    found = problems(
        session,
        title=" ",
        slug="shops",
        time_zone="Mars",
        language="tlh",
        colour="red",
        sections=[
            {"name": "Web", "monitors": ["shop", "nobody", shop.public_id]},
            {"name": "web", "id": "nothing"},
        ],
    )

    assert found == {
        "title": "required",
        "slug": "taken",
        "time_zone": "invalid",
        "language": "invalid",
        "colour": "unknown_field",
        "sections.0.monitors.1": "not_found",
        "sections.0.monitors.2": "taken",
        "sections.1.id": "not_found",
        "sections.1.name": "taken",
    }


@ONE_DATABASE
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": 7}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"slug": "No Slug"}, "slug"),
        ({"slug": None}, "slug"),
        ({"visibility": "secret"}, "visibility"),
        ({"everything": "yes"}, "everything"),
        ({"look": None}, "look"),
        ({"look": {"css": "@import url(x)"}}, "look.css"),
        ({"look": {"css": "a{background:url(//x.test/y)}"}}, "look.css"),
        ({"look": {"accent": "red"}}, "look.accent"),
        ({"look": {"theme": "neon"}}, "look.theme"),
        ({"look": {"logo": "javascript:alert(1)"}}, "look.logo"),
        ({"look": {"logo": "//evil.test/x.svg"}}, "look.logo"),
        ({"look": {"favicon": "mailto:a@b.org"}}, "look.favicon"),
        ({"look": {"footer": "x" * 1001}}, "look.footer"),
        ({"look": {"links": [{"label": "x", "url": "data:text/html,x"}]}}, "look.links.0.url"),
        ({"look": {"links": [{"label": "x", "url": "https://a@b.org/"}]}}, "look.links.0.url"),
        ({"look": {"links": [{"label": "x", "url": "https://[::1"}]}}, "look.links.0.url"),
        ({"look": {"links": [{"url": "/x"}]}}, "look.links.0.label"),
        ({"sections": {}}, "sections"),
        ({"sections": [{}]}, "sections.0.name"),
        ({"sections": [{"name": "x"}] * 101}, "sections"),
        ({"sections": [{"name": "x", "monitors": [7]}]}, "sections.0.monitors.0"),
        ({"sections": [{"name": "x", "monitors": "shop"}]}, "sections.0.monitors"),
        ({"sections": [{"name": "a\0b"}]}, "sections.0.name"),
    ],
)
def test_nonsense_is_refused_at_its_place(session, fields, field):
    page = make(session)

    assert list(problems(session, **fields)) == [field]
    assert list(problems(session, page, **fields)) == [field]


@ONE_DATABASE
@pytest.mark.parametrize("url", ["/help", "https://example.org/x?y=1", "mailto:help@example.org"])
def test_links_lead_to_paths_pages_and_mail(session, url):
    page = make(session, look={"links": [{"label": "Help", "url": url}]})

    assert page.look["links"] == [{"label": "Help", "url": url}]


def test_a_slug_is_nobody_elses_slug_or_id(session):
    page = make(session)

    assert problems(session, slug=page.public_id) == {"slug": "taken"}
    assert problems(session, default_page(session), slug="shops") == {"slug": "taken"}
    assert change(session, page, slug="shops").slug == "shops"


def test_the_default_moves_from_page_to_page(session):
    first = default_page(session)
    page = make(session)

    assert problems(session, first, is_default=False) == {"is_default": "invalid"}
    assert problems(session, first, visibility="private") == {"visibility": "invalid"}
    assert problems(session, is_default=True, visibility="private") == {"visibility": "invalid"}
    change(session, page, is_default=True)

    assert default_page(session) is page
    session.refresh(first)
    assert (first.is_default, first.version) == (False, 2)
    assert make(session, title="New", is_default=True) is default_page(session)
    assert change(session, first, visibility="private").visibility is Visibility.PRIVATE


def test_an_old_version_is_not_saved(session):
    page = make(session)
    change(session, page, title="Other")

    with pytest.raises(Conflict):
        edit_page(session, page, {"title": "Third"}, NOW, 1)
    assert edit_page(session, page, {"title": "Third"}, NOW, 2).version == 3


def test_a_page_goes_with_its_sections_and_its_monitors_stay(session):
    shop = a_monitor(session)
    page = make(session, sections=[{"name": "Web", "monitors": [shop.slug]}])

    delete_page(session, page)

    assert session.scalars(select(Section)).all() == []
    assert session.scalars(select(SectionMonitor)).all() == []
    assert session.scalars(select(Monitor)).all() == [shop]
    with pytest.raises(NotFound):
        change(session, page, title="Gone")


def test_the_default_page_is_not_deleted(session):
    with pytest.raises(Conflict):
        delete_page(session, default_page(session))
    assert len(session.scalars(select(Page)).all()) == 1


def test_many_who_make_the_same_page_at_once_each_get_one_of_their_own(database):
    def one(_):
        with database.write() as session:
            return make(session).slug

    with ThreadPoolExecutor(4) as pool:
        slugs = sorted(pool.map(one, range(6)))

    assert slugs == ["shops", "shops-2", "shops-3", "shops-4", "shops-5", "shops-6"]


def test_of_many_who_move_the_default_at_once_one_is_the_last(database):
    with database.write() as session:
        pages = [a_page(session).public_id for _ in range(4)]

    def take(public_id):
        with database.write() as session:
            change(session, find_page(session, public_id), is_default=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, pages))

    with database.read() as session:
        assert default_page(session).public_id in pages


def test_many_who_change_the_sections_at_once_do_not_mix_them(database):
    with database.write() as session:
        page = a_page(session).public_id
        monitors = [a_monitor(session).slug for _ in range(3)]

    def put(number):
        sections = [{"name": f"{number}", "monitors": monitors}, {"name": f"{number} too"}]
        with database.write() as session:
            change(session, find_page(session, page), sections=sections)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(8)))

    with database.read() as session:
        first, second = as_given(outline(session, find_page(session, page)))
    assert second["name"] == f"{first['name']} too"
    assert (len(first["monitors"]), second["monitors"]) == (3, [])


@ONE_DATABASE
def test_ten_thousand_monitors_take_few_statements(database):
    with database.write() as session:
        own = {"name": "M", "kind": "tcp", "created_at": NOW, "updated_at": NOW}
        names = [f"m{number}" for number in range(10_000)]
        rows = [own | {"public_id": each, "slug": f"{each}-slug"} for each in names]
        session.execute(insert(Monitor), rows)
        page = make(session).public_id

    with counting(database) as statements, database.write() as session:
        found = find_page(session, page)
        change(session, found, sections=[{"name": "All", "monitors": names}])
        [listed] = outline(session, found)

    assert [public_id for _, public_id in listed.monitors] == names
    assert len(statements) <= 20
