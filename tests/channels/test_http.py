"""Outgoing HTTP, against real receivers on loopback."""

import gc
import socket
import warnings
from ipaddress import ip_network

import pytest
from receivers import LOOPBACK, a_receiver, a_rude_receiver

from kener.channels import _http
from kener.channels._http import Way, post, url_problem

WAY = Way(LOOPBACK)


def to(*addresses):
    """A resolver that gives the first of several answers at first, and keeps who was asked for."""
    answers = list(addresses)

    def resolve(host):
        resolve.asked.append(host)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    resolve.asked = []
    return resolve


def test_a_body_arrives_as_it_was_sent():
    with a_receiver(lambda _: (200, {}, b"thanks")) as receiver:
        reply = post(receiver.url(path="/a%20b?c=d"), b"caf\xc3\xa9", {"X-One": "1"}, WAY)

    got = receiver.got[0]
    assert (reply.status, reply.error, reply.body) == (200, "", "thanks")
    assert (got.path, got.body) == ("/a%20b?c=d", b"caf\xc3\xa9")
    assert got.headers["x-one"] == "1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["user-agent"].startswith("Kener/")


def test_ipv6_works():
    if not socket.has_ipv6:
        pytest.skip("needs IPv6")
    with a_receiver(host="::1") as receiver:
        assert post(receiver.url("[::1]"), b"", {}, WAY).status == 204

    assert receiver.got[0].headers["host"] == f"[::1]:{receiver.port}"


def test_the_connection_goes_to_the_vetted_address_under_the_original_name():
    resolve = to(["127.0.0.1"])
    with a_receiver() as receiver:
        reply = post(receiver.url("hooks.test"), b"", {}, Way(LOOPBACK, resolve))

    assert reply.status == 204
    assert resolve.asked == ["hooks.test"]
    assert receiver.got[0].headers["host"] == f"hooks.test:{receiver.port}"


def test_tls_is_verified_for_the_name_and_not_the_address(tls_for, authorities):
    named = []
    context = tls_for("hooks.test")
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    with a_receiver(tls=context) as receiver:
        way = Way(LOOPBACK, to(["127.0.0.1"]), authorities)
        reply = post(receiver.url("hooks.test", scheme="https"), b"hello", {}, way)

    assert (reply.status, reply.error) == (204, "")
    assert named == ["hooks.test"]
    assert receiver.got[0].body == b"hello"


def test_a_certificate_for_another_name_is_refused(tls_for, authorities):
    with a_receiver(tls=tls_for("127.0.0.1", "other.test")) as receiver:
        way = Way(LOOPBACK, to(["127.0.0.1"]), authorities)
        reply = post(receiver.url("hooks.test", scheme="https"), b"hello", {}, way)

    assert reply.status is None
    assert reply.error.startswith("the certificate was refused: Hostname mismatch")
    assert receiver.got == []


def test_an_unknown_authority_is_refused(tls_for):
    with a_receiver(tls=tls_for("hooks.test")) as receiver:
        way = Way(LOOPBACK, to(["127.0.0.1"]))
        reply = post(receiver.url("hooks.test", scheme="https"), b"hello", {}, way)

    assert reply.error.startswith("the certificate was refused: ")
    assert receiver.got == []


def test_an_environment_that_trusts_more_changes_nothing(tls_for, authorities, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authorities)
    with a_receiver(tls=tls_for("hooks.test")) as receiver:
        way = Way(LOOPBACK, to(["127.0.0.1"]))
        reply = post(receiver.url("hooks.test", scheme="https"), b"", {}, way)

    assert reply.error.startswith("the certificate was refused: ")


def as_the_c_library(host):
    """How the system's resolver reads an odd number; the guard of the tests would stop it."""
    return [socket.inet_ntoa(socket.inet_aton(host))]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433"])
def test_a_private_address_is_refused_however_it_is_written(host):
    way = Way() if host in {"127.0.0.1", "localhost"} else Way(resolve=as_the_c_library)
    with a_receiver() as receiver:
        reply = post(receiver.url(host), b"", {}, way)

    assert "is not a public address; to send there, name its network in" in reply.error
    assert "KENER_PRIVATE_NETWORKS" in reply.error
    assert receiver.got == []


ONLY_ONE = (ip_network("127.0.0.1/32"),)
"""127.0.0.1 plays the public address, 127.0.0.2 the private one."""


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_its_word():
    resolve = to(["127.0.0.1"], ["127.0.0.2"])
    with a_receiver(host="127.0.0.2") as private:
        reply = post(private.url("rebind.test"), b"", {}, Way(ONLY_ONE, resolve))

    assert resolve.asked == ["rebind.test"]
    assert reply.error == "the connection was refused"  # by 127.0.0.1, where nobody listens
    assert private.got == []


def test_a_name_that_turned_private_since_it_was_saved_is_refused():
    resolve = to(["127.0.0.1"], ["127.0.0.2"])
    with a_receiver(host="127.0.0.2") as private:
        url = private.url("rebind.test")
        assert url_problem(url, ()) == ""
        post(url, b"", {}, Way(ONLY_ONE, resolve))
        reply = post(url, b"", {}, Way(ONLY_ONE, resolve))

    assert reply.error.startswith("127.0.0.2 is not a public address")
    assert private.got == []


def test_the_next_address_is_tried_when_one_is_dead():
    with a_receiver() as receiver:
        reply = post(
            receiver.url("two.test"), b"", {}, Way(LOOPBACK, to(["127.0.0.9", "127.0.0.1"]))
        )

    assert reply.status == 204


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login us password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with a_receiver() as proxy, a_receiver() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        post(receiver.url(), b"", {}, WAY)

    assert proxy.got == []
    assert "authorization" not in receiver.got[0].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with a_receiver() as elsewhere:
        headers = {"Location": elsewhere.url()}
        with a_receiver(lambda _: (status, headers, b"")) as receiver:
            reply = post(receiver.url(), b"", {}, WAY)

    assert (reply.status, elsewhere.got) == (status, [])


def test_a_closed_port_is_an_error_in_plain_words():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/", b"", {}, WAY).error == "the connection was refused"


def test_a_name_that_does_not_exist_is_an_error_in_plain_words():
    reply = post("http://nowhere.invalid/secret", b"", {}, WAY)

    assert reply.error == "the name nowhere.invalid could not be resolved"


def test_a_receiver_that_hangs_up_is_an_error_in_plain_words():
    with a_rude_receiver(lambda connection: connection.recv(65536)) as receiver:
        reply = post(receiver.url(path="/secret"), b"ping", {}, WAY)

    assert reply.error == "the connection broke off before there was an answer"


def test_plain_http_at_a_tls_address_is_an_error_in_plain_words():
    with a_rude_receiver(lambda connection: connection.sendall(b"HTTP/1.1 400 No\r\n\r\n")) as it:
        reply = post(it.url(scheme="https"), b"", {}, WAY)

    assert reply.error.startswith("TLS failed: ")


def test_nothing_is_left_open():
    with a_receiver(lambda _: (200, {}, b"x" * 100_000)) as receiver, warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for _ in range(3):
            post(receiver.url(), b"", {}, WAY)
        gc.collect()


def test_the_deadline_is_ten_seconds():
    assert (_http.DEADLINE, Way().deadline) == (10.0, 10.0)
