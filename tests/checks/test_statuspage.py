"""The statuspage check, against pages served on loopback."""

import json

import pytest
from checks.servers import HttpServer, free_port, ok, to

from kener.checks.statuspage import StatusPageCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def check(url: str, **settings) -> StatusPageCheck:
    return StatusPageCheck.parse({"url": url, **settings})


def component(name: str, status: str = "operational", **more) -> dict:
    return {"id": f"id-{name.lower()}", "name": name, "status": status, "group": False, **more}


def page(indicator: str = "none", description: str = "All Systems Operational", **more) -> dict:
    return {
        "page": {
            "id": "kctbh9vrtdwd",
            "name": "Example",
            "url": "https://status.example",
            "updated_at": "2026-11-25T12:00:00.000Z",
        },
        "status": {"indicator": indicator, "description": description},
        "components": [component("API"), component("CDN"), component("Web")],
        "incidents": [],
        "scheduled_maintenances": [],
        **more,
    }


def seen(probe, document, **settings):
    body = document if isinstance(document, bytes) else json.dumps(document)
    with HttpServer(ok(body)) as server:
        return probe(check(server.url, **settings))


def test_a_page_that_is_well_is_up(probe):
    with HttpServer(ok(json.dumps(page()))) as server:
        outcome = probe(check(server.url + "/"))

    assert outcome.status is Status.UP
    assert outcome.facts["page"] == "Example"
    assert outcome.facts["indicator"] == "none"
    assert outcome.facts["description"] == "All Systems Operational"
    assert outcome.facts["page_updated_at"] == "2026-11-25T12:00:00.000Z"
    assert outcome.facts["http_status"] == 200
    assert "components_not_well" not in outcome.facts
    assert outcome.latency_ms == outcome.phases["total"]
    assert server.received[0].path == "/api/v2/summary.json"
    assert server.received[0].headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("indicator", "settings", "expected"),
    [
        ("none", {}, Status.UP),
        ("minor", {}, Status.DEGRADED),
        ("major", {}, Status.DEGRADED),
        ("major", {"partial": "down"}, Status.DOWN),
        ("critical", {}, Status.DOWN),
        ("maintenance", {}, Status.UP),
        ("maintenance", {"maintenance": "degraded"}, Status.DEGRADED),
        ("maintenance", {"maintenance": "down"}, Status.DOWN),
        ("apocalyptic", {}, Status.UNKNOWN),
        ("", {}, Status.UNKNOWN),
    ],
)
def test_the_indicator_decides_for_the_whole_page(probe, indicator, settings, expected):
    outcome = seen(probe, page(indicator, "As it is"), **settings)

    assert outcome.status is expected
    assert outcome.facts.get("indicator", "") == indicator
    if indicator != "none":
        assert outcome.detail == f"the page says “As it is” ({indicator})"
    if expected is Status.UNKNOWN:
        assert outcome.reason is Reason.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("status", "settings", "expected"),
    [
        ("operational", {}, Status.UP),
        ("degraded_performance", {}, Status.DEGRADED),
        ("partial_outage", {}, Status.DEGRADED),
        ("partial_outage", {"partial": "down"}, Status.DOWN),
        ("major_outage", {}, Status.DOWN),
        ("under_maintenance", {}, Status.UP),
        ("under_maintenance", {"maintenance": "down"}, Status.DOWN),
        ("on_fire", {}, Status.UNKNOWN),
    ],
)
def test_chosen_components_decide_and_no_others(probe, status, settings, expected):
    parts = [component("API", status), component("CDN"), component("Web", "major_outage")]
    outcome = seen(probe, page("critical", components=parts), components="API\nCDN", **settings)

    assert outcome.status is expected
    if status != "operational":
        assert outcome.detail == f"the page says API: {status.replace('_', ' ')}"


