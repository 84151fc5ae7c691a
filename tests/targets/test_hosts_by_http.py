"""Google, Azure, Netlify and Cloudflare, each by a server on loopback that holds us to the protocol
that it documents."""

import base64
import hashlib
import hmac
import json
import re
from email.message import Message
from email.parser import BytesParser
from urllib.parse import unquote, urlsplit

import mirrors
import pytest
from blake3 import blake3
from pydantic import ValidationError
from receivers import a_receiver

from kener.targets import TargetFailed, cloudflare, netlify
from kener.targets.azure import AzureMirror
from kener.targets.cloudflare import CloudflareMirror
from kener.targets.gcs import GcsMirror
from kener.targets.netlify import NetlifyMirror

KEY = base64.b64encode(b"a shared key").decode()
OK = {"Content-Type": "application/json"}


def sent(place, mirror, seq=1, memory=None, **pages):
    mirrors.publish(place, seq, **pages)
    memory = memory or mirrors.Remembered()
    return mirror.send(mirrors.a_site(place, seq, mirror), memory), memory


class Google:
    """https://cloud.google.com/storage/docs/xml-api/put-object"""

    def __init__(self):
        self.objects, self.deleted = {}, []

    def answer(self, request):
        path = unquote(urlsplit(request.path).path)
        if request.method == "PUT":
            named = {name: request.headers[name] for name in ("content-type", "cache-control")}
            self.objects[path] = named, request.body
            return 200, {"ETag": '"1"'}, b""
        self.deleted.append(path)
        return 204, {}, b""


def test_google_gets_each_object_with_its_type_and_caching(place):
    """Google's own default would let the page be an hour old."""
    google = Google()
    with a_receiver(google.answer) as server:
        key = {
            "client_email": "kener@example.org",
            "private_key": "k",
            "private_key_id": "1",
            "gcs_base_url": server.url(path=""),
            "disable_oauth": True,
        }
        mirror = GcsMirror(bucket="status", account_key=json.dumps(key))
        published, memory = sent(place, mirror, m_old__html="x")
        assert sent(place, mirror, 2, memory)[0].changed == 2

    assert published.changed == 4
    about, body = google.objects["/status/now.json"]
    assert about["cache-control"] == "public, max-age=0, s-maxage=5, must-revalidate"
    assert about["content-type"] == "application/json"
    assert json.loads(body)["seq"] == 2
    assert google.deleted == ["/status/m/old.html"]
    assert mirror.hosts() == ["127.0.0.1"]


def test_google_needs_the_whole_key():
    with pytest.raises(ValidationError, match="the whole JSON file"):
        GcsMirror(bucket="status", account_key="{}")


class Azure:
    """https://learn.microsoft.com/rest/api/storageservices/put-blob, with its Shared Key."""

    def __init__(self):
        self.blobs, self.deleted = {}, []

    def answer(self, request):
        if not self.is_signed(request):
            return 403, {}, b"<Error><Code>AuthenticationFailed</Code></Error>"
        path = unquote(urlsplit(request.path).path)
        if request.method == "PUT":
            assert request.headers["x-ms-blob-type"] == "BlockBlob"
            self.blobs[path] = request.headers, request.body
            return 201, {"ETag": '"1"', "Last-Modified": "Fri, 27 Nov 2026 10:00:00 GMT"}, b""
        self.deleted.append(path)
        return 202, {}, b""

    def is_signed(self, request):
        given = request.headers.get("authorization", "")
        found = re.fullmatch(r"SharedKey status:(.+)", given)
        own = {name: value for name, value in request.headers.items() if name.startswith("x-ms-")}
        length = request.headers.get("content-length", "")
        lines = [request.method, "", "", "" if length == "0" else length, ""]
        lines += [request.headers.get("content-type", ""), request.headers.get("date", "")]
        lines += [""] * 5
        lines += [f"{name}:{own[name]}" for name in sorted(own)]
        lines.append(f"/status{urlsplit(request.path).path}")
        want = hmac.digest(base64.b64decode(KEY), "\n".join(lines).encode(), hashlib.sha256)
        return bool(found) and base64.b64decode(found[1]) == want


def test_azure_gets_signed_blobs_with_their_type_and_caching(place):
    azure = Azure()
    with a_receiver(azure.answer) as server:
        mirror = AzureMirror(account="status", access_key=KEY, endpoint=server.url(path=""))
        published, _ = sent(place, mirror)
        other = base64.b64encode(b"another key").decode()
        wrong = AzureMirror(account="status", access_key=other, endpoint=server.url(path=""))
        with pytest.raises(TargetFailed, match="it refuses this secret"):
            wrong.test()

    assert published.changed == 3
    headers, _ = azure.blobs["/$web/now.json"]
    assert headers["x-ms-blob-cache-control"].startswith("public, max-age=0")
    assert headers["x-ms-blob-content-type"] == "application/json"


