"""Badges: readable, whatever is written on them."""

import json
import xml.etree.ElementTree as ET

import pytest

from kener.core.status import Status
from kener.site import snapshot
from kener.site.badges import COLOURS, LABEL, STYLES, Badge, dot, draw

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [each.text for each in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("style", STYLES)
def test_a_badge_says_label_and_message_and_the_same_to_screen_readers(style):
    svg = draw(Badge("Checkout & more", "Partial outage", Status.PARTIAL), style)
    root = ET.fromstring(svg)

    assert [each.lower() for each in texts(svg)] == ["checkout & more", "partial outage"]
    assert root.get("aria-label") == root.find(f"{SVG}title").text
    assert root.get("aria-label") == "Checkout & more: Partial outage"
    assert root.get("height") == ("28" if style == "for-the-badge" else "20")


def test_a_badge_without_a_label_has_its_message_alone():
    svg = draw(Badge("", "99.98%", Status.UP))

    assert texts(svg) == ["99.98%"]
    assert ET.fromstring(svg).get("aria-label") == "99.98%"


def test_a_text_is_one_short_line():
    (label, message) = texts(draw(Badge("a\nb\x00c\u202e", "x" * 500, Status.UP)))

    assert label == "a b c"
    assert len(message) == 120


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [*COLOURS.values(), LABEL])
def test_white_text_can_be_read_on_every_colour(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_a_dot_is_hollow_when_nobody_knows():
    assert 'fill="none"' in dot(Badge("Shop", "No data", Status.UNKNOWN))
    assert 'fill="none"' not in dot(Badge("Shop", "Operational", Status.UP))


def test_the_site_has_those_of_the_page_and_of_each_service(shop, make, read):
    release = make()

    assert texts(read(release, "badge/status.svg")) == ["Northwind status", "Degraded"]
    assert texts(read(release, "badge/checkout/status.svg")) == ["Checkout", "Degraded"]
    assert texts(read(release, "badge/checkout/uptime.svg")) == ["uptime 90 d", "99.91%"]
    assert texts(read(release, "badge/checkout/latency.svg")) == ["response time", "100 ms"]
    assert texts(read(release, "badge/search/latency.svg")) == ["response time", "no data"]
    assert json.loads(read(release, "badge/checkout/status.json")) == {
        "schemaVersion": 1,
        "label": "Checkout",
        "message": "Degraded",
        "color": "7f5200",
        "isError": False,
    }


def test_a_badge_says_the_response_time_on_a_page_that_draws_none(shop, make, read, monkeypatch):
    monkeypatch.setattr(snapshot, "DRAWN", 0)

    badge = read(make(), "badge/checkout/latency.svg")
    assert texts(badge) == ["response time", "100 ms"]
