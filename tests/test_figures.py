"""What `make bench` says of what it measured."""

import pytest

from bench.figures import BEGIN, END, Figure, table, write_document


def test_the_median_is_held_against_the_limit():
    assert Figure("late", [0.1, 3.0, 0.2], "s", 1.0).is_good
    assert not Figure("late", [1.1, 0.2, 1.2], "s", 1.0).is_good


def test_some_must_be_at_least_so_much():
    assert Figure("rate", [1_000], "/s", 1_000, at_least=True).is_good
    assert not Figure("rate", [999], "/s", 1_000, at_least=True).is_good


def test_another_number_than_the_median_may_count():
    assert not Figure("written", [1, 1, 5], "bytes", 2, value=2.3).is_good


def test_what_has_no_limit_is_only_told():
    told = Figure("memory", [9e9], "MB")
    assert told.is_good
    assert told.row()[2:] == ["", ""]


@pytest.mark.parametrize(
    ("figure", "row"),
    [
        (Figure("a", [0.125, 0.1, 0.2], "ms", 0.5), ["a", "0.12 (0.10–0.20) ms", "≤ 0.5", "good"]),
        (Figure("b", [12_345.6], "MB", 700, 0), ["b", "12,346 MB", "≤ 700", "**too much**"]),
        (
            Figure("c", [536], "/s", 1_000, 0, at_least=True),
            ["c", "536 /s", "≥ 1,000", "**too little**"],
        ),
        (Figure("d", [1], "s", 10.0), ["d", "1.00 s", "≤ 10", "good"]),
        (Figure("e", [0], "missed", 0, 0), ["e", "0 missed", "≤ 0", "good"]),
    ],
)
def test_a_row_says_figure_limit_and_verdict(figure, row):
    assert figure.row() == row


def test_the_table_goes_between_the_marks_and_the_prose_stays(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    figures = [Figure("late", [0.5], "s", 1.0)]
    write_document(figures, 120, path)
    write_document(figures, 120, path)

    text = path.read_text()
    assert text.startswith(f"# Before\n\n{BEGIN}\nMeasured on ")
    assert text.endswith(f"{table(figures)}\n{END}\n\nAfter.\n")
    assert "old" not in text
