"""History and uptime by month, maintenance, and the page for programs."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pages
import pytest
from factories import a_window, an_incident

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, parse_iso
from kener.core.status import Status
from kener.site import pages as site_pages
from kener.site import snapshot
from kener.site.archive import stories_by_month
from kener.site.build import problems
from kener.store.pages import default_page
from kener.targets.folder import FolderTarget

NOW = pages.NOW


def plain(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.fixture
def old(database, shop):
    """An incident half an hour into January in Berlin: in UTC it is still December."""
    with database.write() as session:
        about = session.merge(shop["search"]), Status.DOWN
        at = parse_iso("2025-12-31T23:30:00Z")
        an_incident(session, about, title="Old trouble", started_at=at, public_id="incold0000")


def test_months_go_back_to_the_first_incident_in_the_pages_zone(old, look):
    months = stories_by_month(look())

    assert list(months) == ["2026-03", "2026-02", "2026-01"]
    assert [len(each) for each in months.values()] == [2, 0, 1]


def test_months_before_those_that_are_kept_are_not_shown(old, look):
    """An incident that is open for longer counts for the first month there is."""
    archive = list(look().archive)
    seen = replace(look(NOW + 3 * 365 * DAY), archive=archive)
    months = stories_by_month(seen)

    assert len(months) == 25
    assert sum(map(len, months.values())) == len(archive)


def test_a_month_has_its_incidents_and_leads_to_its_neighbours(old, make, read):
    release = make()
    january, february = (read(release, f"history/2026-0{n}/index.html") for n in (1, 2))

    assert "Old trouble" in january
    assert "January 2026 1 incident reported." in plain(january)
    assert 'href="/history/2026-02/"' in january
    assert 'rel="prev"' not in january
    assert "No incidents reported." in plain(february)
    assert {'rel="prev"', 'rel="next"'} <= set(re.findall(r'rel="\w+"', february))
    assert "history/2025-12/index.html" not in release.files


def test_the_history_counts_them(old, make, read):
    text = plain(read(make(), "history/index.html"))

    assert "March 2026 2 incidents reported" in text
    assert "January 2026 1 incident reported" in text


def test_old_incidents_keep_their_pages_and_every_link_leads_somewhere(old, make):
    release = make(NOW + 300 * DAY)

    assert "incidents/incold0000/index.html" in release.files
    assert "history/2026-01/index.html" in release.files
    assert problems(release) == []


def test_what_did_not_change_is_kept_for_an_hour(old, make):
    before = make()
    keys = {path: each.key for path, each in before.files.items() if each.key}
    soon = make(NOW + MINUTE, 2, keys)
    later = make(NOW + HOUR, 3, keys)

    archived = {path for path in before.files if path.startswith(("history/", "uptime/"))}
    assert archived <= set(soon.kept)
    assert not archived & set(later.kept)


def test_uptime_is_cut_by_month(database, make, read):
    with database.write() as session:
        trouble = NOW - parse_iso("2026-02-28T23:00:00Z")  # midnight in Berlin
        pages.a_service(session, "Shop", (trouble, 10 * MINUTE, Status.DOWN), age=200 * DAY)
        pages.a_service(session, "New", age=20 * DAY)
        default_page(session).time_zone = "Europe/Berlin"
    html = read(make(), "uptime/index.html")

    head = re.findall(r'<th scope="col">(.*?)</th>', html)
    assert head == ["Service", "March 2026 so far", "February 2026", "January 2026"]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html)
    figures = [re.findall(r'data-month="[^"]*">(.*?)</td>', each) for each in rows]
    march, *before = figures[1]
    assert float(march.removesuffix("%")) < 100
    assert before == ["100%", "100%"]
    assert figures[0] == ["100%", "100%", "–"]


def test_maintenance_is_told_before_while_and_after(database, shop, make, read):
    with database.write() as session:
        about = session.merge(shop["search"]), Status.MAINTENANCE
        for title, start in (("Past", -3 * DAY), ("Present", -HOUR), ("Future", DAY)):
            at = NOW + start
            a_window(session, about, starts_at=at, ends_at=at + 2 * HOUR, title=title)
    text = plain(read(make(), "maintenance/index.html"))

    assert "Work is in progress." in text
    assert re.search(r"Now and next.*Present.*In progress until.*Future.*Past 7 Mar Past", text)
    assert text.count("2 h") == 1


def test_without_any_it_says_so(make, read):
    assert "Nothing is planned for the next two weeks." in plain(
        read(make(), "maintenance/index.html")
    )


def test_every_file_that_is_told_to_programs_is_there(shop, make, read):
    release = make()
    told = re.findall(
        r'<th scope="row"><a href="/([^"]+)">', read(release, "developers/index.html")
    )

    assert len(told) >= 15
    assert set(told) <= set(release.files)


def test_the_map_of_the_site_names_pages_that_are_there(old, make, read):
    release = make()
    root = ET.fromstring(read(release, "sitemap.xml"))
    places = [each.text for each in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert len(places) == len(set(places)) > 10
    for each in places:
        path = each.removeprefix("https://status.example.org/")
        assert f"{path}index.html" in release.files
    assert "Sitemap: https://status.example.org/sitemap.xml\n" in read(release, "robots.txt")
    assert "https://status.example.org/api/v2/summary.json" in read(release, "llms.txt")


@pytest.mark.usefixtures("old")
def test_more_or_fewer_services_than_have_small_files_can_still_be_published(
    make, read, tmp_path, monkeypatch
):
    target = FolderTarget(folder=tmp_path)
    for seq, limit in enumerate((2, 300, 2), start=1):
        monkeypatch.setattr(snapshot, "WITH_FILES", limit)
        release = make(NOW + seq * SECOND, seq, target.keys())
        target.publish(release)
        assert problems(release) == []
        told = "Each service has a feed" in read(release, "developers/index.html")
        assert told == ("badge/search/dot.svg" in release.files) == (limit == 300)


def test_a_frame_says_how_many_it_leaves_out(old, make, read, monkeypatch):
    monkeypatch.setattr(site_pages, "EMBEDDED", 1)

    assert "and 3 more" in plain(read(make(), "embed/index.html"))


def test_a_quiet_minute_sends_few_files(old, make):
    """What is sent to a host in a quiet minute: beside the first page only what tells its time."""
    before = make(NOW + SECOND)
    keys = {path: each.key for path, each in before.files.items() if each.key}
    after = make(NOW + MINUTE + SECOND, 2, keys)

    changed = {
        path
        for path, each in after.files.items()
        if path not in before.files or before.files[path].body != each.body
    }
    assert changed == {
        "embed/index.html",
        "index.html",
        "now.json",
        "api/status.json",
        "api/v2/summary.json",
    }
