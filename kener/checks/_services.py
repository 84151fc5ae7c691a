"""What all probes of an engine share; lives on the engine's loop, made when it starts."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import certifi

from kener.checks._addresses import Policy
from kener.checks._blocking import Blocking
from kener.checks._canaries import Canaries
from kener.checks._curl import Transfers
from kener.checks._dns import Resolver
from kener.checks._ping import Pinger
from kener.checks._rdap import Registries
from kener.config import Config
from kener.core.instant import Instant
from kener.core.networks import Network


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """`clock` gives the present instant. Of private addresses those in `private_networks` may be
    probed (None: all). SQLite files are read below `sqlite_folders`, and never below
    `private_paths`, which are our own. `lost_threads` may hang before blocking probes are refused.
    `ping_ways` of None: find out which exist here. `nameservers` (addresses with an optional :port)
    and `ca_file` replace the machine's; `rdap_registries` is the address of IANA's list of
    registries."""

    clock: Callable[[], Instant]
    denied_networks: tuple[Network, ...] = ()
    private_networks: tuple[Network, ...] | None = None
    probes_per_host: int = 32
    lost_threads: int = 64
    ca_file: str = ""
    nameservers: tuple[str, ...] = ()
    ping_ways: tuple[str, ...] | None = None
    ping_program: str = "ping"
    rdap_registries: str = "https://data.iana.org/rdap/dns.json"
    sqlite_folders: tuple[str, ...] = ()
    private_paths: tuple[str, ...] = ()


def engine_config(config: Config, clock: Callable[[], Instant]) -> EngineConfig:
    """The engine's part of the configuration."""
    return EngineConfig(
        clock=clock,
        denied_networks=config.probe_denied_networks,
        private_networks=config.private_targets,
        probes_per_host=config.probes_per_host,
        sqlite_folders=config.sqlite_folders,
        private_paths=config.private_paths,
    )


class Services:
    """One of each: transfers, names, threads, pings, TLS contexts."""

    def __init__(self, config: EngineConfig, loop: asyncio.AbstractEventLoop) -> None:
        self.config = config
        self.loop = loop
        policy = Policy(config.denied_networks, config.private_networks)
        self.resolver = Resolver(loop, policy, config.nameservers)
        self.transfers = Transfers(loop, self.resolver, self.ca_file)
        self.canaries = Canaries(self.resolver)
        self.blocking = Blocking(lost=config.lost_threads)
        self.pinger = Pinger(loop, config.ping_ways, config.ping_program)
        self.registries = Registries(config.rdap_registries)

    @property
    def ca_file(self) -> str:
        """The certificate authorities to trust."""
        return self.config.ca_file or certifi.where()

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Verifies chain and name. Made once: reading all authorities takes 20 ms of CPU."""
        return ssl.create_default_context(cafile=self.ca_file)

    @cached_property
    def tls_unverified(self) -> ssl.SSLContext:
        """Encrypts, and believes anybody: for monitors told not to verify."""
        context = ssl.create_default_context(cafile=self.ca_file)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async def close(self) -> None:
        """Let go of sockets and threads."""
        self.pinger.close()
        await self.canaries.close()
        self.transfers.close()
        await self.resolver.close()
