"""Settings whose only address is a secret, and what may refer to secrets."""

from typing import ClassVar

import pytest
import trustme
from factories import NOW
from kinds import Walk
from pydantic import Field, SecretStr

from kener.actions.monitor_settings import settings_to_store
from kener.actions.secrets import set_secret
from kener.checks import Check, check_types
from kener.checks._fields import MAY_REFER
from kener.core.errors import Invalid
from kener.store.secrets import is_sealed, unseal
from kener.store.stored_secrets import values_of


class Rows(Check):
    """As the databases are: the address is within the secret."""

    kind: ClassVar[str] = "rows"
    label: ClassVar[str] = "Rows"

    dsn: SecretStr = Field(title="Address")
    key: SecretStr = Field(SecretStr(""), title="Key")
    query: str = "SELECT 1"
    parts: list[dict[str, str]] = Field(default=[], json_schema_extra=MAY_REFER)

    def target(self):
        return self.dsn.get_secret_value().rpartition("@")[2]

    async def probe(self, context):
        raise NotImplementedError


@pytest.fixture
def session(database, sealing):
    with database.write() as session:
        yield session


def stored(session, before=None, **wanted):
    return settings_to_store(session, Rows, wanted, before or {})


def problems_of(session, before, **wanted):
    with pytest.raises(Invalid) as error:
        stored(session, before, **wanted)
    return error.value.problems


def test_a_secret_address_is_kept_while_other_settings_change(session):
    before = stored(session, dsn="db://kener:hunter2@one/shop")
    after = stored(session, before, dsn="***", query="SELECT 2")

    assert unseal(after["dsn"]) == "db://kener:hunter2@one/shop"
    assert after["query"] == "SELECT 2"


def test_a_kept_secret_does_not_follow_to_another_secret_address(session):
    before = stored(session, dsn="db://kener:hunter2@one/shop", key="of one")

    assert list(problems_of(session, before, dsn="db://x@two/shop", key="***")) == ["settings.key"]
    same = stored(session, before, dsn="db://kener:changed@one/shop", key="***")
    assert unseal(same["key"]) == "of one"


def test_where_the_old_address_is_lost_nothing_is_sent_on(session):
    before = stored(session, dsn="db://kener:hunter2@one/shop", key="of one")
    before["dsn"] = "enc:v1:0000:AAAA"

    problems = problems_of(session, before, dsn="db://kener:hunter2@one/shop", key="***")
    assert list(problems) == ["settings.key"]


def test_an_address_that_is_only_a_reference_is_stored_and_shown_as_it_is(session):
    set_secret(session, "DB", {"value": "db://kener:hunter2@one/shop"}, NOW)

    assert stored(session, dsn="{{ secret.DB }}")["dsn"] == "{{ secret.DB }}"
    assert is_sealed(stored(session, dsn="{{ secret.DB }}?ssl=true")["dsn"])


def test_references_may_stand_deep_within_what_may_refer(session):
    set_secret(session, "DB", {"value": "hunter2"}, NOW)
    parts = [{"name": "one"}, {"header": "X: {{ secret.DB }}"}]

    after = stored(session, dsn="db://one", parts=parts)

    assert after["parts"] == parts
    assert list(problems_of(session, {}, dsn="db://one", query="{{ secret.DB }}")) == [
        "settings.query"
    ]