class Netlify:
    """https://docs.netlify.com/api/get-started/#file-digest-method"""

    def __init__(self):
        self.have, self.deploys, self.state = {}, [], "ready"

    def answer(self, request):
        assert request.headers["authorization"] == "Bearer token"
        path = urlsplit(request.path).path
        if path == "/sites/site-id":
            return 200, OK, b'{"name": "status"}'
        if path == "/sites/site-id/deploys":
            files = request.json["files"]
            self.deploys.append(files)
            required = [each for each in set(files.values()) if each not in self.have]
            return 200, OK, json.dumps({"id": "d1", "required": required}).encode()
        if request.method == "PUT":
            name = "/" + unquote(path.removeprefix("/deploys/d1/files/"))
            digest = hashlib.sha1(request.body).hexdigest()
            assert request.headers["content-type"] == "application/octet-stream"
            assert self.deploys[-1][name] == digest
            self.have[digest] = request.body
            return 200, OK, b"{}"
        assert path == "/deploys/d1"
        return 200, OK, json.dumps({"state": self.state}).encode()


@pytest.fixture
def at_netlify(monkeypatch):
    host = Netlify()
    with a_receiver(host.answer) as server:
        monkeypatch.setattr(netlify, "API", server.url(path=""))
        yield host


def test_netlify_is_sent_what_it_asks_for(place, at_netlify):
    mirror = NetlifyMirror(site="site-id", token="token")
    _, memory = sent(place, mirror, m_shop__html="shop", m_same__html="shop")
    before = len(at_netlify.have)
    published, _ = sent(place, mirror, 2, memory, m_shop__html="shop", m_same__html="shop")

    assert mirror.test() == "The site status is there; nothing was changed."
    assert published.changed == 2
    assert (before, len(at_netlify.have)) == (4, 6)
    now = json.loads(at_netlify.have[at_netlify.deploys[-1]["/now.json"]])
    assert (now["seq"], now["every"]) == (2, 600)


def test_a_deploy_that_netlify_refuses_is_a_failure(place, at_netlify):
    at_netlify.state = "error"

    with pytest.raises(TargetFailed, match="the deploy did not go live"):
        sent(place, NetlifyMirror(site="site-id", token="token"))


class Cloudflare:
    """Direct upload as wrangler does it: https://developers.cloudflare.com/pages/get-started/
    direct-upload/ and the API's reference for deployments."""

    PROJECT = "/accounts/" + "0" * 32 + "/pages/projects/status"

    def __init__(self):
        self.have, self.kept, self.deployment = {}, set(), None

    def answer(self, request):
        path = urlsplit(request.path).path
        token = "jwt" if path.startswith("/pages/assets/") else "token"
        if request.headers["authorization"] != f"Bearer {token}":
            return 403, OK, b"{}"
        return 200, OK, json.dumps({"result": self.result(path, request)}).encode()

    def result(self, path, request):
        if path == "/pages/assets/check-missing":
            return [each for each in request.json["hashes"] if each not in self.have]
        if path == "/pages/assets/upload":
            for each in request.json:
                assert each["base64"] is True
                self.have[each["key"]] = each["metadata"]["contentType"], each["value"]
            return None
        if path == "/pages/assets/upsert-hashes":
            self.kept = set(request.json["hashes"])
            return None
        if path == f"{self.PROJECT}/deployments":
            kind = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
            form = BytesParser().parsebytes(kind + request.body)
            self.deployment = {field(part): part.get_payload() for part in form.get_payload()}
            return {"id": "1"}
        return {"jwt": "jwt"} if path == f"{self.PROJECT}/upload-token" else {"name": "status"}


def field(part: Message) -> str:
    return str(part.get_param("name", header="content-disposition"))


@pytest.fixture
def at_cloudflare(monkeypatch):
    host = Cloudflare()
    with a_receiver(host.answer) as server:
        monkeypatch.setattr(cloudflare, "API", server.url(path=""))
        yield host


def make_cloudflare(token="token"):
    return CloudflareMirror(account="0" * 32, project="status", token=token)


def test_cloudflare_is_sent_what_it_lacks_and_then_the_whole_list(place, at_cloudflare):
    mirror = make_cloudflare()
    mirrors.publish(place, 1)
    published, memory = sent(place, mirror, _headers="/*\n  X-A: b\n")
    before = len(at_cloudflare.have)
    sent(place, mirror, 2, memory)

    manifest = json.loads(at_cloudflare.deployment["manifest"])
    css = base64.b64encode(b"body{}").decode()
    digest = blake3(f"{css}css".encode()).hexdigest()[:32]
    assert manifest["/a/site.css"] == digest
    assert at_cloudflare.have[digest] == ("text/css; charset=utf-8", css)
    assert at_cloudflare.kept == set(manifest.values())
    assert at_cloudflare.deployment["branch"] == "main"
    assert len(at_cloudflare.have) - before == 2
    assert published.changed >= 3


def test_a_token_that_may_not_is_said_in_plain_words(at_cloudflare):
    assert make_cloudflare().test() == "The project is there; nothing was changed."
    with pytest.raises(TargetFailed, match="the token may not do this"):
        make_cloudflare("other").test()
