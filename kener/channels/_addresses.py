"""Which addresses we send to. Whoever may write a URL could else reach whatever we can reach."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address
from threading import Thread
from typing import cast

from kener.config import Networks
from kener.core.networks import Address, is_public, lies_in, meant

Resolver = Callable[[str], Sequence[str]]
"""Takes a host name, gives its addresses, and raises OSError when there are none."""


class Blocked(Exception):
    """The address is not public and no setting allows it. The text is for the person who asks."""


def vetted(addresses: Sequence[str], allowed: Networks) -> list[Address]:
    """The addresses, when we may send to every one of them; else Blocked names the first that is
    not public. One bad address spoils all: which of them is used must not be a matter of luck."""
    found = [ip_address(each) for each in addresses]
    for address in found:
        if not _may_reach(address, allowed):
            raise Blocked(
                f"{address} is not a public address; to send there, name its network in "
                f"KENER_PRIVATE_NETWORKS"
            )
    return found


def vetted_host(host: str, allowed: Networks) -> None:
    """What can be said before any name is resolved: Blocked for a private address written out."""
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        vetted(["127.0.0.1"], allowed)
    try:
        vetted([str(ip_address(bare.partition("%")[0]))], allowed)
    except ValueError:
        return


def system_resolver(host: str) -> list[str]:
    """Every address the system knows for a name, in its order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(cast("str", each[4][0]) for each in found))


def resolved(host: str, resolve: Resolver, seconds: float) -> Sequence[str]:
    """The resolver's answer, or TimeoutError after so many seconds.

    The system's resolver cannot be interrupted, so it has a thread that is left behind when it
    is late. It ends by itself once the resolver gives up, and holds up nobody's exit.
    """
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolve(host))
        except Exception as error:  # noqa: BLE001 - raised again by `result`, in the right thread
            answer.set_exception(error)

    Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return answer.result(timeout=seconds)


def _may_reach(address: Address, allowed: Networks) -> bool:
    """Whether the address, and each IPv4 address it would lead to, is public or allowed."""
    return all(is_public(each) or lies_in(each, allowed) for each in meant(address))
