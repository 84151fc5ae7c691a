"""`og/…png`: what is shown of the page where a link to it is pasted. 1200 × 630 pixels with the
sentence and the last 24 hours; one of the page, one of each incident."""

from collections.abc import Sequence
from functools import cache, partial
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from kener.core.status import STATUS_OF_IMPACT, Impact, Status
from kener.locales import SOURCE, gettext, speaking, spoken
from kener.site.accounts import Story
from kener.site.assets import FONT, FONT_EXT, STATIC
from kener.site.headline import page_headline
from kener.site.sentences import LABELS
from kener.site.snapshot import Snapshot
from kener.site.stories import PHASES
from kener.site.strips import STATUS_OF_VERDICT
from kener.site.units import Unit, key_of

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN = 72
PAPER, INK, INK2 = "#f6f4ee", "#15181e", "#474c57"
COLOURS: dict[Status, str] = {
    Status.UP: "#0f8565",
    Status.DEGRADED: "#b88400",
    Status.PARTIAL: "#c23f06",
    Status.DOWN: "#8f0b2b",
    Status.MAINTENANCE: "#3c56cf",
    Status.UNKNOWN: "#858a95",
}
TALL: dict[Status, int] = {
    Status.UP: 24,
    Status.DEGRADED: 39,
    Status.PARTIAL: 54,
    Status.DOWN: 72,
    Status.MAINTENANCE: 24,
    Status.UNKNOWN: 6,
}
LARGE, SMALL = 92, 36
LINES = 4
NOT_DRAWN = {"ar", "ja", "ko", "zh-CN"}
EXTENDED = ((0x100, 0x2BA), (0x1E00, 0x1E9F), (0x1EF2, 0x1EFF), (0x20A0, 0x20C0))
"""What the second file of the typeface has, roughly."""


def cards(seen: Snapshot) -> list[Unit]:
    """That of the page, and those of its incidents of the last 90 days. In English where our
    typeface has no letters for the language that is spoken."""
    tag = SOURCE if spoken().tag in NOT_DRAWN else spoken().tag
    status = STATUS_OF_VERDICT[seen.verdict]
    with speaking(tag):
        label = gettext(LABELS[seen.verdict])
        shown = seen.title, page_headline(seen), label, status, seen.ticks
        found = [Unit("og/now.png", key_of(*shown), partial(page_card, *shown))]
        for each in seen.stories:
            phase = gettext(PHASES[each.phase])
            key = key_of(seen.title, each.title, each.phase, each.impact)
            make = partial(story_card, seen.title, each, phase)
            found.append(Unit(f"og/{each.public_id}.png", key, make))
    return found


def page_card(
    title: str, sentence: str, label: str, status: Status, ticks: Sequence[Status]
) -> bytes:
    """Of the page: how everything is. `ticks` are the states of the last 24 hours."""
    card = Card(title, label, status)
    card.sentence(sentence)
    card.strip(ticks)
    return card.png()


def story_card(title: str, story: Story, phase: str) -> bytes:
    """Of an incident: its title, and how far it has come, in words."""
    is_bad = story.is_open and story.impact is not Impact.NONE
    status = STATUS_OF_IMPACT[story.impact] if is_bad else Status.UP
    if story.is_open and not is_bad:
        status = Status.UNKNOWN
    card = Card(title, phase, status)
    card.sentence(story.title)
    return card.png()


class Card:
    """A sheet with the page's name and a state on it."""

    def __init__(self, title: str, label: str, status: Status) -> None:
        self._image = Image.new("RGB", SIZE, PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._line(_shortened(title, WIDTH - 2 * MARGIN, SMALL, 500), MARGIN, MARGIN, SMALL, 500)
        top = MARGIN + 76
        self._draw.rectangle((MARGIN, top + 8, MARGIN + 24, top + 36), COLOURS[status])
        self._line(label, MARGIN + 42, top, SMALL, 700)

    def sentence(self, text: str) -> None:
        """As large as it fits in four lines."""
        top = MARGIN + 146
        for size in (LARGE, 76, 60, 48):
            lines = _wrapped(text, WIDTH - 2 * MARGIN, size)
            if len(lines) * size * 1.05 <= HEIGHT - top - MARGIN - 60:
                break
        for line in lines[:LINES]:
            self._line(line, MARGIN, top, size, 700)
            top += round(size * 1.05)

    def strip(self, ticks: Sequence[Status]) -> None:
        """Trouble stands taller than calm, as on the page."""
        step = (WIDTH - 2 * MARGIN) / max(len(ticks), 1)
        ground = HEIGHT - MARGIN + 12
        for number, status in enumerate(ticks):
            left = MARGIN + number * step
            box = (left, ground - TALL[status], left + step * 0.6, ground)
            self._draw.rectangle(box, COLOURS[status])

    def png(self) -> bytes:
        """The finished picture; few colours, so that it is small."""
        out = BytesIO()
        # Seven times as fast as the best, and no larger.
        self._image.quantize(64, Image.Quantize.FASTOCTREE).save(out, "PNG")
        return out.getvalue()

    def _line(self, text: str, x: float, y: int, size: int, weight: int) -> None:
        for part, extended in _runs(text):
            font = _font(size, weight, extended=extended)
            self._draw.text((x, y), part, INK, font)
            x += font.getlength(part)


def _wrapped(text: str, width: int, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, size, 700) <= width:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, width, size, 700))
    return lines


def _shortened(text: str, width: int, size: int, weight: int) -> str:
    if _length(text, size, weight) <= width:
        return text
    while text and _length(f"{text}…", size, weight) > width:
        text = text[:-1]
    return f"{text}…"


def _length(text: str, size: int, weight: int) -> float:
    return sum(
        _font(size, weight, extended=extended).getlength(part) for part, extended in _runs(text)
    )


def _runs(text: str) -> list[tuple[str, bool]]:
    """Parts of a text, and whether the second file of the typeface has them."""
    found: list[tuple[str, bool]] = []
    for each in (each if each.isprintable() else " " for each in text):
        extended = any(first <= ord(each) <= last for first, last in EXTENDED)
        if found and found[-1][1] is extended:
            found[-1] = found[-1][0] + each, extended
        else:
            found.append((each, extended))
    return found


@cache
def _font(size: int, weight: int, *, extended: bool) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(STATIC / (FONT_EXT if extended else FONT), size)
    font.set_variation_by_axes([weight])
    return font