def test_components_go_by_name_or_id_and_the_worst_counts(probe):
    parts = [component("API", "degraded_performance"), component("CDN", "major_outage")]
    outcome = seen(probe, page(components=parts), components=" api \nid-cdn\n\n")

    assert outcome.status is Status.DOWN
    assert outcome.detail == "the page says API: degraded performance; CDN: major outage"
    assert outcome.facts["components_not_well"] == [
        "API: degraded performance",
        "CDN: major outage",
    ]


def test_a_component_that_is_missing_is_named(probe):
    outcome = seen(probe, page(), components="API\nDatabase")

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == "there is no component “Database” on the page"
    assert outcome.facts["indicator"] == "none"


def test_open_incidents_and_work_going_on_are_told(probe):
    outcome = seen(
        probe,
        page(
            "minor",
            "Minor Service Outage",
            incidents=[{"name": "Slow\r\n answers", "status": "investigating"}],
            scheduled_maintenances=[
                {"name": "New disks", "status": "in_progress"},
                {"name": "Next year", "status": "scheduled"},
            ],
        ),
    )

    assert outcome.detail == (
        "the page says “Minor Service Outage” (minor): Slow answers, New disks"
    )
    assert outcome.facts["incidents"] == ["Slow answers"]
    assert outcome.facts["maintenances"] == ["New disks"]


@pytest.mark.parametrize(
    "document",
    [
        b"<html>hello",
        b"[]",
        b"{}",
        b'{"status": "ok"}',
        b'{"status": {"indicator": null}}',
        b'{"status": {"indicator": ["none"]}}',
        b"null",
        b"[" * 50_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_what_is_no_status_page_is_down(probe, document):
    outcome = seen(probe, document)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert "status page" in outcome.detail


def test_a_page_without_end_is_cut_and_down(probe):
    outcome = seen(probe, json.dumps(page()).encode() + b" " * (2 << 20))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == (
        "no status page: the answer is longer than the 1024 KB that were read"
    )


def test_hostile_pages_are_told_at_a_sane_length(probe):
    parts = [component("x" * 5000 + "\ud800", "major_outage")] * 500 + [{"name": 7}, 8, None]
    outcome = seen(
        probe,
        page("critical", "y" * 5000, components=parts, incidents=[{"name": "z" * 900}] * 900),
    )

    assert outcome.status is Status.DOWN
    assert len(outcome.detail) < 500
    assert len(json.dumps(outcome.facts)) < 10_000
    str(outcome).encode()


def test_a_page_that_answers_otherwise_is_down(probe):
    with HttpServer(ok("no", "404 Not Found")) as server:
        outcome = probe(check(server.url))
    gone = probe(check(f"http://127.0.0.1:{free_port()}"))

    assert outcome.detail == "answered 404; expected 200"
    assert outcome.facts["http_status"] == 404
    assert gone.reason is Reason.REFUSED


def test_a_page_that_moved_is_followed(probe):
    with (
        HttpServer(ok(json.dumps(page()))) as server,
        HttpServer(to(f"{server.url}/api/v2/summary.json")) as old,
    ):
        outcome = probe(check(old.url))

    assert outcome.status is Status.UP


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("", "/api/v2/summary.json"),
        ("/", "/api/v2/summary.json"),
        ("/status/", "/status/api/v2/summary.json"),
        ("/own/summary.json?page=1", "/own/summary.json?page=1"),
    ],
)
def test_the_summary_is_found(probe, given, asked):
    with HttpServer(ok(json.dumps(page()))) as server:
        probe(check(server.url + given))

    assert server.received[0].path == asked


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "url"),
        ({"url": "status.example"}, "url"),
        ({"url": "https://status.example/?a=b"}, "url"),
        ({"url": "https://status.example", "maintenance": "unknown"}, "maintenance"),
        ({"url": "https://status.example", "partial": "up"}, "partial"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        StatusPageCheck.parse(settings)

    assert list(refused.value.problems) == [field]
