"""The http check through forward proxies."""

import pytest
from checks.of_http import check
from checks.proxies import HttpProxy, SocksProxy
from checks.servers import HttpServer, Listener, free_port, ok, to

from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_plain_request_goes_through_a_proxy(probe):
    with HttpServer(ok("hello")) as server, HttpProxy() as proxy:
        outcome = probe(check(server.url + "/a?b=c", proxy=proxy.url, keyword="hello"))

    assert outcome.status is Status.UP
    assert outcome.facts["proxy_address"] == "127.0.0.1"
    assert "address" not in outcome.facts
    assert proxy.asked[0].path == server.url + "/a?b=c"
    assert server.received[0].path == "/a?b=c"


def test_an_encrypted_request_is_tunnelled_and_verified(probe, tls_for):
    with (
        HttpServer(ok(), tls=tls_for("inside.test")) as server,
        HttpProxy({"inside.test": "127.0.0.1"}) as proxy,
    ):
        url = f"https://inside.test:{server.port}/"
        good = probe(check(url, proxy=proxy.url, headers="X-Key: s3cret"))
        plain = check(
            url,
            proxy=proxy.url,
            assertions=[{"source": "header:x-proxy", "op": "exists", "value": False}],
        )
        unseen = probe(plain)

    assert good.status is Status.UP
    assert good.facts["tls_days"] > 0
    assert proxy.asked[0].method == "CONNECT"
    assert "x-key" not in proxy.asked[0].headers
    assert server.received[0].headers["x-key"] == "s3cret"
    assert unseen.status is Status.UP


def test_a_proxy_gets_its_own_credentials_and_the_target_does_not(probe, tls_for):
    login = {"proxy_username": "anna", "proxy_password": "s3cret"}
    with (
        HttpServer(ok(), tls=tls_for("127.0.0.1")) as server,
        HttpProxy(login="anna:s3cret") as proxy,
    ):
        good = probe(check(server.url, proxy=proxy.url, **login))
        bad = probe(check(server.url, proxy=proxy.url))

    assert good.status is Status.UP
    assert "proxy-authorization" not in server.received[0].headers
    assert (bad.status, bad.reason) == (Status.DOWN, Reason.UNREACHABLE)
    assert bad.detail == f"the proxy 127.0.0.1 port {proxy.port} answered 407 to CONNECT"


