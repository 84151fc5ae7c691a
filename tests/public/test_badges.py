"""/badge/…: the file, or the same in another style and with another label."""

import xml.etree.ElementTree as ET

import pages
import pytest

from kener.site.build import build
from kener.site.snapshot import snapshot
from kener.targets.folder import FolderTarget

SVG = "{http://www.w3.org/2000/svg}"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE


@pytest.fixture
def published(database, config):
    with database.write() as session:
        pages.a_shop(session)
    with database.read() as session:
        seen = snapshot(session, pages.NOW)
        release = build(
            session, [("", seen)], seq=1, every=60, url="https://s.example.org", known={}
        ).made()
    FolderTarget(folder=config.site_dir).publish(release)


def texts(response):
    return [each.text for each in ET.fromstring(response.data).iter(f"{SVG}text")]


def test_without_wishes_it_is_the_file(published, client):
    response = client.get("/badge/checkout/status.svg")

    assert texts(response) == ["Checkout", "Degraded"]
    assert response.content_type == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_style_and_label_can_be_chosen(published, client):
    response = client.get("/badge/checkout/uptime.svg?style=for-the-badge&label=Käse%20%26%20more")

    assert texts(response) == ["KÄSE & MORE", "99.91%"]
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(
        "/badge/checkout/uptime.svg?style=for-the-badge&label=Käse%20%26%20more",
        headers={"If-None-Match": response.headers["ETag"]},
    )
    assert again.status_code == 304


def test_the_label_may_be_left_out(published, client):
    assert texts(client.get("/badge/status.svg?label=")) == ["Degraded"]
    assert b"Degraded" in client.get("/badge/checkout/dot.svg?label=").data


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("style=round", "style must be one of flat, flat-square, plastic, for-the-badge."),
        ("colour=red", "There is no parameter 'colour'; there are style and label."),
        (f"label={'x' * 121}", "label must have at most 120 characters."),
    ],
)
def test_a_wrong_wish_is_refused_in_a_sentence(published, client, asked, said):
    response = client.get(f"/badge/status.svg?{asked}")

    assert (response.status_code, response.text.strip()) == (400, said)
    assert response.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "nobody/status.svg",
        "nobody/status.svg?label=x",
        "../api/status.svg?label=x",
        "x/.svg?label=",
    ],
)
def test_what_is_not_there_is_not_found(published, client, path):
    assert client.get(f"/badge/{path}").status_code == 404


def test_before_the_first_page_there_is_none(client):
    assert client.get("/badge/status.svg?label=x").status_code == 503


def test_a_frame_may_stand_in_any_page_and_has_no_scripts(published, client):
    for path in ("/embed/", "/embed/checkout/"):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert response.status_code == 200
        assert "frame-ancestors *" in policy
        assert "script" not in policy
        assert "X-Frame-Options" not in response.headers
        assert b"<script" not in response.data
    assert "frame-ancestors 'self'" in client.get("/").headers["Content-Security-Policy"]


def test_the_api_of_statuspage_is_served_beside_our_own(published, client):
    summary = client.get("/api/v2/summary.json")

    assert summary.json["status"]["indicator"] == "minor"
    assert summary.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/v2/incidents/unresolved.json").status_code == 200
    assert client.get("/api/v2/nothing.json").status_code == 404
    assert client.get("/feed.atom").content_type == "application/atom+xml; charset=utf-8"
    assert client.get("/maintenance.ics").content_type == "text/calendar; charset=utf-8"
