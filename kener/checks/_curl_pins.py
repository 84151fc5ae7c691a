"""Where the names of transfers lead: pins, in libcurl's words lines of CURLOPT_RESOLVE. Libcurl
keeps each for ever and looks through a chain of them for every name, so it is told to drop those
that no transfer needs any more."""

from collections import Counter

from kener.checks._addresses import literal


class Pins:
    """What a multi handle was told, by `name:port`."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()
        self._stale: list[str] = []

    def take(self, pins: dict[str, str]) -> list[str]:
        """Libcurl's lines for a transfer that needs these pins until they are given back; the lines
        must be used, as nobody else will drop what they drop."""
        self._used.update(pins.keys())
        lines = [*(f"-{key}" for key in self._stale), *pins.values()]
        self._stale.clear()
        return lines

    def give_back(self, pins: dict[str, str]) -> None:
        """To be called once for each `take`, when the transfer has ended."""
        for key in pins:
            self._used[key] -= 1
            if not self._used[key]:
                del self._used[key]
                self._stale.append(key)


def pin(name: str, port: int, addresses: tuple[str, ...]) -> dict[str, str]:
    """What leads a name to addresses; empty for what is an address itself."""
    if not addresses or literal(name) is not None:
        return {}
    key = f"{name}:{port}"
    return {key: f"{key}:{','.join(bracketed(each) for each in addresses)}"}


def bracketed(address: str) -> str:
    """As it stands in an URL."""
    return f"[{address}]" if ":" in address else address
