"""No secret comes back in an outcome, in whatever form a server sends it."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from checks.servers import HttpServer, Listener, ok

from kener.checks import check_types
from kener.checks._failures import Mismatch
from kener.checks._hiding import HIDDEN, scrub

SECRET = 'hunter2/+=ä "&<'
FORMS = {
    "plain": SECRET,
    "json": json.dumps(SECRET)[1:-1],
    "json of php": SECRET.replace("/", "\\/"),
    "html": html.escape(SECRET),
    "percent": quote(SECRET, safe=""),
    "percent, small": quote(SECRET, safe="").lower(),
    "form": quote_plus(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 after a name": base64.b64encode(f"u:{SECRET}".encode()).decode(),
    "base64 after another": base64.b64encode(f"me:{SECRET}!".encode()).decode(),
    "base64 of the web": base64.urlsafe_b64encode(f"{SECRET}>>".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_taken_out_in_every_form(form):
    failure = Mismatch(f"got “{FORMS[form]}”", facts={"one": FORMS[form], "list": [FORMS[form]]})
    scrub(failure, [SECRET])
    text = repr((failure.detail, failure.facts))

    assert HIDDEN in text
    assert FORMS[form][4:12] not in text


def saying(source):
    return [{"source": source, "op": "equals", "value": "x"}]


KEY = {"method": "PUT", "body": "{{ secret.KEY }}"}
BODY = {"url": "URL", **KEY, "assertions": saying("json:$.body")}
HEADER = {"url": "URL", "headers": "X-Shop: {{ secret.KEY }}", "assertions": saying("json:$.shop")}


@pytest.mark.parametrize(
    ("kind", "settings"), [("http", BODY), ("http", HEADER), ("steps", {"steps": [BODY]})]
)
def test_a_secret_that_was_referred_to_is_not_told_wherever_it_stands(probe, kind, settings):
    def echo(received):
        return ok(
            json.dumps({"body": received.body.decode(), "shop": received.headers.get("x-shop")})
        )

    with HttpServer(echo) as server:
        written = json.loads(json.dumps(settings).replace("URL", server.url))
        outcome = probe(check_types()[kind].opened(written, {"KEY": "sw0rdfish-22"}))

    assert "sw0rdfish" not in repr(outcome)
    assert outcome.detail.endswith(f"got “{HIDDEN}”")


def test_a_fact_of_a_healthy_target_tells_none_either(probe):
    with Listener(lambda c: c.sendall(b"SSH-2.0-sw0rdfish-22\r\n")) as server:
        settings = {"host": "127.0.0.1", "port": server.port, "username": "{{ secret.KEY }}"}
        outcome = probe(check_types()["ssh"].opened(settings, {"KEY": "sw0rdfish-22"}))

    assert outcome.facts["ssh_banner"] == f"SSH-2.0-{HIDDEN}"


def test_a_database_that_says_the_password_in_another_form_is_not_quoted(probe):
    said = base64.b64encode(b"watcher:sw0rdfish-22").decode()
    with Listener(lambda c: (c.recv(100), c.sendall(f"-ERR {said}\r\n".encode()))) as server:
        dsn = f"redis://watcher:sw0rdfish-22@127.0.0.1:{server.port}"
        outcome = probe(check_types()["redis"].opened({"dsn": dsn}, {}))

    assert "c3cwcmRmaXNo" not in outcome.detail
    assert HIDDEN in outcome.detail