def test_a_proxy_that_is_gone_is_named(probe):
    port = free_port()
    outcome = probe(check("http://inside.test/", proxy=f"http://127.0.0.1:{port}"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.REFUSED)
    assert outcome.detail == f"the proxy 127.0.0.1 port {port} refused the connection"


def test_socks5h_looks_the_name_up(probe):
    names = {"inside.test": "127.0.0.1"}
    with HttpServer(ok()) as server, SocksProxy(names) as proxy:
        outcome = probe(
            check(f"http://inside.test:{server.port}/", proxy=f"socks5h://{proxy.address}")
        )

    assert outcome.status is Status.UP
    assert proxy.asked == [("inside.test", server.port)]
    assert server.received[0].headers["host"] == f"inside.test:{server.port}"


def test_with_socks5_we_look_the_name_up(probe):
    with HttpServer(ok()) as server, SocksProxy() as proxy:
        settings = {"proxy": f"socks5://{proxy.address}", "ip_version": "ipv4"}
        outcome = probe(check(f"http://localhost:{server.port}/", **settings))
        unknown = probe(check("http://inside.invalid/", **settings))

    assert outcome.status is Status.UP
    assert proxy.asked == [("127.0.0.1", server.port)]
    assert unknown.reason is Reason.DNS_FAILED


def test_a_socks_proxy_wants_a_login(probe):
    login = {"proxy_username": "änna", "proxy_password": "s3crét"}
    with HttpServer(ok()) as server, SocksProxy(login="änna:s3crét") as proxy:
        url = f"socks5h://{proxy.address}"
        good = probe(check(server.url, proxy=url, **login))
        bad = probe(check(server.url, proxy=url, **login | {"proxy_password": "wr0ng!"}))

    assert good.status is Status.UP
    assert bad.status is Status.DOWN
    assert bad.detail.startswith(f"the proxy 127.0.0.1 port {proxy.port} ")
    assert "wr0ng!" not in bad.detail


def test_what_a_socks_proxy_says_is_told(probe):
    with SocksProxy() as proxy:
        outcome = probe(
            check(f"http://127.0.0.1:{free_port()}/", proxy=f"socks5://{proxy.address}")
        )

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.UNREACHABLE)
    assert outcome.detail.endswith("says that the target refused the connection")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (1, "says that it failed"),
        (2, "does not allow the target"),
        (4, "says that the target cannot be reached"),
        (6, "says that the target did not answer"),
        (8, "did not do what was asked of it"),
    ],
)
def test_each_answer_of_a_socks_proxy_has_its_words(probe, reply, told):
    def refuse(connection):
        connection.recv(connection.recv(2)[1])
        connection.sendall(b"\5\0")
        connection.recv(1000)
        connection.sendall(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))

    with Listener(refuse) as proxy:
        url = f"socks5h://127.0.0.1:{proxy.port}"
        outcome = probe(check("http://inside.test/", proxy=url))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.UNREACHABLE)
    assert outcome.detail == f"the proxy 127.0.0.1 port {proxy.port} {told}"


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("said", [b"", b"garbage\r\n\r\n"])
def test_a_proxy_that_talks_nonsense_is_down(probe, scheme, said):
    with Listener(lambda c: (c.recv(1000), c.sendall(said))) as proxy:
        url = f"{scheme}://127.0.0.1:{proxy.port}"
        outcome = probe(check("https://inside.test/", proxy=url))

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith(f"the proxy 127.0.0.1 port {proxy.port} ")


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
@pytest.mark.parametrize("host", ["127.66.0.1", "169.254.169.254", "[::ffff:169.254.169.254]"])
def test_a_refused_address_is_refused_behind_a_proxy_too(probe, scheme, host):
    with SocksProxy() as proxy:
        outcome = probe(check(f"http://{host}/", proxy=f"{scheme}://{proxy.address}"))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.BLOCKED)
    assert proxy.connections == 0


def test_a_redirect_to_a_refused_address_is_refused_behind_a_proxy_too(probe):
    with HttpServer(to("http://169.254.169.254/latest")) as server, HttpProxy() as proxy:
        outcome = probe(check(server.url, proxy=proxy.url))

    assert outcome.reason is Reason.BLOCKED
    assert len(proxy.asked) == 1


def test_the_proxy_itself_is_vetted(probe):
    outcome = probe(check("http://127.0.0.1/", proxy="http://127.66.0.1:3128"))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.BLOCKED)
    assert outcome.detail.startswith("the proxy cannot be used: 127.66.0.1 is in a network")


def test_no_proxy_in_the_environment_keeps_the_proxy_in_use(probe, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with HttpServer(ok()) as server, HttpProxy() as proxy:
        probe(check(server.url, proxy=proxy.url))
        probe(check(server.url))

    assert len(proxy.asked) == 1
    assert len(server.received) == 2


@pytest.mark.parametrize(
    "proxy",
    ["proxy.test:3128", "https://proxy.test", "http://a:b@proxy.test", "socks4://proxy.test",
     "http://proxy.test/path", "http://0x7f.1", "http://proxy.test:99999"],
)  # fmt: skip
def test_a_proxy_must_be_one_that_we_know(proxy):
    with pytest.raises(Invalid) as refused:
        check("http://a.test", proxy=proxy)

    assert list(refused.value.problems) == ["proxy"]


def test_another_proxy_is_another_destination():
    one, other = (check("http://a.test", proxy=f"http://{each}.test") for each in "bc")

    assert one.destination() != other.destination()
    assert one.server() == ("a.test", 80)
