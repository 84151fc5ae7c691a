"""Lengths of time in plain words."""

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def length(seconds: int) -> str:
    """The largest unit or two, like "1 hour 30 minutes"; never less than it is by a unit."""
    parts = []
    for size, name in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}" + ("s" if count > 1 else ""))
        elif parts:
            break
    return " ".join(parts[:2]) or "0 seconds"


def ago(seconds: int) -> str:
    """Roughly how long ago: "12 minutes ago"."""
    for size, name in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
