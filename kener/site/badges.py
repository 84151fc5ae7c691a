"""Badges: a label and what is said of it, as SVG. The same function draws those of the folder and
those that the app answers with other styles and labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from kener.core.histogram import Histogram, merge, quantile
from kener.core.instant import DAY
from kener.core.status import Status
from kener.locales import gettext
from kener.site.charts import TYPICAL
from kener.site.sentences import LABELS, STATES
from kener.site.snapshot import DAYS, Service, Snapshot
from kener.site.strips import STATUS_OF_VERDICT
from kener.site.templates import rendered
from kener.site.wording import milliseconds, percentage

COLOURS: dict[Status, str] = {
    Status.UP: "#0b6b51",
    Status.DEGRADED: "#7f5200",
    Status.PARTIAL: "#a83a02",
    Status.DOWN: "#980d2e",
    Status.MAINTENANCE: "#2f46b4",
    Status.UNKNOWN: "#5b6270",
}
"""White text on each has a contrast of 4.5 or more."""
LABEL = "#474c57"
STYLES = ("flat", "flat-square", "plastic", "for-the-badge")
KINDS = ("status", "uptime", "latency", "dot")
LONGEST = 120
"""Characters of a text; what is longer is cut."""
NARROW = frozenset("fijlrtI.,:;!|()[]'` /")
WIDE = frozenset("mwMW@%")


@dataclass(frozen=True, slots=True)
class Badge:
    """`label`, what is said of it, and the state by which it is coloured."""

    label: str
    message: str
    status: Status


def page_badge(seen: Snapshot) -> Badge:
    """How everything is."""
    return Badge(seen.title, gettext(LABELS[seen.verdict]), STATUS_OF_VERDICT[seen.verdict])


def service_badges(
    service: Service, seen: Snapshot, steps: Sequence[Histogram]
) -> dict[str, Badge]:
    """What can be said of a service, by kind; `dot` says it by its colour and shape alone. `steps`
    are its latencies of the last 24 hours."""
    uptime = service.uptime(seen.at - DAYS * DAY, seen.at).text()
    typical = quantile(merge(*steps), TYPICAL)
    said = {
        "status": gettext(STATES[service.status]),
        "uptime": percentage(uptime) if uptime else gettext("no data"),
        "latency": milliseconds(typical) if typical is not None else gettext("no data"),
        "dot": gettext(STATES[service.status]),
    }
    labels = {"uptime": gettext("uptime %(n)s d", n=DAYS), "latency": gettext("response time")}
    return {
        kind: Badge(labels.get(kind, service.name), message, service.status)
        for kind, message in said.items()
    }


def endpoint(badge: Badge) -> dict[str, object]:
    """As shields.io reads it (https://shields.io/badges/endpoint-badge)."""
    return {
        "schemaVersion": 1,
        "label": badge.label,
        "message": badge.message,
        "color": COLOURS[badge.status].removeprefix("#"),
        "isError": badge.status is Status.DOWN,
    }


def draw(badge: Badge, style: str = "flat") -> str:
    """An SVG of 20 px height, or 28 of `for-the-badge`."""
    label, message = _cut(badge.label), _cut(badge.message)
    big = style == "for-the-badge"
    if big:
        label, message = label.upper(), message.upper()
    height, size, room = (28, 10, 24) if big else (20, 11, 10)
    widths = [_width(each, size, spaced=big) for each in (label, message)]
    left, right = (each + room if each else 0 for each in widths)
    texts = [(label, left / 2, widths[0]), (message, left + right / 2, widths[1])]
    context = {
        "title": _title(badge),
        "style": style,
        "left": left,
        "right": right,
        "height": height,
        "size": size,
        "base": f"{height / 2 + size * 0.36:.1f}",
        "radius": {"flat": 3, "plastic": 4}.get(style, 0),
        "grey": LABEL,
        "colour": COLOURS[badge.status],
        "texts": [each for each in texts if each[0]],
    }
    return rendered("site/badge.svg", context)


def dot(badge: Badge) -> str:
    """A disc of 12 px in the state's colour, hollow when nobody knows; its words in the title."""
    known = badge.status is not Status.UNKNOWN
    context = {"title": _title(badge), "colour": COLOURS[badge.status], "known": known}
    return rendered("site/dot.svg", context)


def _title(badge: Badge) -> str:
    label, message = _cut(badge.label), _cut(badge.message)
    return f"{label}: {message}" if label else message


def _width(text: str, size: int, *, spaced: bool) -> int:
    """About as wide as Verdana; what it really is, `textLength` makes it."""
    each = [
        0.42 if one in NARROW else 1.0 if one in WIDE or one > "\u2e80" else 0.64 for one in text
    ]
    return round((sum(each) + (0.12 * len(text) if spaced else 0)) * size)


def _cut(text: str) -> str:
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
