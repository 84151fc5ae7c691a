"""Who is asking? One function decides the client's address everywhere."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import current_app, request

from kener.config import Config, Networks

Address = IPv4Address | IPv6Address


def the_config() -> Config:
    """The configuration of the running application."""
    config: Config = current_app.extensions["kener"]
    return config


def client_address() -> str:
    """The client's address. Forwarded headers are believed only from trusted proxies."""
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    return decide(request.remote_addr or "", forwarded, the_config().trusted_proxies)


def decide(peer: str, forwarded: str, trusted: Networks) -> str:
    """Walk X-Forwarded-For from its end while each hop is a proxy of ours.

    The first address that is not one of ours is the client: what stands before it was written
    by the client and proves nothing. Nonsense ends the walk at the last hop that was ours.
    """
    client = str(_parse(peer) or peer)
    for hop in reversed(forwarded.split(",")):
        if not _is_trusted(client, trusted):
            break
        address = _parse(hop.strip())
        if address is None:
            break
        client = str(address)
    return client


def network_of(address: str) -> str:
    """Whom to count as one: an IPv6 client has a whole /64 to itself, and may come from each
    address of it."""
    found = _parse(address)
    is_wide = isinstance(found, IPv6Address)
    return str(ip_network(f"{found}/64", strict=False)) if is_wide else address


def _is_trusted(text: str, trusted: Networks) -> bool:
    address = _parse(text)
    return address is not None and any(address in network for network in trusted)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
