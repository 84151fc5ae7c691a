"""What the checks' tests share: an authority of our own, and an engine that trusts it."""

import ipaddress
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import trustme
from checks.databases import MariaDb, PostgreSql, Relay, a_mariadb, prepared_postgresql

from kener.checks import Check, Engine, EngineConfig, ProbeJob
from kener.core.outcome import Outcome

# Certificates are verified by the machine's clock, so the engine's must agree.
NOW = time.time_ns() // 1_000_000
DENIED = tuple(
    ipaddress.ip_network(each) for each in ("169.254.0.0/16", "fe80::/10", "127.66.0.0/16")
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="session")
def tls_for(authority: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """A server's TLS context with a certificate for these names; `expires` as a datetime."""

    def make(*names: str, issuer: trustme.CA | None = None, **options) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = (issuer or authority).issue_cert(*names, common_name=names[0], **options)
        certificate.configure_cert(context)
        return context

    return make


@pytest.fixture(scope="session")
def config(ca_file: Path) -> EngineConfig:
    return EngineConfig(clock=lambda: NOW, denied_networks=DENIED, ca_file=str(ca_file))


@pytest.fixture(scope="session")
def engine(config: EngineConfig) -> Iterator[Engine]:
    engine = Engine(config)
    engine.start()
    yield engine
    engine.stop(0)


@pytest.fixture(scope="session")
def postgresql(postgresql_server: str) -> Iterator[PostgreSql]:
    server = prepared_postgresql(postgresql_server)
    yield server
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute("DROP TABLE orders")
        connection.execute("DROP USER watcher")


@pytest.fixture(scope="session")
def postgresql_port(postgresql: PostgreSql) -> Iterator[int]:
    with Relay(postgresql.socket) as relay:
        yield relay.port


@pytest.fixture(scope="session")
def mariadb(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    path = tmp_path_factory.mktemp("mariadb") / "server.pem"
    certificate = authority.issue_cert("localhost", common_name="localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
    path.chmod(0o600)
    with a_mariadb(path) as server:
        yield server


class Prober:
    """Probes and waits, with an engine made for the test module or for the whole run."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, check: Check, timeout_s: float = 5.0, **options) -> Outcome:
        return self.all([ProbeJob(check, timeout_s, **options)])[0]

    def all(self, jobs: list[ProbeJob]) -> list[Outcome]:
        """Outcomes in the order of the jobs."""
        outcomes: dict[int, Outcome] = {}
        for job in jobs:
            self.engine.submit(job, lambda job, outcome: outcomes.__setitem__(id(job), outcome))
        wait_until(lambda: len(outcomes) == len(jobs), 60)
        return [outcomes[id(job)] for job in jobs]


@pytest.fixture
def probe(engine: Engine) -> Prober:
    # A port of an earlier test may be that of this one's server, with another certificate.
    engine._services.transfers.certificates._seen.clear()
    return Prober(engine)


@pytest.fixture
def with_engine() -> Iterator[Callable[[EngineConfig], Prober]]:
    """A prober on an engine of one's own configuration."""
    started: list[Engine] = []

    def make(config: EngineConfig) -> Prober:
        started.append(Engine(config))
        started[-1].start()
        return Prober(started[-1])

    yield make
    for engine in started:
        engine.stop(0)


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
