"""Atom and RSS: one entry for each message."""

import xml.etree.ElementTree as ET
from datetime import datetime
from email.utils import parsedate_to_datetime

import pages
import pytest
from factories import an_incident

from kener.core.instant import MINUTE, iso
from kener.core.status import Status
from kener.site.feeds import LATEST
from kener.store.tables import Update

ATOM = {"a": "http://www.w3.org/2005/Atom"}
URL = "https://status.example.org"


@pytest.fixture
def feed(make, read):
    def feed(path, now=pages.NOW):
        return ET.fromstring(read(make(now), path))

    return feed


def texts(root, path):
    return [each.text for each in root.findall(path, ATOM)]


def test_each_message_is_an_entry_the_newest_first(shop, feed):
    root = feed("feed.atom")

    assert texts(root, "a:entry/a:title") == [
        "Resolved: Delayed order e-mails",
        "Identified: Slow checkout <in Europe>",
        "Investigating: Slow checkout <in Europe>",
    ]
    times = texts(root, "a:entry/a:updated")
    assert times == sorted(times, reverse=True)
    assert texts(root, "a:updated") == times[:1] == [iso(pages.NOW)]
    ids = texts(root, "a:entry/a:id")
    assert len(set(ids)) == 3
    link = root.find("a:entry/a:link", ATOM)
    assert link.get("href") == f"{URL}/incidents/incpast000/"
    assert root.find("a:entry/a:category", ATOM).get("term") == "Storefront"


def test_an_entry_says_when_in_utc_and_in_the_pages_zone(shop, feed):
    content = feed("m/checkout/feed.atom").find("a:entry/a:content", ATOM)

    assert content.get("type") == "html"
    assert content.text.strip() == (
        "<p>The card processor answers slowly.</p>"
        "<p>10 Mar 2026, 11:49 UTC (10 Mar 2026, 12:49 UTC+1)</p>"
    )


def test_rss_says_the_same(shop, feed):
    root = feed("feed.rss")

    assert texts(root, "channel/item/title") == texts(feed("feed.atom"), "a:entry/a:title")
    assert texts(root, "channel/item/guid") == texts(feed("feed.atom"), "a:entry/a:id")
    at = parsedate_to_datetime(texts(root, "channel/item/pubDate")[0])
    assert at == datetime.fromisoformat(texts(feed("feed.atom"), "a:entry/a:updated")[0])


def test_a_service_has_a_feed_of_what_speaks_of_it(shop, feed):
    root = feed("m/storefront/feed.atom")

    assert texts(root, "a:title") == ["Storefront – Northwind status"]
    assert texts(root, "a:entry/a:title") == ["Resolved: Delayed order e-mails"]
    assert feed("m/product-images/feed.atom").findall("a:entry", ATOM) == []


def test_what_people_wrote_is_text_and_what_xml_cannot_hold_is_marked(database, shop, feed):
    with database.write() as session:
        update = session.query(Update).filter_by(at=pages.NOW - 11 * MINUTE).one()
        update.message = "One & <two>\x0b\nthree\ud83d\ude00".encode(
            "utf-16", "surrogatepass"
        ).decode("utf-16")

    for path, name in (
        ("feed.atom", "a:entry/a:content"),
        ("feed.rss", "channel/item/description"),
    ):
        text = feed(path).findall(name, ATOM)[1].text
        assert "One &amp; &lt;two&gt;\ufffd<br>three\U0001f600" in text


def test_the_same_news_make_the_same_bytes(shop, make):
    first, second = make(), make(pages.NOW + MINUTE, seq=2)

    for path in ("feed.atom", "feed.rss"):
        assert first.files[path].body == second.files[path].body


def test_only_the_newest_are_kept(database, shop, feed):
    with database.write() as session:
        incident = an_incident(session, (session.merge(shop["search"]), Status.DOWN))
        for number in range(LATEST + 10):
            at = pages.NOW - number * MINUTE
            incident.updates.append(Update(status=incident.status, message="Still.", at=at))

    assert len(feed("feed.atom").findall("a:entry", ATOM)) == LATEST


def test_a_page_without_incidents_has_an_empty_feed(make, feed):
    assert feed("feed.atom").findall("a:entry", ATOM) == []
    assert feed("feed.rss").findall("channel/item") == []
