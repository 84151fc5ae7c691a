"""The web server, and clients that take their time."""

import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from servers import wait_until

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, time
from kener.config import Config
from kener.supervisor import web

web.PATIENCE = 1.0

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/slow":
        time.sleep(2.5)
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]

config = Config(_env_file=None, port=int(sys.argv[1]), web_threads=2)
web.serve(config, lambda: app)
"""
HEADERS = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def server():
    """The port of a server with two threads, that listens for a second."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], cwd=ROOT)
    try:
        wait_until(lambda: answers(port))
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def answers(port, path="/"):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read() == b"hello"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@pytest.mark.parametrize("said", [HEADERS, HEADERS + b"Content-Length: 1000\r\n\r\na"])
def test_who_never_ends_their_request_does_not_keep_a_thread(server, said):
    with ExitStack() as stack:
        for _ in range(4):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server)))
            slow.sendall(said)
        assert answers(server)


def test_who_drips_does_not_keep_a_thread_either(server):
    def was_hung_up_on():
        try:
            slow.sendall(b"X: y\r\n")
            return slow.recv(100) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    with socket.create_connection(("127.0.0.1", server), timeout=0.1) as slow:
        slow.sendall(HEADERS)
        wait_until(was_hung_up_on)


def test_an_answer_that_takes_its_time_arrives(server):
    assert answers(server, "/slow")
