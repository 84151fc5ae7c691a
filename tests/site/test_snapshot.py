"""All that the page needs, read once."""

from itertools import pairwise

import factories
import pages
import pytest
from queries import counting

from kener.core.instant import DAY, HOUR, MINUTE, SECOND
from kener.core.status import Status, Verdict
from kener.site.snapshot import READ_BACK, at_one_moment, snapshot


def test_services_are_as_they_stand_with_their_history(shop, look):
    seen = look()

    assert [each.name for each in seen.services] == [
        "Storefront",
        "Checkout",
        "Search",
        "Product images",
    ]
    assert [each.status for each in seen.services][:2] == [Status.UP, Status.DEGRADED]
    assert seen.verdict is Verdict.MINOR
    assert seen.measured == pages.NOW - 42 * SECOND


def test_history_covers_the_time_read_without_a_hole(shop, look):
    for service in look().services:
        edges = [(each.from_at, each.to_at) for each in service.stretches]

        assert edges[0][0] == pages.NOW - READ_BACK
        assert edges[-1][1] == pages.NOW
        assert all(a[1] == b[0] for a, b in pairwise(edges))


def test_uptime_counts_downtime_alone(shop, look):
    checkout = look().services[1]
    up = checkout.uptime(pages.NOW - 30 * DAY, pages.NOW)

    assert up.down_ms == 115 * MINUTE
    assert up.text() == "99.73"


def test_hidden_services_and_incidents_about_them_alone_are_left_out(database, look):
    with database.write() as session:
        hidden = pages.a_service(session, "Payroll", hidden=True)
        pages.an_open_incident(session, hidden)
    seen = look()

    assert (seen.services, seen.stories) == ((), ())


def test_open_incidents_are_read_however_old_and_past_ones_for_90_days(database, look):
    with database.write() as session:
        old = {"started_at": pages.NOW - 100 * DAY}
        factories.an_incident(session, title="still open", **old)
        done = old | {"resolved_at": pages.NOW - 99 * DAY, "status": factories.Phase.RESOLVED}
        factories.an_incident(session, title="long over", **done)

    assert [each.title for each in look().stories] == ["still open"]


def test_a_commit_in_between_is_not_half_seen(database, shop):
    with database.read() as session:
        before = snapshot(at_one_moment(session), pages.NOW)
        with database.write() as other:
            other.merge(shop["search"]).name = "Find"
        session.expire_all()
        after = snapshot(session, pages.NOW)

    assert [each.name for each in after.services] == [each.name for each in before.services]


def test_updates_come_newest_first(shop, look):
    story = look().open_stories[0]

    assert [each.message for each in story.updates] == [
        "The card processor answers slowly.",
        "We look into it.",
    ]
    assert [each.name for each in story.affected] == ["Checkout"]


def test_latency_has_a_step_for_each_of_the_last_24_hours(shop, look):
    storefront, checkout, *_ = look().services

    assert [sum(each.values()) for each in checkout.latency] == [2] * 24
    assert not any(storefront.latency)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_number_of_queries_does_not_depend_on_the_number_of_services(database, shop):
    def asked():
        with counting(database) as statements, database.read() as session:
            snapshot(session, pages.NOW)
        return len(statements)

    few = asked()
    with database.write() as session:
        for number in range(60):
            service = pages.a_service(session, f"Service {number}")
            pages.an_open_incident(session, service)

    assert asked() == few
    assert few <= 18


def test_a_silent_service_is_unknown_and_never_up(shop, look):
    seen = look(pages.NOW + HOUR)

    assert {each.status for each in seen.services if each.slug != "checkout"} == {Status.UNKNOWN}
    assert seen.services[0].stretches[-1].status is Status.UNKNOWN
