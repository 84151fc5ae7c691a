"""Response times as one small drawing: a line for the typical probe, a dashed one for the slow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kener.core.histogram import Histogram, quantile
from kener.core.instant import Instant
from kener.core.status import Status
from kener.core.timeline import Stretch, cut
from kener.site.strips import LETTERS

STEPS_OF_SCALE = (10, 15, 20, 30, 50, 75, 100)
"""Tenths of a power of ten at which a scale may end."""


TYPICAL = 0.5
SLOW = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """Latency of one step of time in ms; None where nothing was measured."""

    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Path data and what stands beside it. `top` is the scale's end in ms; `shades` are
    (class, x, width) of trouble. x runs to `width`, y from 0 at the top to `height`."""

    width: int
    height: int
    typical: str
    slow: str
    top: int
    shades: tuple[tuple[str, int, int], ...]


def chart(points: Sequence[Point], width: int, height: int) -> Chart | None:
    """The drawing, or None when nothing at all was measured."""
    known = [each.p95 for each in points if each.p95 is not None]
    if not known:
        return None
    top = nice_top(max(known))
    typical = _line([each.p50 for each in points], width, height, top)
    slow = _line([each.p95 for each in points], width, height, top)
    return Chart(width, height, typical, slow, top, ())


def points(steps: Iterable[Histogram]) -> list[Point]:
    """The quantiles of each step."""
    return [Point(quantile(each, TYPICAL), quantile(each, SLOW)) for each in steps]


def shades(
    stretches: Iterable[Stretch], from_at: Instant, to_at: Instant, width: int
) -> tuple[tuple[str, int, int], ...]:
    """Where in the window there was trouble: (class, x, width), at least one unit wide."""
    scale = width / (to_at - from_at)
    return tuple(
        (
            LETTERS[each.status],
            int((each.from_at - from_at) * scale),
            max(1, int(each.length * scale)),
        )
        for each in cut(stretches, from_at, to_at)
        if each.status not in {Status.UP, Status.UNKNOWN}
    )


def nice_top(value: float) -> int:
    """The round number of ms at or above a value, at least 10."""
    power = 1
    while power * STEPS_OF_SCALE[-1] < value:
        power *= 10
    return next(step * power for step in STEPS_OF_SCALE if step * power >= value)


def _line(values: Sequence[float | None], width: int, height: int, top: int) -> str:
    """Relative steps in whole units: short, and equal neighbours compress well."""
    drawn: list[str] = []
    pen: tuple[int, int] | None = None
    for number, value in enumerate(values):
        if value is None:
            pen = None
            continue
        x = round(number * width / max(1, len(values) - 1))
        y = height - round(min(value, top) * height / top)
        drawn.append(f"M{x} {y}h1" if pen is None else f"l{x - pen[0]} {y - pen[1]}")
        pen = (x + 1, y) if pen is None else (x, y)
    return "".join(drawn)
