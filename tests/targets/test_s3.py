"""The S3 target, against a server that speaks S3."""

import json
import threading
from contextlib import contextmanager

import boto3
import mirrors
import pytest
from moto.server import ThreadedMotoServer
from pydantic import ValidationError

from kener.targets import TargetFailed
from kener.targets.s3 import S3Mirror


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(server):
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="status")
    yield client
    for each in client.list_objects_v2(Bucket="status").get("Contents", ()):
        client.delete_object(Bucket="status", Key=each["Key"])
    client.delete_bucket(Bucket="status")


@pytest.fixture
def mirror(server):
    return make(server)


def make(server, **fields):
    given = {"bucket": "status", "access_key_id": "key", "secret_access_key": "secret"}
    return S3Mirror(**{**given, "endpoint": server, **fields})


def keys(s3):
    return {each["Key"] for each in s3.list_objects_v2(Bucket="status").get("Contents", ())}


def read(s3, key):
    return s3.get_object(Bucket="status", Key=key)["Body"].read().decode()


def test_a_bucket_gets_every_file_with_its_type_and_caching(place, s3, mirror):
    mirrors.publish(place, 1)
    memory = mirrors.Remembered()
    published = mirror.send(mirrors.a_site(place, 1, mirror), memory)

    assert keys(s3) == {"a/site.css", "index.html", "now.json"} == set(memory.known)
    assert (published.files, published.changed) == (3, 3)
    css = s3.head_object(Bucket="status", Key="a/site.css")
    now = s3.head_object(Bucket="status", Key="now.json")
    assert css["ContentType"] == "text/css; charset=utf-8"
    assert css["CacheControl"] == "public, max-age=31536000, immutable"
    assert now["CacheControl"] == "public, max-age=0, s-maxage=5, must-revalidate"
    assert json.loads(read(s3, "now.json"))["seq"] == 1


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted(place, s3, mirror):
    memory = mirrors.Remembered()
    mirrors.publish(place, 1, m_shop__html="shop", m_old__html="old")
    mirror.send(mirrors.a_site(place, 1, mirror), memory)
    was = s3.head_object(Bucket="status", Key="m/shop.html")["LastModified"]
    mirrors.publish(place, 2, m_shop__html="shop", m_new__html="new")
    published = mirror.send(mirrors.a_site(place, 2, mirror), memory)

    assert published.changed == 3
    assert keys(s3) == {"a/site.css", "index.html", "now.json", "m/shop.html", "m/new.html"}
    assert s3.head_object(Bucket="status", Key="m/shop.html")["LastModified"] == was
    assert read(s3, "index.html") == "<h1>build 2</h1>"


def test_it_may_lie_in_a_folder_of_the_bucket(place, server, s3):
    mirror = make(server, folder="/sites/status/")
    mirrors.publish(place, 1)
    mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())

    assert "sites/status/now.json" in keys(s3)
    assert mirror.place() == "127.0.0.1/status/sites/status"


def test_what_visitors_ask_for_first_arrives_last(place, s3, mirror, monkeypatch):
    came, lock = [], threading.Lock()
    real = type(mirror).opened

    class Door:
        def __init__(self, door):
            self.door = door

        def put(self, item):
            self.door.put(item)
            with lock:
                came.append(item.path)

    @contextmanager
    def opened(mirror):
        with real(mirror) as door:
            yield Door(door)

    monkeypatch.setattr(type(mirror), "opened", opened)
    mirrors.publish(place, 1, m_shop__html="x", api_status__json="{}")
    mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())

    order = ["a/site.css", "api/status.json", "m/shop.html", "index.html", "now.json"]
    assert came == order
    assert keys(s3) == set(order)


def test_after_a_failure_only_what_arrived_counts(place, server, s3):
    """The bucket goes away between two sendings; what was to be replaced is sent again."""
    mirror, memory = make(server), mirrors.Remembered()
    mirrors.publish(place, 1)
    mirror.send(mirrors.a_site(place, 1, mirror), memory)
    mirrors.publish(place, 2)
    broken = make(server, bucket="elsewhere")

    with pytest.raises(TargetFailed, match="there is no bucket of this name"):
        broken.send(mirrors.a_site(place, 2, broken), memory)
    assert set(memory.known) == {"a/site.css"}
    assert mirror.send(mirrors.a_site(place, 2, mirror), memory).changed == 2


def test_its_test_leaves_nothing_behind(s3, mirror):
    assert mirror.test() == "A small file was written and deleted again."
    assert keys(s3) == set()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"bucket": "nowhere"}, "127.0.0.1/nowhere: there is no bucket of this name."),
        ({"endpoint": "http://127.0.0.1:9"}, "its server does not answer."),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(server, s3, fields, message):
    with pytest.raises(TargetFailed) as failed:
        make(server, **fields).test()
    assert failed.value.message.endswith(message)
    assert "secret" not in failed.value.message


@pytest.mark.parametrize(
    "fields",
    [
        {"endpoint": "ftp://example.org"},
        {"endpoint": "https://user:password@example.org"},
        {"folder": "../elsewhere"},
        {"bucket": "a b"},
        {"secret_access_key": ""},
    ],
)
def test_settings_that_make_no_sense_are_refused(server, fields):
    with pytest.raises(ValidationError):
        make(server, **fields)
