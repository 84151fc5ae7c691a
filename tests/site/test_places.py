"""Several status pages: in folders of the main site, and as sites by themselves."""

import json

import pages
import pytest
from factories import a_page, an_incident

from kener.core.status import Status
from kener.site.build import problems
from kener.site.publish import publish_if_dirty, release_of
from kener.site.signposts import signposts
from kener.site.sites import page_url, sites
from kener.store.pages import default_page
from kener.store.tables import Page, Publication
from kener.store.tables.pages import Visibility
from kener.targets.folder import FolderTarget

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVERY = {"known": {}, "seq": 1}


@pytest.fixture
def europe(database, shop):
    """A page of one calm service."""
    with database.write() as session:
        section = "Shops", [session.merge(shop["storefront"])]
        return a_page(session, section, slug="eu", title="Europe status", language="de")


@pytest.fixture
def built(database, config):
    """The releases of all sites, by name."""

    def built(now=pages.NOW):
        with database.read() as session:
            return {
                each.name: release_of(session, each, now, config=config, **EVERY).made()
                for each in sites(session, config)
            }

    return built


def change(database, page, **given):
    with database.write() as session:
        for name, value in given.items():
            setattr(session.get(Page, page.id), name, value)


def test_a_public_page_lies_in_a_folder_of_its_name(europe, built, read):
    release = built()[""]

    assert "Alles funktioniert." in read(release, "eu/index.html")
    assert "Checkout is degraded." in read(release, "index.html")
    assert 'href="/eu/m/storefront/"' in read(release, "eu/index.html")
    assert "eu/m/checkout/index.html" not in release.files
    assert json.loads(read(release, "eu/now.json"))["state"] == "up"
    assert json.loads(read(release, "eu/api/v2/summary.json"))["page"]["name"] == "Europe status"
    assert problems(release) == []
    assert list(release.files)[-2:] == ["eu/now.json", "now.json"]


def test_an_incident_is_only_told_of_where_its_services_are(database, shop, europe, built, read):
    with database.write() as session:
        an_incident(
            session,
            (session.merge(shop["storefront"]), Status.DOWN),
            title="Fire",
            public_id="fire",
        )
    release = built()[""]

    assert "eu/incidents/fire/index.html" in release.files
    assert "eu/incidents/incopen000/index.html" not in release.files
    assert "Slow checkout" not in read(release, "eu/feed.atom")


def test_the_robots_are_told_of_every_page(europe, built, read):
    robots = read(built()[""], "robots.txt")

    assert "/sitemap.xml" in robots
    assert "/eu/sitemap.xml" in robots


def test_the_headers_of_a_folder_are_those_of_the_top(europe, built, read):
    lines = read(built()[""], "_headers").split("\n")

    assert "/eu/now.json" in lines
    assert "/eu/embed/*" in lines


def test_a_page_with_an_address_is_a_site_by_itself(database, europe, built, read, config):
    change(database, europe, address="https://eu.example.org")
    both = built()

    assert not [each for each in both[""].files if each.startswith("eu/")]
    own = both[europe.public_id]
    assert '<a class="brand" href="/"' in read(own, "index.html")
    assert "https://eu.example.org/m/storefront/" in read(own, "sitemap.xml")
    assert problems(own) == []
    with database.read() as session:
        assert page_url(session.get(Page, europe.id), config) == "https://eu.example.org"


def test_a_site_below_a_path_leads_nowhere_else(database, europe, built, read):
    change(database, europe, address="https://example.org/status")
    own = built()[europe.public_id]

    html = read(own, "m/storefront/index.html")
    assert 'href="/status/"' in html
    assert 'src="/status/a/status.' in html
    assert 'data-base="/status"' in html
    assert json.loads(read(own, "now.json"))["live"].startswith("/status/f/live.")
    assert problems(own, "/status") == []


def test_a_private_page_lies_beside_no_public_one(database, europe, built, read):
    change(database, europe, visibility=Visibility.PRIVATE)
    both = built()

    assert not [each for each in both[""].files if "eu/" in each]
    assert "Europe status" not in "".join(
        read(both[""], each) for each in ("robots.txt", "index.html")
    )
    own = both[europe.public_id]
    assert '<meta name="robots" content="noindex">' in read(own, "index.html")
    assert read(own, "robots.txt") == "User-agent: *\nDisallow: /\n"


def test_publishing_brings_every_site_to_a_folder_of_its_own(database, europe, config):
    change(database, europe, visibility=Visibility.PRIVATE)
    assert publish_if_dirty(database, config, lambda: pages.NOW, settle=0) == 1

    own = FolderTarget(folder=config.site_folder(europe.public_id)).current()
    assert (own / "index.html").is_file()
    assert own.parts[: len(config.site_dir.parts)] != config.site_dir.parts
    assert [(each.name, each.is_private) for each in signposts(config)] == [
        (europe.public_id, True)
    ]


def test_a_page_that_is_gone_leaves_no_files(database, europe, config):
    change(database, europe, visibility=Visibility.PRIVATE)
    publish_if_dirty(database, config, lambda: pages.NOW, settle=0)
    with database.write() as session:
        session.delete(session.get(Page, europe.id))
    publish_if_dirty(database, config, lambda: pages.NOW + 60_000, settle=0)

    assert not config.site_folder(europe.public_id).exists()
    assert signposts(config) == ()


def test_an_unchanged_page_is_not_made_again(database, europe, config):
    publish_if_dirty(database, config, lambda: pages.NOW, settle=0)
    folder = FolderTarget(folder=config.site_dir)
    known = folder.keys()

    with database.read() as session:
        site = sites(session, config)[0]
        again = release_of(session, site, pages.NOW, config=config, seq=2, known=known)
        assert "eu/m/storefront/index.html" in again.kept
        assert default_page(session).id == site.pages[0].page.id


def test_an_old_page_with_a_name_of_ours_is_put_aside(database, europe, built):
    for slug in ("api", "de"):
        change(database, europe, slug=slug)
        assert f"page-{slug}/index.html" in built()[""].files


def test_a_site_that_cannot_be_written_keeps_no_other_back(database, europe, shop, config):
    change(database, europe, visibility=Visibility.PRIVATE)
    with database.write() as session:
        section = "Shops", [session.merge(shop["storefront"])]
        other = a_page(session, section, slug="us", visibility=Visibility.PRIVATE)
    blocked = config.site_folder(europe.public_id)
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where a folder is to be")

    assert publish_if_dirty(database, config, lambda: pages.NOW, settle=0) == 0

    assert FolderTarget(folder=config.site_dir).seq() == 1
    assert FolderTarget(folder=config.site_folder(other.public_id)).seq() == 1
    with database.read() as session:
        assert session.query(Publication).one().failures == 1


def test_services_may_keep_their_response_times(database, shop, built, read):
    with database.write() as session:
        session.merge(shop["checkout"]).latency_hidden = True
    release = built()[""]

    assert "Response time" not in read(release, "m/checkout/index.html")
    assert "Response time" in read(release, "m/storefront/index.html")
    assert "badge/checkout/latency.svg" not in release.files
    assert "badge/checkout/uptime.svg" in release.files
    told = json.loads(read(release, "api/status.json"))["data"]["monitors"]
    assert {each["slug"]: each["latency_ms"] is None for each in told}["checkout"]
    assert not {each["slug"]: each["latency_ms"] is None for each in told}["search"]
