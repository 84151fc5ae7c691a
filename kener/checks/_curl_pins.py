"""Where the names of transfers lead: pins, in libcurl's words lines of CURLOPT_RESOLVE. Libcurl
keeps each for ever and looks through a chain of them for every name, so it is told to drop those
that no transfer needs any more."""

from collections import Counter

from kener.checks._addresses import literal

MOST_STALE = 500
"""Pins that may be left over: dropping many at once costs next to nothing each."""


class Pins:
    """What a multi handle was told, by `name:port`."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()
        self._stale: set[str] = set()

    def take(self, pins: dict[str, str]) -> list[str]:
        """Libcurl's lines for a transfer that needs these pins until they are given back."""
        self._used.update(pins.keys())
        self._stale.difference_update(pins)
        return list(pins.values())

    def give_back(self, pins: dict[str, str]) -> None:
        """To be called once for each `take`, when the transfer has ended."""
        for key in pins:
            self._used[key] -= 1
            if not self._used[key]:
                del self._used[key]
                self._stale.add(key)

    def stale(self) -> list[str]:
        """What no transfer needs any more, when that is much; it is to be dropped before the next
        `take`."""
        if len(self._stale) < MOST_STALE:
            return []
        stale = list(self._stale)
        self._stale.clear()
        return stale


def pin(name: str, port: int, addresses: tuple[str, ...]) -> dict[str, str]:
    """What leads a name to addresses; empty for what is an address itself."""
    if not addresses or literal(name) is not None:
        return {}
    key = f"{name}:{port}"
    return {key: f"{key}:{','.join(bracketed(each) for each in addresses)}"}


def bracketed(address: str) -> str:
    """As it stands in an URL."""
    return f"[{address}]" if ":" in address else address
