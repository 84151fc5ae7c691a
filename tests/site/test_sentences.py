"""What the page says in words."""

import pages
import pytest

from kener.core.instant import DAY, HOUR
from kener.core.status import Status
from kener.site.headline import page_headline, service_headline
from kener.site.sentences import calm_text, label, lede

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def services(database, *statuses, **own):
    with database.write() as session:
        for number, status in enumerate(statuses):
            pages.a_service(session, f"Service {number}", status=status, **own)


def text(markup):
    return str(markup).replace("<b>", "").replace("</b>", "")


@ON_SQLITE
def test_without_services_the_page_says_so(look):
    seen = look()

    assert page_headline(seen) == "Nothing is watched yet."
    assert text(lede(seen)) == "Services appear here as soon as there is one to watch."


@ON_SQLITE
@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        (("up",), "The 1 service watched here is normal."),
        (("up", "up"), "All 2 services are normal."),
        (("degraded",), "The 1 service is degraded."),
        (("down", "down"), "All 2 services are down."),
        (("down", "up", "up"), "1 of 3 services is down. Everything else is working normally."),
        (("down", "down", "degraded"), "2 of 3 services are down and 1 is degraded."),
        (
            ("down", "degraded", "unknown", "up"),
            (
                "1 of 4 services is down, 1 is degraded and 1 has no data."
                " Everything else is working normally."
            ),
        ),
    ],
)
def test_counts_add_up_to_all_services(database, look, statuses, says):
    services(database, *map(Status, statuses))

    assert text(lede(look())).strip() == says


@ON_SQLITE
def test_the_last_incident_is_told_of_while_all_is_well(database, look):
    with database.write() as session:
        pages.a_shop(session, pages.NOW - 2 * DAY)
        for observation in session.query(pages.Observation):
            session.delete(observation)
        for span in session.query(pages.factories.Span).filter_by(to_at=None):
            span.status = Status.UP
            pages.factories.add(session, span)
        for incident in session.query(pages.factories.Incident):
            incident.status, incident.resolved_at = pages.Phase.RESOLVED, pages.NOW - DAY
        for monitor in session.query(pages.factories.Monitor):
            pages.observe(session, monitor, Status.UP, pages.NOW - DAY)

    assert text(lede(look())) == "All 4 services are normal. The last incident was two days ago."


@ON_SQLITE
def test_before_the_first_check_nothing_is_claimed(database, look):
    with database.write() as session:
        pages.factories.a_monitor(session, name="Storefront")
    seen = look()

    assert page_headline(seen) == "Nothing is confirmed yet."
    assert text(lede(seen)) == "The 1 service waits for its first check."


@ON_SQLITE
def test_silence_is_not_called_working(database, look):
    services(database, Status.UP, Status.UP)
    seen = look(pages.NOW + HOUR)

    assert page_headline(seen) == "There is no data at the moment."
    assert text(lede(seen)) == (
        "2 services could not be checked lately. We do not call that working."
    )


@ON_SQLITE
def test_a_paused_service_is_paused_and_not_without_data(database, look):
    services(database, Status.UNKNOWN, paused=True)
    seen = look()

    assert page_headline(seen) == "All checks are paused."
    assert label(seen.services[0]) == "Paused"
    assert service_headline(seen.services[0]) == "Service 0 is not checked at the moment."


@ON_SQLITE
def test_a_name_with_html_in_it_is_only_text(database, look):
    with database.write() as session:
        pages.a_service(session, "<b>Shop</b>", slug="shop", status=Status.DOWN)

    assert service_headline(look().services[0]) == "<b>Shop</b> is down."


def test_calm_days_are_counted_in_words():
    assert calm_text(6) == "Six days without reported incidents"
