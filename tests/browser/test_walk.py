"""The walk of the README: from a fresh clone to a page that tells the truth, on both databases.

Nothing is used but what `make run` prints, a browser and the API.
"""

import json
import os
import shutil
import signal
import subprocess
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from browsers import a_page
from receivers import a_receiver
from servers import a_free_port, wait_until
from standardwebhooks import Webhook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
INSTALLING = 400.0
EMAIL, PASSWORD = "owner@example.org", "a long walk on a short pier"
QUICK = {"interval": 5, "timeout": 2, "retry_interval": 1}


@contextmanager
def a_service(port=0):
    """Something real to watch; it can be stopped and started again on its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_fresh_clone(folder):
    """What git would give to somebody new; of the working tree, so that a change is walked before
    it is committed."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, os.fsdecode(names).split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextmanager
def make_run(clone, **settings):
    """`make run` in a clone; its three lines, as a dictionary. Ctrl-C ends it, within 5 seconds."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    log = clone.parent / "make-run.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=kept | settings,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "Standing on:" in log.read_text() or process.poll(), INSTALLING)
        lines = [line for line in log.read_text().splitlines() if ": " in line]
        assert process.poll() is None, log.read_text()
        yield dict(line.split(": ", 1) for line in lines)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(7)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def test_a_newcomer_walks_from_a_fresh_clone_on_sqlite(tmp_path):
    clone = a_fresh_clone(tmp_path / "clone")

    walk(clone, expected="SQLite in data/")


def test_the_same_walk_on_postgresql(tmp_path, empty_postgresql):
    clone = a_fresh_clone(tmp_path / "clone")

    walk(clone, expected="PostgreSQL", DATABASE_URL=empty_postgresql)


def walk(clone, expected, **settings):
    settings |= {"KENER_PORT": str(a_free_port()), "KENER_PRIVATE_NETWORKS": "127.0.0.0/8"}
    settings["KENER_CANARIES"] = "none"  # no test reaches beyond loopback
    with a_receiver() as receiver, make_run(clone, **settings) as printed, a_page() as page:
        assert expected in printed["Standing on"]
        become_owner(page, printed["Admin"].strip())
        api = Api(printed["Status page"].strip(), generate_key(page))
        secret = api.post(
            "webhooks",
            name="Mine",
            url=receiver.url(),
            events=["monitor.down", "monitor.up"],
        )["secret"]
        with a_service() as port:
            url = f"http://127.0.0.1:{port}/"
            api.post("monitors", name="Shop", kind="http", settings={"url": url}, **QUICK)
            everybody_says(api, page, "up", "Everything is working.")
        everybody_says(api, page, "down", "Shop is down.")
        with a_service(port):
            everybody_says(api, page, "up", "Everything is working.")
            wait_until(lambda: len(receiver.got) >= 2, PATIENCE)
        told_once_and_signed(receiver, secret)


def become_owner(page, link):
    page.goto(link)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/admin/monitors**")


def generate_key(page):
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="API Keys").click()
    page.get_by_role("link", name="Generate New Key").click()
    page.get_by_label("Name", exact=True).fill("walk")
    page.get_by_role("checkbox", name="admin").check()
    page.get_by_role("button", name="Generate the key").click()
    return page.locator("#key").inner_text()


class Api:
    """curl, in Python."""

    def __init__(self, base, key):
        self.base = base.rstrip("/")
        self.headers = {"Authorization": f"Bearer {key}"}

    def post(self, path, **body):
        answer = requests.post(
            f"{self.base}/api/{path}", json=body, headers=self.headers, timeout=10
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def statuses(self):
        data = requests.get(f"{self.base}/api/status", timeout=10).json()["data"]
        return [each["status"] for each in data["monitors"]]


def everybody_says(api, page, status, sentence):
    """The API and the static page; the page without any server asked but for the file."""
    wait_until(lambda: api.statuses() == [status], PATIENCE, every=1.0)  # 100 a minute, no more

    def the_page_says_so():
        page.goto(api.base + "/")
        return sentence in page.get_by_role("heading", level=1).inner_text()

    wait_until(the_page_says_so, PATIENCE, every=0.5)


def told_once_and_signed(receiver, secret):
    told = [json.loads(each.body)["event"] for each in receiver.got]
    assert told == ["monitor.down", "monitor.up"]
    for each in receiver.got:
        Webhook(secret).verify(each.body, each.headers)
    down = json.loads(receiver.got[0].body)
    assert set(down) >= {"event", "timestamp", "data"}
    assert (down["data"]["name"], down["data"]["status"]) == ("Shop", "down")
    forged = "whsec_" + b64encode(b"another secret, as long").decode()
    with pytest.raises(Exception, match="signature"):
        Webhook(forged).verify(receiver.got[0].body, receiver.got[0].headers)
