"""The state of everything in one plain sentence: the page's headline and the API's."""

from collections.abc import Iterable, Sequence

from kener.core.status import Status

NOTHING = "Nothing is watched yet."
NO_DATA = "There is no data at the moment."
_SAYS = {
    Status.DOWN: "down",
    Status.PARTIAL: "partly down",
    Status.DEGRADED: "degraded",
    Status.MAINTENANCE: "under maintenance",
}
"""Worst first: the sentence speaks of the worst there is."""


def headline(displayed: Iterable[tuple[str, Status]]) -> str:
    """One sentence for services, each (name, displayed status): "Checkout is down.".

    Two are named, of more only the first. Those that nobody has watched are left out, but never
    called working.
    """
    services = list(displayed)
    known = [(name, status) for name, status in services if status is not Status.UNKNOWN]
    if not known:
        return NO_DATA if services else NOTHING
    for status, says in _SAYS.items():
        names = [name for name, shown in known if shown is status]
        if names:
            return _of(names, says, everything=len(names) == len(known))
    all_known = len(known) == len(services)
    return "Everything is working." if all_known else "Everything that we have data for is working."


def _of(names: Sequence[str], says: str, *, everything: bool) -> str:
    if len(names) == 1:
        return f"{names[0]} is {says}."
    if everything:
        return f"Everything is {says}."
    others = names[1] if len(names) == 2 else f"{len(names) - 1} more"
    return f"{names[0]} and {others} are {says}."
