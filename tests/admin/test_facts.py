"""Facts as people read them."""

import pytest

from kener.admin._facts import fact_name, fact_text
from kener.admin._monitor_fields import fields_of
from kener.admin._settings_fields import settings_fields
from kener.admin._words import sentence
from kener.checks import check_types


@pytest.mark.parametrize(
    ("name", "fact", "told"),
    [
        ("size_bytes", 121, "Size: 121 bytes"),
        ("size_bytes", 24_576, "Size: 24.0 KB"),
        ("loss_percent", 0.0, "Loss: 0 %"),
        ("round_trip_min_ms", 0.057, "Fastest round trip: 0.1 ms"),
        ("offset_ms", -1500.0, "Clock differs by: −1.5 s"),
        ("run_time_s", 1.25, "Run time: 1.25 s"),
        ("ttl_s", 3600, "TTL: 1 h"),
        ("http_version", "2", "HTTP version: 2"),
        ("ssh_banner", "SSH-2.0-x", "SSH banner: SSH-2.0-x"),
        ("grpc_health", "SERVING", "gRPC health: SERVING"),
        ("answered", True, "Answered: yes"),
        ("value", None, "Value: –"),
        ("answers", ["192.0.2.1", "192.0.2.2"], "Answers: 192.0.2.1\n192.0.2.2"),
        ("due_at", "2026-11-26T00:33:25.563Z", "Overdue from: 26 Nov 2026, 01:33 UTC+1"),
        ("page_updated_at", "yesterday", "Page updated: yesterday"),
        ("expires_at", "9999-12-31T23:59:59Z", "Expires: 9999-12-31T23:59:59Z"),
    ],
)
def test_a_fact_has_its_name_in_words_and_its_value_with_the_unit(name, fact, told):
    assert f"{fact_name(name)}: {fact_text(name, fact, 'Europe/Berlin')}" == told


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("reported a failure", "Reported a failure"),
        ("db.example refused it", "db.example refused it"),
        ("127.0.0.1 port 9 refused it", "127.0.0.1 port 9 refused it"),
        ("", ""),
    ],
)
def test_a_detail_begins_with_a_capital_unless_with_a_name(detail, told):
    assert sentence(detail) == told


def test_choices_of_a_form_are_words_and_abbreviations_have_their_capitals():
    words = {
        word
        for kind in check_types().values()
        for field in settings_fields(kind)
        for each in (field, *field.parts)
        for _, word in each.choices
    }

    assert words >= {"STARTTLS", "UDP", "HTTPS", "JSON", "POP3", "PostgreSQL", "Doom 3"}
    assert not words & {"Tls", "Tcp", "Udp", "Smtp", "Json"}
    assert not {each for each in words if "_" in each}


def test_the_hint_of_assertions_says_what_they_can_look_at():
    fields = {each.name: each for each in settings_fields(check_types()["dns"])}

    assert "They can look at: " in fields["settings.assertions"].hint
    assert fields["settings.match"].hint.startswith("Any: one of the values")


def test_no_two_fields_of_a_form_have_the_same_label():
    for kind in check_types().values():
        labels = [each.label for each in fields_of(kind)]

        assert len(labels) == len(set(labels)), kind.kind
