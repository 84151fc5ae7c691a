"""The websocket check, against real servers on loopback."""

import contextlib

import pytest
from checks.loops import a_loop
from checks.servers import HttpServer, Listener, free_port, ok, silent
from websockets.asyncio.server import basic_auth, serve

from kener.checks.websocket import WebSocketCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def check(port: int, path: str = "/", scheme: str = "ws", **settings) -> WebSocketCheck:
    return WebSocketCheck.parse({"url": f"{scheme}://127.0.0.1:{port}{path}", **settings})


async def echo(connection):
    async for message in connection:
        await connection.send(f"you said {message}")


@contextlib.contextmanager
def a_server(handler=echo, **options):
    """The port of a server by the library that the check itself uses, but the other half."""

    async def start():
        return await serve(handler, "127.0.0.1", 0, close_timeout=0.1, **options)

    async def stop(server):
        server.close()
        await server.wait_closed()

    with a_loop() as run:
        server = run(start())
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            run(stop(server))


def test_an_open_websocket_is_up(probe):
    with a_server() as port:
        outcome = probe(check(port))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts == {"address": "127.0.0.1", "subprotocol": ""}
    assert set(outcome.phases) == {"dns", "connect", "handshake"}


@pytest.mark.parametrize(
    ("expect", "mode"),
    [("said hi", "contains"), ("you said hi\n", "equals"), ("^you .* h.$", "matches")],
)
def test_an_expected_answer_is_up(probe, expect, mode):
    with a_server() as port:
        outcome = probe(check(port, send="hi", expect=expect, expect_mode=mode, ping=True))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.phases["ping"] > 0


async def count(connection):
    for number in range(50):
        await connection.send(f"n{number}" if number % 2 else f"n{number}".encode())
    await connection.wait_closed()


def test_it_must_be_among_the_first_messages(probe):
    with a_server(count) as port:
        early = probe(check(port, expect="n9"))
        late = probe(check(port, expect="n10"))

    assert early.status is Status.UP
    assert late.status is Status.DOWN
    assert late.reason is Reason.MISMATCH
    assert late.detail == "expected “n10”, the last of 10 messages was “n9”"


def test_a_ping_finds_its_pong_among_messages(probe):
    with a_server(count) as port:
        outcome = probe(check(port, ping=True))

    assert outcome.status is Status.UP


def test_a_message_in_parts_is_one(probe):
    async def in_parts(connection):
        await connection.send(["hel", "lo ", "wörld"])
        await connection.wait_closed()

    with a_server(in_parts) as port:
        outcome = probe(check(port, expect="hello wörld", expect_mode="equals"))

    assert (outcome.status, outcome.detail) == (Status.UP, "")


def test_a_subprotocol_must_be_chosen_when_offered(probe):
    with a_server(subprotocols=["chat.v2"]) as port:
        good = probe(check(port, subprotocols="chat.v1, chat.v2"))
        none = probe(check(port, subprotocols="mqtt"))

    assert good.facts["subprotocol"] == "chat.v2"
    assert none.status is Status.DOWN
    assert none.detail in {
        "the server chose none of the subprotocols",
        "the server refused the WebSocket with 400",
    }


def test_credentials_headers_and_the_query_are_sent(probe):
    heard = []

    def note(connection, request):
        heard.append((request.path, dict(request.headers.raw_items())))

    with a_server(process_request=note) as port:
        probe(check(port, "/a?b=1", headers="X-One: 1", secret_headers="X-Two: 2"))
        probe(check(port, bearer_token="t0ken"))

    path, headers = heard[0]
    assert path == "/a?b=1"
    assert headers["X-One"] == "1"
    assert headers["X-Two"] == "2"
    assert headers["Host"] == f"127.0.0.1:{port}"
    assert headers["User-Agent"].startswith("Kener/")
    assert "Sec-WebSocket-Extensions" not in headers
    assert heard[1][1]["Authorization"] == "Bearer t0ken"


def test_a_refused_login_is_down_with_its_status(probe):
    guard = basic_auth(credentials=("kener", "s3cret"))
    with a_server(process_request=guard) as port:
        good = probe(check(port, username="kener", password="s3cret"))
        bad = probe(check(port, username="kener", password="no"))

    assert good.status is Status.UP
    assert bad.status is Status.DOWN
    assert bad.detail == "the server refused the WebSocket with 401"


def test_wss_is_verified(probe, tls_for):
    with a_server(ssl=tls_for("127.0.0.1")) as port:
        good = probe(check(port, scheme="wss", send="hi", expect="hi"))
    with a_server(ssl=tls_for("other.test")) as port:
        bad = probe(check(port, scheme="wss"))
        trusting = probe(check(port, scheme="wss", verify_tls=False))

    assert (good.status, good.detail) == (Status.UP, "")
    assert good.phases["tls"] > 0
    assert bad.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP


