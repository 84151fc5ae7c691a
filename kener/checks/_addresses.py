"""Hosts and addresses: which are literal, which are refused, and which only pretend."""

import ipaddress
import re
import socket
from collections.abc import Iterable

import idna

from kener.config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What the C library would read as an IPv4 address though it does not look like one: 0x7f.1.
_ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}", re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def literal(host: str) -> str | None:
    """The address in the form the kernel gives it back, or None when the host is a name."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_ntop(family, socket.inet_pton(family, bare))
        except (OSError, ValueError):  # no address, or no text that could be one
            continue
    return None


def clean_host(host: str) -> str:
    """A host name in ASCII and lower case, or an address without brackets; ValueError else."""
    host = host.strip().rstrip(".")
    address = literal(host)
    if address is not None:
        return address
    if "%" in host:
        raise ValueError("addresses with a zone (%) are not supported")
    if _ODD_NUMBER.fullmatch(host):
        raise ValueError("write the address in its usual form, like 192.0.2.1")
    if not host.isascii():
        host = _ascii(host)
    if not host or len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError("must be a host name or an address, like example.org or 192.0.2.1")
    return host.lower()


def _ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("is not a valid international host name") from None


def is_denied(address: str, denied: Iterable[Network]) -> bool:
    """Whether an address, or the IPv4 address inside it, lies in one of the networks."""
    given = ipaddress.ip_address(address)
    return any(
        each in network for network in denied for each in _meant(given) if _fits(each, network)
    )


def _meant(address: Address) -> list[Address]:
    """The address, and the IPv4 address to which a mapping or a translator would lead."""
    meant: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            meant.append(inner)
    return meant


def _fits(address: Address, network: Network) -> bool:
    return address.version == network.version


def any_route() -> bool:
    """Whether this machine has a way out at all, in either family. Sends nothing."""
    return _has_route(socket.AF_INET, "192.0.2.1") or _has_route(socket.AF_INET6, "2001:db8::1")


def _has_route(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True
