"""Which addresses we send to. Whoever may write a URL could else reach whatever we can reach."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from typing import cast

from kener.config import Networks

Address = IPv4Address | IPv6Address
Resolver = Callable[[str], Sequence[str]]
"""Takes a host name, gives its addresses, and raises OSError when there are none."""

NOT_PUBLIC: Networks = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8",
    )
)
"""IANA's special-purpose registries, written out: what Python calls private differs by version."""

_NAT64 = ip_network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


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
    return all(_is_public(each) or _lies_in(each, allowed) for each in _meant(address))


def _is_public(address: Address) -> bool:
    return not _lies_in(address, NOT_PUBLIC) and not address.is_multicast


def _lies_in(address: Address, networks: Networks) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def _meant(address: Address) -> list[Address]:
    """The addresses that packets would reach: IPv6 has several ways to carry an IPv4 address."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    number = int(address)
    if address in _NAT64:
        return [IPv4Address(number & 0xFFFFFFFF)]
    if address.sixtofour:
        return [address, address.sixtofour]
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return [address, IPv4Address(number & 0xFFFFFFFF)]
    return [address]
