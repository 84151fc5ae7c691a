"""A figure beside its limit, and the document that holds them all."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from platform import python_version

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Figure:
    """What was measured, run by run. It is good when it is at most `limit` (or, with `at_least`, at
    least); without a limit it is only told. `value` counts instead of the median, if given."""

    measure: str
    values: Sequence[float]
    unit: str
    limit: float | None = None
    digits: int = 2
    at_least: bool = False
    value: float | None = None

    @property
    def counts(self) -> float:
        """The number that is held against the limit."""
        return statistics.median(self.values) if self.value is None else self.value

    @property
    def is_good(self) -> bool:
        """Whether the limit is kept."""
        if self.limit is None:
            return True
        return self.counts >= self.limit if self.at_least else self.counts <= self.limit

    def row(self) -> list[str]:
        """Measure, figure, limit, verdict."""
        number = f"{self.counts:,.{self.digits}f}"
        if len(self.values) > 1:
            low, high = (f"{each:,.{self.digits}f}" for each in _ends(self.values))
            number += f" ({low}–{high})"
        if self.limit is None:
            return [self.measure, f"{number} {self.unit}", "", ""]
        sign = "≥" if self.at_least else "≤"
        limit = f"{sign} {self.limit:,.{self.digits}f}".rstrip("0").rstrip(".")
        if not self.digits:
            limit = f"{sign} {self.limit:,.0f}"
        return [
            self.measure,
            f"{number} {self.unit}",
            limit,
            "good" if self.is_good else "**too much**" if not self.at_least else "**too little**",
        ]


def table(figures: Sequence[Figure]) -> str:
    """As Markdown."""
    rows = [["measure", "figure", "must", ""], *(each.row() for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def write_document(figures: Sequence[Figure], seconds: float, path: Path = DOCUMENT) -> None:
    """Put the table between the document's two marks; the prose around it stays."""
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    said = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} in {seconds / 60:.0f} minutes with Python"
        f" {python_version()} on {cpu_count()} cores."
    )
    path.write_text(f"{before}{BEGIN}\n{said}\n\n{table(figures)}\n{END}{after}")


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
