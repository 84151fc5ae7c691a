"""The JavaScript library in a real browser, in a page of another origin than Kener's."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.nodes import LIBRARY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PROGRAM = """async (url) => {
    const { Kener, NotFound, verifyWebhook } = await import("/src/index.js");
    const kener = new Kener({ url });
    const { status } = await kener.status.get();
    const refused = await kener.status.get({ page: "nothing" }).catch((error) => error);
    const forged = await verifyWebhook("{}", {}, "whsec_c2VjcmV0").catch((error) => error.name);
    const told = await kener.openapi.json();
    return [status, refused instanceof NotFound, forged, told.info.title];
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing: the browser tells what it could not load."""


@pytest.fixture
def elsewhere():
    """A server that has the library and an empty page, and nothing of Kener's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=LIBRARY))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_elsewhere_may_use_what_needs_no_key(open_page, base, elsewhere):
    page = open_page()
    page.goto(f"{elsewhere}/package.json")

    assert page.evaluate(PROGRAM, base) == ["unknown", True, "SignatureError", "Kener"]
