"""An API key as somebody describes it, and how far one key may go in making another."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from kener.actions.fields import Fields, Line, Problem
from kener.actions.incident_fields import At
from kener.core.instant import iso, iso_or_none
from kener.core.networks import Network, lies_in
from kener.store.tables import ApiKey

MOST_NETWORKS = 50
MOST_A_MINUTE = 1_000_000
BEYOND = "beyond_own"
"""The code of what would let a key do more than the one that makes it."""
_MAPPED = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True, slots=True)
class Maker:
    """The key that makes or changes another, and the address from which it does."""

    key: ApiKey
    address: str


def _network(text: str) -> str:
    """A network as we keep it: a single address is a network of one."""
    try:
        found = ip_network(text.strip())
    except ValueError as error:
        raise ValueError(f"{error}; write networks like 10.0.0.0/8 or 192.0.2.7") from None
    if "%" in text:
        raise ValueError("must be without a zone, as fe80::/10 is")
    return str(_plain(found))


def _plain(network: Network) -> Network:
    """Clients that are IPv4 inside IPv6 are known by their IPv4 address; so are networks."""
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


class KeyFields(Fields):
    """What one says of a key. No networks: it opens from anywhere. No rate limit: the setting."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    permissions: list[str] = Field(min_length=1, max_length=100)
    expires_at: At = None
    addresses: list[Annotated[str, Field(max_length=64), AfterValidator(_network)]] = Field(
        default_factory=list, max_length=MOST_NETWORKS
    )
    rate_limit: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)] | None = None


def given_of(key: ApiKey) -> dict[str, Any]:
    """What was said of a stored key, as `KeyFields` takes it."""
    stored = {name: getattr(key, name) for name in KeyFields.model_fields}
    return stored | {"expires_at": iso_or_none(key.expires_at)}


def comes_from(networks: list[str], address: str) -> bool:
    """Whether an address is one of those that a key is kept to; to none: whether or not."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return lies_in(found, map(ip_network, networks))


def beyond(own: ApiKey, fields: KeyFields) -> dict[str, str]:
    """What lets a key do more than `own`, by field, apart from its permissions."""
    problems: dict[str, str] = {}
    if own.expires_at is not None and not _at_most(fields.expires_at, own.expires_at):
        until = iso(own.expires_at)
        problems["expires_at"] = Problem(
            f"must be {until} at the latest: the key that asks expires then", BEYOND
        )
    if own.addresses and not _lies_within(fields.addresses, own.addresses):
        networks = ", ".join(own.addresses)
        problems["addresses"] = Problem(
            f"must lie within {networks}, to which the key that asks is kept", BEYOND
        )
    if own.rate_limit is not None and not _at_most(fields.rate_limit, own.rate_limit):
        problems["rate_limit"] = Problem(
            f"must be at most {own.rate_limit}, that of the key that asks", BEYOND
        )
    return problems


def _at_most(value: int | None, bound: int) -> bool:
    return value is not None and value <= bound


def _lies_within(networks: list[str], own: list[str]) -> bool:
    """Whether each network is part of one of ours. To be kept to none is to be kept to nothing."""
    ours = [ip_network(each) for each in own]
    return bool(networks) and all(
        any(_is_part(ip_network(each), one) for one in ours) for each in networks
    )


def _is_part(network: Network, other: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return network.subnet_of(other)
    if isinstance(network, IPv6Network) and isinstance(other, IPv6Network):
        return network.subnet_of(other)
    return False


def columns(fields: KeyFields) -> Mapping[str, Any]:
    """The fields as they are kept: each network once."""
    return fields.model_dump() | {"addresses": list(dict.fromkeys(fields.addresses))}
