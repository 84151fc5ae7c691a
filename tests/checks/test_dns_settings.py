"""What may be asked of the dns check, and what it knows before it asks."""

import subprocess
import sys

import pytest
from dns import rdatatype

from kener.checks._dns_text import RECORD_TYPES
from kener.checks.dns import DnsCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_resolver_in_a_refused_network_is_not_asked(probe):
    outcome = probe(DnsCheck.parse({"name": "shop.test", "resolver": "169.254.169.253"}))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "name"),
        ({"name": "not a name"}, "name"),
        ({"name": "192.0.2.1", "record_type": "A"}, "record_type"),
        ({"name": "a.test", "record_type": "XYZ"}, "record_type"),
        ({"name": "a.test", "record_type": "AXFR"}, "record_type"),
        ({"name": "a.test", "record_type": "TYPE252"}, "record_type"),
        ({"name": "a.test", "record_type": "TYPE0"}, "record_type"),
        ({"name": "a.test", "record_type": "TYPE65536"}, "record_type"),
        ({"name": "a.test", "resolver": "http://a.test/q", "transport": "https"}, "resolver"),
        ({"name": "a.test", "resolver": "https://u:p@a.test/q"}, "resolver"),
        ({"name": "a.test", "resolver": "https://a.test/q"}, "transport"),
        ({"name": "a.test", "resolver": "1.2.3.4", "transport": "https"}, "transport"),
        ({"name": "a.test", "transport": "tls"}, "transport"),
        ({"name": "a.test", "transport": "quic"}, "transport"),
        ({"name": "a.test", "server_name": "a b"}, "server_name"),
        ({"name": "a.test", "expected_rcode": "GOOD"}, "expected_rcode"),
        ({"name": "a.test", "assertions": [{"source": "status"}]}, "assertions.0"),
        ({"name": "a.test", "resolver": "1.2.3.4:99999"}, "resolver"),
        ({"name": "a.test", "resolver": "1.2.3.4:x"}, "resolver"),
        ({"name": "a.test", "match": "some"}, "match"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        DnsCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_the_target_names_type_name_and_resolver():
    check = DnsCheck.parse({"name": "Shop.Test.", "record_type": "MX", "resolver": "[::1]:5353"})

    assert check.target() == "MX shop.test at [::1]:5353"


def test_the_resolver_is_called_at_its_usual_port_unless_another_is_told():
    def server(resolver: str, transport: str) -> tuple[str, int] | None:
        settings = {"name": "a.test", "resolver": resolver, "transport": transport}
        return DnsCheck.parse(settings).server()

    assert server("192.0.2.1", "udp") == ("192.0.2.1", 53)
    assert server("dns.test", "tls") == ("dns.test", 853)
    assert server("dns.test:8853", "tls") == ("dns.test", 8853)
    assert server("https://DNS.test/q", "https") == ("dns.test", 443)
    assert server("", "tcp") is None


def test_a_token_in_the_address_of_a_resolver_is_not_shown_in_lists():
    settings = {"resolver": "https://dns.test/q?token=secret", "transport": "https"}

    assert (
        DnsCheck.parse({"name": "a.test"} | settings).target() == "A a.test at https://dns.test/q"
    )


def test_our_list_of_types_is_that_of_the_library():
    ours = {rdatatype.from_text(each) for each in RECORD_TYPES}
    library = {each for each in rdatatype.RdataType if not rdatatype.is_metatype(each) and each}

    assert library - ours == set()
    assert ours - library == {rdatatype.ANY}


def test_the_library_is_loaded_with_the_first_question_only():
    code = (
        "import sys; from kener.checks import check_types; check_types()['dns'].parse("
        "{'name': 'a.test', 'record_type': 'TYPE65280', 'expected': 'x'}); "
        "sys.exit('dns' in sys.modules or 'cryptography.x509' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
