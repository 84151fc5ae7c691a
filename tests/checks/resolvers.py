"""Unbound, a real validating resolver, with signed zones of our own: by UDP, TCP, TLS and HTTPS."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import DEVNULL

import dns.dnssec
import dns.zone
import pytest
import trustme
from checks.conftest import wait_until
from checks.servers import free_port
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

UNBOUND = shutil.which("unbound", path=f"{os.environ['PATH']}:/usr/sbin")
RECORDS = """
@ 60 IN SOA ns admin 1 60 60 60 60
@ 60 IN NS ns
ns 60 IN A 192.0.2.53
www 60 IN A 192.0.2.1
web 60 IN CNAME www
odd 60 IN TYPE65280 \\# 3 0a0bff
svc 60 IN HTTPS 1 www alpn=h2
"""
CONF = """
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: "{folder}/log"
  do-daemonize: no
  interface: 127.0.0.1@{plain}
  interface: 127.0.0.1@{tls}
  interface: 127.0.0.1@{https}
  tls-port: {tls}
  https-port: {https}
  http-endpoint: "/dns-query"
  tls-service-key: "key.pem"
  tls-service-pem: "certificate.pem"
  module-config: "validator iterator"
  trust-anchor-file: "anchors"
  local-zone: "test." nodefault
  ede: yes
remote-control:
  control-enable: no
"""
ZONE = """
auth-zone:
  name: "{name}."
  zonefile: "{name}"
  for-upstream: yes
  for-downstream: no
  fallback-enabled: no
"""
ZONES = ("good.test", "bogus.test", "plain.test")
MESSAGE = "Content-Type: application/dns-message\r\n"
"""The header of an answer by HTTPS."""


@dataclass
class Unbound:
    """Where it listens. Its certificate is for dns.test and 127.0.0.1. The zone good.test is
    signed, bogus.test was changed after that, plain.test is not signed at all."""

    plain: int
    tls: int
    https: int


@contextlib.contextmanager
def unbound(folder: Path, authority: trustme.CA) -> Iterator[Unbound]:
    if UNBOUND is None:
        pytest.skip("needs the Debian package unbound")
    certificate = authority.issue_cert("dns.test", "127.0.0.1")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate.pem"))
    anchors = [_write_zone(folder, name) for name in ZONES]
    (folder / "anchors").write_text("".join(anchors[:2]))
    process, ports = _started(folder)
    try:
        yield ports
    finally:
        process.terminate()
        process.wait(20)


def _started(folder: Path) -> tuple[subprocess.Popen[bytes], Unbound]:
    """On three ports that were free a moment ago, at least for TCP: if not, on three others."""
    for _ in range(5):
        ports = Unbound(free_port(), free_port(), free_port())
        zones = "".join(ZONE.format(name=each) for each in ZONES)
        (folder / "conf").write_text(CONF.format(folder=folder, **vars(ports)) + zones)
        process = subprocess.Popen([UNBOUND, "-d", "-c", str(folder / "conf")], stderr=DEVNULL)
        wait_until(partial(_settled, process, ports), 20)
        if process.poll() is None:
            return process, ports
    pytest.fail("unbound does not start")


def _settled(process: subprocess.Popen[bytes], ports: Unbound) -> bool:
    return process.poll() is not None or _listens(ports)


def _listens(ports: Unbound) -> bool:
    try:
        for each in vars(ports).values():
            socket.create_connection(("127.0.0.1", each), 1).close()
    except OSError:
        return False
    return True


def _write_zone(folder: Path, name: str) -> str:
    """The zone's file, and its trust anchor."""
    zone = dns.zone.from_text(RECORDS, f"{name}.", relativize=False)
    key = Ed25519PrivateKey.generate()
    public = dns.dnssec.make_dnskey(key.public_key(), dns.dnssec.Algorithm.ED25519, flags=257)
    day, now = timedelta(days=1), datetime.now(UTC)
    if name != "plain.test":
        with zone.writer() as writing:
            dns.dnssec.sign_zone(
                zone,
                writing,
                keys=[(key, public)],
                inception=now - day,
                expiration=now + day,
                dnskey_ttl=60,
            )
    text = zone.to_text(relativize=False)
    if name == "bogus.test":
        text = text.replace("192.0.2.1", "192.0.2.66")
    (folder / name).write_text(text)
    return f"{name}. 60 IN DNSKEY {public.to_text()}\n"
