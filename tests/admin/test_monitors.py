"""/admin/monitors: the list, and keeping it fresh."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from factories import a_monitor, a_span, an_incident, the_location
from forms import HTMX
from queries import counting

from kener.core.instant import MINUTE
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Observation
from kener.web.database import db

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def seen(session, monitor, status=Status.UP, **given):
    """A monitor that was probed just now."""
    at = now()
    own = {
        "slot_at": at,
        "observed_until": at + 10 * MINUTE,
        "observed": status,
        "confirmed": status,
        "run_status": status,
        "latency_us": 42_000,
    }
    location = the_location(session).id
    session.add(Observation(monitor_id=monitor.id, location_id=location, **own | given))
    a_span(session, monitor, status, at - 30 * MINUTE, reason=given.get("reason"))
    return monitor


def rows_of(html):
    return re.findall(r'<tr id="monitor-([^"]+)"', html)


def marks_of(html):
    return re.findall(r'name="mark" value="([^"]+)"', html)


def counts_of(html):
    return re.search(r'name="counts" value="([^"]+)"', html)[1]


def test_the_list_says_how_everything_is(browser, database):
    with database.write() as session:
        seen(session, a_monitor(session, name="Shop"))
        seen(session, a_monitor(session, name="Search"), Status.DOWN, detail="connection refused")
        a_monitor(session, name="Old importer", paused=True)
        a_monitor(session, name="Brand new")

    html = browser.get("/admin/monitors").text

    assert "<title>(1) Monitors" in html
    assert "42 ms" in html
    assert re.search(r'class="s-down">Outage</b> · connection refused', html)
    assert "Paused" in html
    assert "the first check is about to come" in html
    assert "127.0.0.1:9" in html
    assert html.count('<svg class="strip"') == 4


@ONE_DATABASE
def test_htmx_gets_the_list_alone_and_its_history_the_whole_page(browser, database):
    with database.write() as session:
        a_monitor(session)

    piece = browser.get("/admin/monitors", headers=HTMX)
    restored = browser.get("/admin/monitors", headers=HTMX | {"HX-History-Restore-Request": "true"})

    assert piece.text.lstrip().startswith('<section id="monitors"')
    assert "HX-Request" in piece.headers["Vary"]
    assert "<!doctype html>" in restored.text


@ONE_DATABASE
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Shop", "Search", "Old importer"]),
        ("?q=SHOP", ["Shop"]),
        ("?q=port+sea", ["Search"]),
        ("?q=127.0.0.1:9", ["Shop", "Search", "Old importer"]),
        ("?q=money", ["Shop"]),
        ("?state=trouble", ["Search"]),
        ("?state=paused", ["Old importer"]),
        ("?tag=money", ["Shop"]),
        ("?tag=money&state=trouble", []),
        ("?state=nonsense&page=-1", ["Shop", "Search", "Old importer"]),
        ("?page=99", []),
        ("?q=%3Cscript%3E", []),
    ],
)
def test_the_address_decides_what_is_shown(browser, database, query, found):
    with database.write() as session:
        seen(session, a_monitor(session, name="Shop", tags=["money"]))
        seen(session, a_monitor(session, name="Search"), Status.DOWN)
        a_monitor(session, name="Old importer", paused=True)

    html = browser.get(f"/admin/monitors{query}").text
    names = re.findall(r'<span class="nm">.*?">([^<]+)</a>', html)

    assert sorted(names) == sorted(found)
    assert "<script>" not in html


def test_an_open_incident_shows_on_what_it_affects(browser, database):
    with database.write() as session:
        monitor = seen(session, a_monitor(session, name="Shop"))
        an_incident(session, (monitor, Status.PARTIAL), started_at=now() - MINUTE)

    assert 'class="s-partial">Partial outage</b>' in browser.get("/admin/monitors").text


@ONE_DATABASE
def test_without_monitors_it_says_what_to_do(browser):
    html = browser.get("/admin/monitors").text

    assert "Add the first monitor" in html
    assert '<input id="q"' not in html


def test_500_monitors_cost_few_questions(browser, database, app):
    with database.write() as session:
        for number in range(500):
            seen(session, a_monitor(session, name=f"Monitor {number:03}"))
    with app.app_context():
        asked = SimpleNamespace(engine=db.engine)
    with counting(asked) as statements:
        html = browser.get("/admin/monitors").text

    assert len(statements) <= 10, statements
    assert len(rows_of(html)) == 50
    assert "Page 1 of 10" in html
    assert 'href="?page=2"' in html
    assert len(rows_of(browser.get("/admin/monitors?page=10").text)) == 50


def live(browser, html, **headers):
    query = {"mark": marks_of(html), "counts": counts_of(html)}
    return browser.get("/admin/monitors/live", query_string=query, headers=HTMX | headers)


def test_when_nothing_changed_nothing_is_sent(browser, database):
    with database.write() as session:
        seen(session, a_monitor(session))
    html = browser.get("/admin/monitors").text

    assert live(browser, html).status_code == 204


def test_only_what_changed_is_sent(browser, database):
    with database.write() as session:
        monitor = seen(session, a_monitor(session, name="Shop"))
        other = seen(session, a_monitor(session, name="Search"))
    html = browser.get("/admin/monitors").text
    with database.write() as session:
        session.query(Observation).filter_by(monitor_id=monitor.id).one().confirmed = Status.DOWN

    answer = live(browser, html).text

    assert rows_of(answer) == [monitor.public_id]
    assert other.public_id not in answer
    assert f'<hx-partial hx-target="#monitor-{monitor.public_id}"' in answer
    assert '<hx-partial hx-target="#chips"' in answer
    assert "<title>(1) Monitors</title>" in answer


def test_a_list_with_other_monitors_is_sent_whole(browser, database):
    with database.write() as session:
        a_monitor(session, name="Shop")
    html = browser.get("/admin/monitors").text
    with database.write() as session:
        a_monitor(session, name="Search")

    answer = live(browser, html)

    assert answer.headers["HX-Retarget"] == "#monitors"
    assert len(rows_of(answer.text)) == 2


@ONE_DATABASE
def test_a_name_is_only_ever_text(browser, database):
    name = '"><img src=x onerror=alert(1)>'
    with database.write() as session:
        seen(session, a_monitor(session, name=name, tags=[name]))

    html = browser.get("/admin/monitors").text

    assert "<img" not in html
    assert name in unescape(html)


@ONE_DATABASE
def test_settings_that_cannot_be_read_do_not_hide_the_monitor(browser, database):
    with database.write() as session:
        a_monitor(
            session,
            name="Lost",
            kind="http",
            settings={"url": "http://a.test", "password": "enc:v1:00:xx"},
        )
        a_monitor(session, name="Strange", kind="from-the-future", settings={})

    html = browser.get("/admin/monitors").text

    assert "settings cannot be read" in html
    assert "from-the-future" in html
