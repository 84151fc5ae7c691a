"""A registry of our own, and an engine that knows no other."""

import dataclasses
import json
from collections.abc import Callable

import pytest
from checks.servers import HttpServer, ok

from kener.checks.domain import DomainCheck
from kener.core.instant import DAY, iso

CHECK = DomainCheck.parse({"domain": "example.test"})
LIST = "/rdap/dns.json"
REGISTRAR = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Names Inc."]]]


def answer(expires: str | None, **more) -> dict:
    """A domain as a registry describes it."""
    events = [{"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"}]
    if expires is not None:
        events.append({"eventAction": "expiration", "eventDate": expires})
    return {
        "objectClassName": "domain",
        "ldhName": "EXAMPLE.TEST",
        "events": events,
        "status": ["client transfer prohibited"],
        "nameservers": [{"ldhName": "NS1.EXAMPLE.TEST"}, {"ldhName": "ns2.example.test"}],
        "entities": [{"roles": ["registrar"], "vcardArray": REGISTRAR}],
    } | more


class Registry(HttpServer):
    """IANA's list and one registry: `said` answers for any name, as JSON or as a whole answer."""

    def __init__(self) -> None:
        self.said: dict | bytes | Callable = {}
        self.list: dict | bytes | Callable | None = None
        super().__init__(self._respond)

    def _respond(self, request) -> bytes:
        if request.path == LIST:
            said = self.list() if callable(self.list) else self.list
            said = self.services() if said is None else said
        else:
            said = self.said(request) if callable(self.said) else self.said
        if isinstance(said, bytes):
            return said
        return ok(json.dumps(said), headers="Content-Type: application/rdap+json\r\n")

    def services(self) -> dict:
        deaf, rdap = "http://127.0.0.1:1/rdap", f"{self.url}/rdap"
        return {"services": [[["deaf"], [deaf]], [["TEST", "co.test"], [rdap]], [["none"], []]]}

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.received if each.path != LIST]


@pytest.fixture
def registry():
    with Registry() as registry:
        yield registry


@pytest.fixture
def look(registry, config, with_engine):
    """Probe with an engine that knows only our registry. `look.now` is its clock's word."""
    own = {"rdap_registries": registry.url + LIST, "clock": lambda: look.now}
    prober = with_engine(dataclasses.replace(config, **own))

    def look(check=CHECK, cached=None, timeout_s=5.0):
        extra = {} if cached is None else {"cache": cached}
        return prober(check, timeout_s, extra=extra)

    look.now = config.clock()
    look.prober = prober
    return look


def in_days(look, days):
    return iso(look.now + int(days * DAY))