def test_within_an_entry_a_reference_stands_where_that_entry_says(session):
    set_secret(session, "DB", {"value": "hunter2"}, NOW)
    steps = [{"url": "http://a.test/", "body": "{{ secret.DB }}"}]

    assert settings_to_store(session, Walk, {"steps": steps}, {})["steps"] == steps
    for field, value in (
        ("url", "http://{{ secret.DB }}/"),
        ("assertions", [{"source": "status", "value": "{{ secret.DB }}"}]),
    ):
        with pytest.raises(Invalid) as error:
            settings_to_store(session, Walk, {"steps": [{**steps[0], field: value}]}, {})
        assert list(error.value.problems) == [f"settings.steps.0.{field}"]


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("sql", "postgresql://kener:hunter2@127.0.0.1/shop"),
        ("redis", "redis://kener:hunter2@127.0.0.1/0"),
        ("mongodb", "mongodb://kener:hunter2@127.0.0.1/shop"),
        ("mqtt", "mqtt://kener:hunter2@127.0.0.1"),
    ],
)
def test_kinds_whose_address_is_a_secret_keep_it_and_may_refer_to_one(session, kind, address):
    set_secret(session, "DB", {"value": address}, NOW)
    own = {"query": "SELECT 1"} if kind == "sql" else {}
    check_type = check_types()[kind]

    before = settings_to_store(session, check_type, {"dsn": address, **own}, {})
    after = settings_to_store(session, check_type, {"dsn": "***", **own}, before)
    by_name = settings_to_store(session, check_type, {"dsn": "{{ secret.DB }}", **own}, before)

    assert unseal(after["dsn"]) == address
    assert by_name["dsn"] == "{{ secret.DB }}"
    check = check_type.opened(by_name, values_of(session, {"DB"}))
    assert "hunter2" not in check.target()


HOST = {"host": "one.test"}
STEP = {"url": "https://one.test/"}
TOKEN = {"headers": "X-Token: {{ token }}"}
OTHER = {"url": "https://two.test/"}


@pytest.mark.parametrize(
    ("kind", "before", "change"),
    [
        ("http", {"url": "https://one.test/", "bearer_token": "t"}, {"verify_tls": False}),
        ("http", {"url": "https://one.test/", "bearer_token": "t"}, {"url": "http://one.test/"}),
        ("http", {"url": "https://one.test/", "bearer_token": "t"}, {"ca_certificate": "CA"}),
        ("http", {"url": "https://one.test/", "bearer_token": "t"}, {"proxy": "http://p.test"}),
        ("websocket", {"url": "wss://one.test/", "bearer_token": "t"}, {"verify_tls": False}),
        ("grpc", {**HOST, "tls": True, "bearer_token": "t"}, {"verify_tls": False}),
        ("grpc", {**HOST, "tls": True, "bearer_token": "t"}, {"server_name": "two.test"}),
        ("grpc", {**HOST, "tls": True, "bearer_token": "t"}, {"tls": False}),
        ("smtp", {**HOST, "username": "u", "password": "p"}, {"verify_tls": False}),
        ("redis", {"dsn": "rediss://u:p@one.test"}, {"verify_tls": False}),
        ("mqtt", {"dsn": "mqtts://u:p@one.test"}, {"verify_tls": False}),
        ("mongodb", {"dsn": "mongodb://u:p@one.test/?tls=true"}, {"verify_tls": False}),
        ("steps", {"steps": [STEP], "secret_variables": "token=t"}, {"verify_tls": False}),
        (
            "steps",
            {"steps": [STEP | TOKEN, OTHER], "secret_variables": "token=t"},
            {"steps": [STEP | TOKEN, OTHER | TOKEN]},
        ),
    ],
)
def test_a_kept_secret_is_not_told_to_whom_it_was_not_entered_for(session, kind, before, change):
    check_type = check_types()[kind]
    stored_before = settings_to_store(session, check_type, before, {})
    if "ca_certificate" in change:
        change = {"ca_certificate": trustme.CA().cert_pem.bytes().decode()}
    secret = {f"settings.{name}" for name in check_type.secret_fields() & set(before)}

    with pytest.raises(Invalid) as error:
        settings_to_store(session, check_type, change, stored_before)
    assert set(error.value.problems) == secret

    harmless = {"ip_version": "ipv4"}
    again = {name: before[name] for name in check_type.secret_fields() & set(before)}
    assert settings_to_store(session, check_type, harmless, stored_before)
    assert settings_to_store(session, check_type, change | again, stored_before)
