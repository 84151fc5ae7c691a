"""No test reaches beyond this machine. Reserved names and addresses fail as they must, at once.

An audit hook sees what Python's sockets do, asyncio's included; C libraries (curl, libpq, c-ares)
do not pass here and are given loopback addresses by their tests.
"""

import errno
import socket
import sys
from ipaddress import ip_address, ip_network

RESERVED_NAMES = (".invalid", ".test", ".example")
RESERVED_NETWORKS = tuple(
    ip_network(each)
    for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
escapes: list[str] = []
"""What was tried and stopped since the running test began; reading it fails the test."""


def install() -> None:
    """Watch this process until it ends: an audit hook cannot be taken away."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple) -> None:
    if event == "socket.getaddrinfo":
        _may_resolve(arguments[0])
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        _may_reach(arguments[1][0])


def _may_resolve(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or "localhost"
    if name == "localhost" or name.endswith(".localhost") or _is_address(name):
        return
    if name.rstrip(".").endswith(RESERVED_NAMES):
        raise socket.gaierror(socket.EAI_NONAME, "a reserved name, which never exists")
    _escape(name)


def _may_reach(host: str) -> None:
    if not _is_address(host):
        _may_resolve(host)
        return
    address = ip_address(host.partition("%")[0])
    if any(address in network for network in RESERVED_NETWORKS):
        raise OSError(errno.ENETUNREACH, "a reserved address, which nobody has")
    if not (address.is_loopback or address.is_unspecified):
        _escape(host)


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _escape(host: str) -> None:
    escapes.append(host)
    raise OSError(errno.EACCES, f"a test wanted to reach {host}; only loopback is allowed")
