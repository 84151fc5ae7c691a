"""What a real Kener has done, though its answer was lost, is not done again."""

from http.client import HTTPConnection

import pytest
from kener_client import Kener
from moody import DROP, a_moody_server, answer


@pytest.fixture
def lossy(address, key):
    """A client of a Kener behind something that loses the first answer."""

    def forward(asked):
        connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
        try:
            connection.request(asked.method, asked.path, asked.body, asked.headers)
            response = connection.getresponse()
            return answer(response.status, response.read())
        finally:
            connection.close()

    def lose(asked):
        forward(asked)
        return DROP

    with (
        a_moody_server(lose, forward) as server,
        Kener(server.address, key, sleep=lambda _: None) as client,
    ):
        client.asked = server.asked
        yield client


def test_a_monitor_is_made_once(lossy, kener):
    made = lossy.monitors.create(name="Shop", kind="manual")

    assert len(lossy.asked) == 2
    assert [each["id"] for each in kener.monitors.list()] == [made["id"]]


def test_visitors_are_told_once(lossy, kener):
    incident = kener.incidents.create(title="X", message="Y")
    lossy.incidents.updates.create(incident["id"], status="resolved", message="Z")

    assert len(lossy.asked) == 2
    assert len(kener.incidents.updates.list(incident["id"]).all()) == 2


def test_a_key_that_was_made_is_told_after_all(lossy, kener, address):
    made = lossy.keys.create(name="deploy", permissions=["read:monitors"])

    assert [each["name"] for each in kener.keys.list()].count("deploy") == 1
    with Kener(address, made["key"]) as deploy:
        assert deploy.me()["id"] == made["id"]


def test_a_change_comes_to_the_same(lossy, kener):
    kener.monitors.create(name="Shop", kind="manual")
    changed = lossy.monitors.update("shop", interval=30)

    assert len(lossy.asked) == 2
    assert kener.monitors.get("shop")["interval"] == changed["interval"] == 30
