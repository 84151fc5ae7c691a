"""Colours as #rrggbb: how well they are told apart, after WCAG 2.2
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

ENOUGH = 4.5
"""The contrast of text of usual size, level AA."""
STEPS = 100


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, grounds: tuple[str, ...], enough: float = ENOUGH) -> str:
    """The colour, or the nearest to it, towards black or white, that is read on all grounds."""
    towards = "#000000" if _luminance(grounds[0]) > 0.18 else "#ffffff"
    for step in range(STEPS + 1):
        found = mixed(colour, towards, step / STEPS)
        if all(contrast(found, each) >= enough for each in grounds):
            return found
    return towards


def mixed(one: str, other: str, part: float) -> str:
    """So much of the other (0 to 1) in the one."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * part):02x}" for mine, theirs in pairs)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(each / 255) for each in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    number = int(colour.removeprefix("#"), 16)
    return number >> 16, number >> 8 & 255, number & 255