def test_a_server_that_closes_is_down_with_its_reason(probe):
    async def refuse(connection):
        await connection.close(1008, "no guests")

    with a_server(refuse) as port:
        outcome = probe(check(port, expect="hello"))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "the server closed the WebSocket with 1008 “no guests”"


def test_what_a_server_sends_back_of_our_secrets_is_hidden(probe):
    async def tell(connection):
        await connection.send(", ".join(connection.request.headers.get_all("Authorization")))
        await connection.send(" ".join(connection.request.headers.get_all("X-Key")))
        await connection.wait_closed()

    secrets = {"secret_headers": "X-Key: s3cret-key", "headers": "X-Key: other"}
    with a_server(tell) as port:
        token = probe(check(port, bearer_token="t0ken", expect="y", max_messages=1))
        login = probe(check(port, username="a", password="pass", expect="y", max_messages=1))
        header = probe(check(port, expect="z", max_messages=2, bearer_token="t0ken", **secrets))

    assert token.detail == "expected “y”, got “•••”"
    assert login.detail == "expected “y”, got “•••”"
    assert header.status is Status.DOWN
    assert "s3cret" not in repr(header)


def test_silence_times_out_and_says_where(probe):
    with a_server() as port:
        waiting = probe(check(port, expect="hello"), 0.2)
    with silent() as quiet:
        shaking = probe(check(quiet), 0.2)

    assert waiting.detail == "no answer within 0.2 s while waiting for the expected message"
    assert shaking.detail == "no answer within 0.2 s while in the WebSocket handshake"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (ok(), "the server refused the WebSocket with 200"),
        (ok(b"", "302 Found", "Location: /x\r\n"), "the server refused the WebSocket with 302"),
        (b"+OK hello\r\n\r\n", "the server did not answer in HTTP"),
        (b"x" * 70_000, "the server's answer has no end"),
        (b"HTTP/1.1 101 Yes\r\nA: b\r\n\r\n", "the handshake is wrong: "),
        (b"", "127.0.0.1 closed the connection"),
    ],
)
def test_a_server_of_another_kind_is_down(probe, answer, detail):
    with HttpServer(answer) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith(detail)


def test_a_flood_is_not_read_forever(probe):
    async def flood(connection):
        with contextlib.suppress(Exception):
            while True:
                await connection.send("x" * 60_000)

    async def huge(connection):
        await connection.send("x" * 2_000_000)

    async def tiny(connection):
        connection.transport.write(b"\x89\x00" * 200_000)
        await connection.wait_closed()

    with a_server(tiny) as port:
        pings = probe(check(port, expect="y"))
    with a_server(flood) as port:
        many = probe(check(port, expect="y", max_messages=100))
    with a_server(huge) as port:
        big = probe(check(port, expect="y"))

    for outcome in (pings, many, big):
        assert outcome.status is Status.DOWN
        assert outcome.reason is Reason.MISMATCH


def test_frames_that_make_no_sense_are_down(probe):
    async def garbage(connection):
        connection.transport.write(b"\xff\xff\xff\xff")
        await connection.wait_closed()

    with a_server(garbage) as port:
        outcome = probe(check(port, expect="y"))

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith("the server broke the protocol: ")


def test_closed_and_refused_hosts(probe):
    refused = probe(check(free_port()))
    blocked = probe(WebSocketCheck.parse({"url": "ws://127.66.0.9/"}))
    with Listener(lambda c: None) as server:
        hung_up = probe(check(server.port))

    assert refused.reason is Reason.REFUSED
    assert blocked.reason is Reason.BLOCKED
    assert hung_up.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"url": "http://a.test/"}, "url"),
        ({"url": "ws:a.test"}, "url"),
        ({"url": "ws://u:p@a.test/"}, "url"),
        ({"subprotocols": "a b"}, "subprotocols"),
        ({"headers": "Upgrade: h2c"}, "headers"),
        ({"secret_headers": "Sec-WebSocket-Key: x"}, "secret_headers"),
        ({"expect": "(", "expect_mode": "matches"}, "expect_mode"),
        ({"username": "a", "bearer_token": "b"}, "bearer_token"),
        ({"bearer_token": "a\nb"}, "bearer_token"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        WebSocketCheck.parse({"url": "ws://a.test/", **settings})

    assert list(refused.value.problems) == [field]


def test_the_target_hides_the_query_and_the_default_port_is_the_webs():
    secure = WebSocketCheck.parse({"url": "WSS://Example.ORG/feed?token=s3cret"})

    assert secure.target() == "wss://example.org/feed"
    assert secure.server() == ("example.org", 443)
    assert WebSocketCheck.parse({"url": "ws://a.test"}).server() == ("a.test", 80)
