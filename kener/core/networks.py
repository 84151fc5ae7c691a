"""Kinds of addresses: where clouds keep secrets, what is not public, and what only pretends."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(each) for each in texts)


METADATA = _networks(
    "169.254.0.0/16",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "fe80::/10",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
)
"""Link-local, and where clouds tell a machine its secrets: no probe has any business there."""

NOT_PUBLIC = _networks(
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
"""IANA's special-purpose registries, written out: what Python calls private differs by version."""

_COMPATIBLE = ipaddress.ip_network("::/96")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def meant(address: Address) -> list[Address]:
    """The addresses that packets would reach: IPv6 has several ways to carry an IPv4 address.

    What is mapped or translated (RFC 4291, RFC 6052) is that address alone; what is tunnelled
    (6to4, ISATAP) is both.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    number = int(address)
    if address in _NAT64:
        return [ipaddress.IPv4Address(number & 0xFFFFFFFF)]
    if address.sixtofour:
        return [address, address.sixtofour]
    if (number >> 32) & 0xFFFFFFFF in _ISATAP or (address in _COMPATIBLE and number > 1):
        return [address, ipaddress.IPv4Address(number & 0xFFFFFFFF)]
    return [address]


def is_public(address: Address) -> bool:
    """Whether it can be reached from anywhere. What carries another address is not looked into."""
    return not lies_in(address, NOT_PUBLIC) and not address.is_multicast


def lies_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether it lies in one of the networks of its family."""
    return any(address.version == each.version and address in each for each in networks)
