"""Maintenance on the page and in its documents."""

import json

import factories
import pages
import pytest
from factories import a_window

from kener.core.instant import DAY, HOUR, MINUTE, iso
from kener.core.status import Status, Verdict
from kener.core.windows import WindowStatus
from kener.site.planned import next_of_each
from kener.store.tables import Monitor

NOW = pages.NOW
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def window(database, shop):
    """Write a window of the shop's search, which lies so many ms from now."""

    def write(starts=0, length=HOUR, names=("search",), **given):
        with database.write() as session:
            monitors = [session.query(Monitor).filter_by(slug=each).one() for each in names]
            return a_window(
                session,
                *((each, Status.MAINTENANCE) for each in monitors),
                starts_at=NOW + starts,
                ends_at=NOW + starts + length,
                **given,
            )

    return write


def titles(seen):
    return [each.title for each in seen.planned]


def test_windows_of_two_weeks_are_seen_and_nothing_over_cancelled_or_in_draft(window, look):
    window(title="open")
    window(DAY, title="soon")
    window(14 * DAY, title="last")
    window(14 * DAY + 1, title="far")
    window(-HOUR, title="over")
    window(DAY, title="off", told=WindowStatus.CANCELLED)
    window(DAY, title="draft", draft=True)

    assert titles(look()) == ["open", "soon", "last"]
    assert [each.is_open for each in look().planned] == [True, False, False]


def test_what_only_speaks_of_hidden_services_is_not_seen(database, window, look):
    with database.write() as session:
        hidden = pages.a_service(session, "Payroll", hidden=True)
        a_window(session, (hidden, Status.MAINTENANCE), title="secret", starts_at=NOW)
    window(names=("search", "payroll"), title="both")
    window(names=(), title="for all")

    seen = look()
    assert titles(seen) == ["both", "for all"]
    assert [each.slug for each in seen.planned[0].affected] == ["search"]


def test_the_verdict_says_maintenance_only_when_nothing_is_worse(window, look):
    window(names=("search",))
    assert look().verdict is Verdict.MINOR
    window(names=("checkout",))
    seen = look()

    assert [each.status for each in seen.services if each.slug == "checkout"] == [
        Status.MAINTENANCE
    ]
    assert seen.verdict is Verdict.MAINTENANCE


@ON_SQLITE
def test_the_page_shows_what_is_open_and_the_next_of_each(window, make, read):
    window(title="Search <index> anew", message="Results may be an hour old.")
    window(DAY, title="Move to new hosts", names=())
    release = make()
    live = next(read(release, each) for each in release.files if each.startswith("f/live"))

    assert "Planned maintenance" in live
    assert "Search &lt;index&gt; anew" in live
    assert "In progress until" in live
    assert "Results may be an hour old." in live
    assert 'href="/m/search/"' in live
    assert "Move to new hosts" in live


@ON_SQLITE
def test_without_maintenance_the_page_does_not_speak_of_it(shop, make, read):
    assert "Planned maintenance" not in read(make(), "index.html")


@ON_SQLITE
def test_of_a_rule_only_the_next_window_is_on_the_page(database, window, look):
    first = window(DAY)
    with database.write() as session:
        session.add(
            factories.Window(
                public_id="second",
                maintenance_id=first.maintenance_id,
                original_at=NOW + 2 * DAY,
                starts_at=NOW + 2 * DAY,
                ends_at=NOW + 2 * DAY + HOUR,
            )
        )
    planned = look().planned

    assert [each.public_id for each in planned] == [first.public_id, "second"]
    assert [each.public_id for each in next_of_each(planned)] == [first.public_id]


@ON_SQLITE
def test_programs_read_the_same(window, make, read):
    now, soon = window(-MINUTE), window(DAY)
    data = json.loads(read(make(), "api/status.json"))["data"]["maintenances"]

    assert [each["window_id"] for each in data["active"]] == [now.public_id]
    assert data["upcoming"] == [
        {
            "id": soon.maintenance.public_id,
            "window_id": soon.public_id,
            "title": "Database upgrade",
            "message": "",
            "status": "scheduled",
            "starts_at": iso(NOW + DAY),
            "ends_at": iso(NOW + DAY + HOUR),
            "monitors": data["upcoming"][0]["monitors"],
        }
    ]
    assert data["upcoming"][0]["monitors"][0]["slug"] == "search"


@ON_SQLITE
def test_maintenance_is_in_the_strips_and_in_no_uptime(window, look, make, read):
    before = look().services[1].uptime(NOW - 30 * DAY, NOW)
    window(-9 * DAY - HOUR, 2 * HOUR, names=("checkout",))
    checkout = look().services[1]

    assert checkout.uptime(NOW - 30 * DAY, NOW).down_ms < before.down_ms
    history = next(each for each in make().files if each.startswith("d/history"))
    assert "m" in json.loads(read(make(), history))["services"]["checkout"]
