"""What a page shows: one rule for the page, the API and all that is to come."""

import pytest
from factories import NOW, a_monitor, a_page, an_incident, put_sections
from queries import counting

from kener.core.errors import NotFound
from kener.core.status import Status
from kener.store.incidents import open_incidents
from kener.store.pages import default_page, find_page, monitor_keys, part_of_pages
from kener.store.tables.pages import Visibility
from kener.store.visibility import is_seen, view_of


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def names(session, page):
    return [each.monitor.name for each in view_of(session, page, NOW).standings]


def test_without_sections_the_default_page_shows_what_is_not_hidden(session):
    a_monitor(session, name="Shop")
    a_monitor(session, name="Payroll", hidden=True)
    view = view_of(session, default_page(session), NOW)

    assert [each.monitor.name for each in view.standings] == ["Shop"]
    assert view.sections == ()


def test_with_sections_it_shows_what_is_in_them_in_their_order(session):
    shop, mail, hidden, other = (
        a_monitor(session, name=name, hidden=name == "Payroll")
        for name in ("Shop", "Mail", "Payroll", "Other")
    )
    page = default_page(session)
    put_sections(session, page, ("Second", [hidden, shop]), ("Third", [mail]))
    view = view_of(session, page, NOW)

    assert [each.monitor.name for each in view.standings] == ["Shop", "Mail"]
    assert [
        (each.section.name, [one.monitor.name for one in each.standings]) for each in view.sections
    ] == [("Second", ["Shop"]), ("Third", ["Mail"])]
    assert other.id not in view.ids


def test_a_section_without_anything_to_show_is_not_there_and_still_counts(session):
    a_monitor(session, name="Shop")
    hidden = a_monitor(session, hidden=True)
    page = default_page(session)
    put_sections(session, page, ("Inner", [hidden]), ("Empty", []))
    view = view_of(session, page, NOW)

    assert (list(view.standings), list(view.sections)) == ([], [])


def test_a_page_that_is_not_for_everything_shows_its_sections_alone(session):
    shop = a_monitor(session, name="Shop")
    a_monitor(session, name="Mail")

    assert names(session, a_page(session)) == []
    assert names(session, a_page(session, ("One", [shop]))) == ["Shop"]
    assert names(session, a_page(session, everything=True)) == ["Mail", "Shop"]


def test_pages_do_not_mind_what_is_on_others(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    a_page(session, ("One", [shop]))
    other = a_page(session, ("One", [shop, mail]))

    assert names(session, default_page(session)) == ["Mail", "Shop"]
    assert names(session, other) == ["Shop", "Mail"]


def test_incidents_are_told_of_where_something_is_shown_that_they_speak_of(session):
    shop, mail, hidden = (a_monitor(session, hidden=number == 2) for number in range(3))
    for title, *affected in (("all",), ("shop", shop), ("both", shop, mail), ("inner", hidden)):
        an_incident(session, *[(each, Status.DOWN) for each in affected], title=title)
    view = view_of(session, a_page(session, ("One", [mail, hidden])), NOW)

    assert {each.title for each in open_incidents(session, view.ids)} == {"all", "both"}
    assert len(open_incidents(session)) == 4


def test_seen_is_what_a_public_page_shows(session):
    shop, mail, other = (a_monitor(session) for _ in range(3))
    hidden = a_monitor(session, hidden=True)
    assert [is_seen(session, each) for each in (shop, mail, other, hidden)] == [True] * 3 + [False]

    put_sections(session, default_page(session), ("Web", [shop, hidden]))
    a_page(session, ("Inner", [mail]), visibility=Visibility.PRIVATE, everything=True)
    a_page(session, ("Mail", [hidden]), everything=True)

    assert [is_seen(session, each) for each in (shop, mail, other, hidden)] == [True] + [False] * 3
    a_page(session, ("Mail", [mail]))
    assert is_seen(session, mail)
    a_page(session, everything=True)
    assert is_seen(session, other)


def test_a_deleted_monitor_leaves_its_sections(session):
    shop = a_monitor(session)
    page = a_page(session, ("One", [shop]))
    session.delete(shop)
    session.flush()

    assert names(session, page) == []


def test_a_private_page_is_not_found_in_the_words_of_one_that_is_not_there(session):
    page = a_page(session, slug="inner", visibility=Visibility.PRIVATE)
    assert find_page(session, "inner") is page

    for name in ("inner", page.public_id, "nothing"):
        with pytest.raises(NotFound) as refused:
            find_page(session, name, private=False)
        assert refused.value.message == f"There is no page {name!r}."


def test_pages_come_in_parts(session):
    made = [a_page(session) for _ in range(3)]
    first = part_of_pages(session, 0, 2)
    rest = part_of_pages(session, first.next_id, 2)

    assert [*first.rows, *rest.rows][1:] == made
    assert (first.total, rest.next_id) == (4, None)


def test_thousands_of_monitors_are_found_by_their_names(session):
    shop, mail = a_monitor(session), a_monitor(session)
    names = {shop.public_id, mail.slug, *(f"nobody-{number}" for number in range(12_000))}

    assert monitor_keys(session, names) == {
        shop.public_id: shop.id,
        shop.slug: shop.id,
        mail.public_id: mail.id,
        mail.slug: mail.id,
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_number_of_queries_does_not_depend_on_what_is_there(database):
    def asked(page_id):
        with counting(database) as statements, database.read() as session:
            view_of(session, find_page(session, page_id), NOW)
        return len(statements)

    with database.write() as session:
        few = a_page(session, ("One", [a_monitor(session)])).public_id
        sections = [(f"S{n}", [a_monitor(session) for _ in range(5)]) for n in range(8)]
        many = a_page(session, *sections).public_id

    assert asked(few) == asked(many) <= 7
