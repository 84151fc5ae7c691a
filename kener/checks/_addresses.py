"""Hosts and addresses: which are literal, which are refused, and which only pretend."""

import ipaddress
import re
import socket
from dataclasses import dataclass

import idna

from kener.core.networks import METADATA, Network, is_public, lies_in, meant

# What the C library would read as an IPv4 address though it does not look like one: 0x7f.1.
_ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}", re.IGNORECASE)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Policy:
    """Where probes may go: never to cloud metadata and link-local addresses, nor to `denied`; to
    private addresses only in the networks of `private` (None: to all of them)."""

    denied: tuple[Network, ...] = ()
    private: tuple[Network, ...] | None = None

    def refusal(self, address: str) -> str:
        """Why the address, or the one inside it, is not probed; empty when it may be."""
        given = ipaddress.ip_address(address)
        reached = meant(given)
        if any(lies_in(each, METADATA) for each in (given, *reached)):
            return "is link-local or a cloud's metadata, which checks may not reach"
        if self.denied and any(lies_in(each, self.denied) for each in (given, *reached)):
            return "is in a network that checks may not reach (KENER_PROBE_DENIED_NETWORKS)"
        allowed = self.private
        if allowed is None or all(is_public(each) or lies_in(each, allowed) for each in reached):
            return ""
        return "is a private address, which checks may not reach (KENER_PRIVATE_TARGETS)"


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
