"""Paths into JSON."""

import pytest

from kener.checks._json_path import found, json_path

DOCUMENT = {
    "status": "ok",
    "data": {"items": [{"name": "a", "n": 1}, {"name": "b", "n": None}], "a key": {"x.y": True}},
    "0": "zero",
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$.status", ["ok"]),
        ("status", ["ok"]),
        ("$", [DOCUMENT]),
        ("", [DOCUMENT]),
        ("$.data.items[0].name", ["a"]),
        ("data.items[-1].n", [None]),
        ("$['data']['a key'][\"x.y\"]", [True]),
        ("data.items[*].name", ["a", "b"]),
        ("data.items.*.n", [1, None]),
        ("data.items.length()", [2]),
        ("data.items[*].length()", [2]),
        ("status.length()", [2]),
        ("data.items[2]", []),
        ("data.items[-3]", []),
        ("data.nothing.at.all", []),
        ("status[0]", []),
        ("status.x", []),
        ("nothing.length()", []),
        ("0", ["zero"]),
    ],
)
def test_a_path_leads_to_its_values(path, values):
    assert found(DOCUMENT, json_path(path)) == values


@pytest.mark.parametrize(
    "path", ["$.", "a..b", "a[", "a[x]", "$['a", "a b", "a.b()", "a[0", "x" * 301, "[?(@.a)]"]
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="path"):
        json_path(path)


def test_a_huge_answer_is_not_collected_whole():
    assert len(found(list(range(100_000)), json_path("$[*]"))) == 1000
