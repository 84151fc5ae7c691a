"""Times, lengths and sizes in words, for templates."""

import json
from typing import Any

from flask import get_flashed_messages
from markupsafe import Markup

from kener.admin import bp
from kener.admin._gate import the_time
from kener.core.instant import DAY, HOUR, MINUTE, SECOND, Instant, iso
from kener.core.outcome import Reason
from kener.core.status import FACES, Status
from kener.site import wording
from kener.store.standing import Standing

UNITS = ((DAY, "day", "days"), (HOUR, "h", "h"), (MINUTE, "min", "min"), (SECOND, "s", "s"))


def duration(milliseconds: float) -> str:
    """A length of time in its largest unit, cut: 42 s, 3 min, 2 h, 5 days."""
    for size, one, many in UNITS:
        count = int(milliseconds // size)
        if count:
            return f"{count} {one if count == 1 else many}"
    return "0 s"


def long_duration(milliseconds: int) -> str:
    """The same in two units, as the public page says it: 1 h 8 min."""
    return wording.duration(milliseconds)


def latency(milliseconds: float | None) -> str:
    """How long a probe took: 0.4 ms, 42 ms, 1.2 s; a dash when it was not measured."""
    if milliseconds is None:
        return "–"
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


def ago(at: Instant | None) -> Markup:
    """How long ago, as an element that admin.js keeps up to date."""
    if at is None:
        return Markup('<span class="dim">never</span>')
    text = duration(max(0, the_time() - at))
    return Markup('<time class="num" datetime="{}" data-ago>{}</time>').format(iso(at), text)


def moment(at: Instant | None, zone: str) -> Markup:
    """A moment as an element, to be read by people and programs."""
    if at is None:
        return Markup('<span class="dim">never</span>')
    text = wording.moment(at, zone)
    return Markup('<time class="num" datetime="{}">{}</time>').format(iso(at), text)


def clock(at: Instant, zone: str) -> Markup:
    """A moment of the last days: the time, and the day unless it is today's."""
    today = wording.day(the_time(), zone) == wording.day(at, zone)
    text = f"{wording.local(at, zone):%H:%M:%S}"
    text = text if today else f"{wording.day(at, zone)}, {text}"
    return Markup('<time class="num" datetime="{}">{}</time>').format(iso(at), text)


def why(standing: Standing) -> str:
    """Why a monitor is not up, as far as that needs to be said beside its state."""
    if standing.monitor.paused:
        return ""
    return standing.detail or REASONS.get(standing.reason, "")


def sentence(text: str) -> str:
    """What begins a line: with a capital, unless its first word is a name or an address."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


REASONS: dict[Reason | None, str] = {
    Reason.SILENT: "nobody has looked lately; is a checks worker running?",
    Reason.WAITING: "the first check is about to come",
    Reason.SECRET_LOST: "a secret of its settings cannot be read",
    Reason.OFFLINE: "this machine seemed to be offline",
}


def state_word(standing: Standing) -> str:
    """The displayed status in a word, for a monitor that may be paused."""
    return "Paused" if standing.monitor.paused else FACES[standing.displayed].label


def toasts() -> list[dict[str, Any]]:
    """The messages that were left by the last action; asking takes them away."""
    return [json.loads(str(each)) for each in get_flashed_messages(category_filter=["toast"])]


def status_label(status: Status) -> str:
    """A status as the page calls it."""
    return FACES[status].label


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"toasts": toasts}


for _filter in (
    duration,
    long_duration,
    latency,
    ago,
    moment,
    clock,
    why,
    sentence,
    state_word,
    status_label,
):
    bp.add_app_template_filter(_filter)
