"""References to stored secrets."""

import pytest

from kener.core.references import filled, secrets_in


def test_references_are_found_at_any_depth():
    value = {"a": "{{ secret.ONE }}", "b": [{"c": "x {{secret.two}} y {{  secret.ONE  }}"}], "d": 5}

    assert secrets_in(value) == {"ONE", "two"}


def test_references_are_filled_at_any_depth_and_the_rest_stays():
    value = {"a": "Bearer {{ secret.T }}", "b": [{"c": "{{secret.T}}{{ secret.U }}"}], "d": None}

    assert filled(value, {"T": "t", "U": r"\1"}) == {
        "a": "Bearer t",
        "b": [{"c": r"t\1"}],
        "d": None,
    }


def test_what_a_secret_holds_is_not_filled_again():
    assert filled("{{ secret.A }}", {"A": "{{ secret.B }}", "B": "no"}) == "{{ secret.B }}"


def test_a_missing_secret_is_named():
    with pytest.raises(KeyError, match="GONE"):
        filled("{{ secret.GONE }}", {})


@pytest.mark.parametrize(
    "text",
    ["{{ secret.A.b }}", "{{ secret['A'] }}", "{{ config }}", "{ secret.A }", "{{ secret.1A }}"],
)
def test_nothing_but_a_plain_name_is_a_reference(text):
    assert secrets_in(text) == set()
    assert filled(text, {"A": "x"}) == text
