"""Settings: every one is read, and nonsense is refused by its name."""

from pathlib import Path

import pytest

from kener.checks import engine_config
from kener.config import Config, load, variables
from kener.core.errors import Invalid

GOOD = {
    "KENER_HOST": ("::1", "::1"),
    "KENER_PORT": ("8080", 8080),
    "KENER_DATA_DIR": ("/srv/kener", Path("/srv/kener")),
    "DATABASE_URL": ("postgres://u:p@db/kener", "postgresql+psycopg://u:p@db/kener"),
    "REDIS_URL": ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    "KENER_SECRET_KEY": ("k" * 32, "k" * 32),
    "KENER_PREVIOUS_SECRET_KEYS": ("one, two", ("one", "two")),
    "KENER_URL": ("https://status.example.org/", "https://status.example.org"),
    "KENER_PAGE_URL": ("https://page.example.org/", "https://page.example.org"),
    "KENER_TRUSTED_PROXIES": ("127.0.0.1, 10.0.0.0/8", ("127.0.0.1/32", "10.0.0.0/8")),
    "KENER_PRIVATE_NETWORKS": ("fd00::/8", ("fd00::/8",)),
    "KENER_PRIVATE_TARGETS": ("10.0.0.0/8, fd00::/8", ("10.0.0.0/8", "fd00::/8")),
    "KENER_PROBE_DENIED_NETWORKS": ("none", ()),
    "KENER_SQLITE_FOLDERS": ("/srv/data, /srv/more", ("/srv/data", "/srv/more")),
    "KENER_LOCATION": ("paris-2", "paris-2"),
    "KENER_PROBES_IN_FLIGHT": ("50", 50),
    "KENER_PROBES_PER_HOST": ("8", 8),
    "KENER_CANARIES": (
        "One.example.org:443, [::1]:53",
        (("one.example.org", 443), ("::1", 53)),
    ),
    "KENER_DEADMAN_URL": ("http://10.0.0.1/ping/4711", "http://10.0.0.1/ping/4711"),
    "KENER_PUBLISH_EVERY": ("30", 30),
    "KENER_RESULTS_DAYS": ("7", 7),
    "KENER_HISTORY_DAYS": ("365", 365),
    "KENER_SESSION_DAYS": ("1", 1),
    "KENER_RATE_LIMIT": ("1000", 1000),
    "KENER_WEB_THREADS": ("2", 2),
    "KENER_LOG_LEVEL": ("DEBUG", "debug"),
    "KENER_LOG_FORMAT": ("json", "json"),
}
BAD = [
    ("KENER_HOST", " "),
    ("KENER_PORT", "0"),
    ("KENER_PORT", "65536"),
    ("KENER_PORT", "http"),
    ("DATABASE_URL", "mysql://u:p@db/kener"),
    ("DATABASE_URL", "mariadb+pymysql://u:p@db/kener"),
    ("DATABASE_URL", "oracle://db"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "postgresql://u:p@db:port/kener"),
    ("REDIS_URL", "http://cache"),
    ("REDIS_URL", "redis://cache:port"),
    ("KENER_SECRET_KEY", "short"),
    ("KENER_SECRET_KEY", "k," * 20),
    ("KENER_URL", "status.example.org"),
    ("KENER_PAGE_URL", "status.example.org"),
    ("KENER_URL", "ftp://status.example.org"),
    ("KENER_URL", "https://example.org/status"),
    ("KENER_URL", "https://user@example.org"),
    ("KENER_TRUSTED_PROXIES", "proxy.example.org"),
    ("KENER_TRUSTED_PROXIES", "10.0.0.1/8"),
    ("KENER_PRIVATE_NETWORKS", "10.0.0.0/33"),
    ("KENER_PRIVATE_TARGETS", "some"),
    ("KENER_PRIVATE_TARGETS", ","),
    ("KENER_PROBE_DENIED_NETWORKS", "all"),
    ("KENER_SQLITE_FOLDERS", "data"),
    ("KENER_LOCATION", "Paris 2"),
    ("KENER_PROBES_IN_FLIGHT", "0"),
    ("KENER_PROBES_PER_HOST", "0"),
    ("KENER_CANARIES", "1.1.1.1"),
    ("KENER_CANARIES", "1.1.1.1:0"),
    ("KENER_CANARIES", "1.1.1.1:70000"),
    ("KENER_CANARIES", "https://example.org:443/"),
    ("KENER_CANARIES", "me@example.org:443"),
    ("KENER_DEADMAN_URL", "example.org/ping"),
    ("KENER_DEADMAN_URL", "ftp://example.org/ping"),
    ("KENER_DEADMAN_URL", "https://example.org:port/"),
    ("KENER_PUBLISH_EVERY", "1"),
    ("KENER_RESULTS_DAYS", "0"),
    ("KENER_HISTORY_DAYS", "forever"),
    ("KENER_SESSION_DAYS", "-1"),
    ("KENER_RATE_LIMIT", "0"),
    ("KENER_WEB_THREADS", "0"),
    ("KENER_LOG_LEVEL", "loud"),
    ("KENER_LOG_FORMAT", "xml"),
]


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def plain(value):
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    return str(value) if hasattr(value, "network_address") else value


@pytest.mark.parametrize("variable", GOOD)
def test_each_setting_is_read_from_its_variable(monkeypatch, variable):
    text, value = GOOD[variable]
    monkeypatch.setenv(variable, text)

    assert plain(getattr(load(), variables()[variable])) == value


@pytest.mark.parametrize(("word", "meant"), [("allow", None), ("Deny", ()), ("", None)])
def test_private_targets_are_allowed_denied_or_listed(monkeypatch, word, meant):
    monkeypatch.setenv("KENER_PRIVATE_TARGETS", word)

    assert load().private_targets == meant


def test_no_canaries_are_not_the_built_in_ones(monkeypatch):
    assert load().canaries is None
    monkeypatch.setenv("KENER_CANARIES", "none")
    assert load().canaries == ()


def test_every_setting_is_tried_above_and_refused_when_bad():
    assert set(GOOD) == set(variables())
    assert {name for name, _ in BAD} >= set(GOOD) - {
        "KENER_DATA_DIR",  # any path is one; whether it can be written is seen at start
        "KENER_PREVIOUS_SECRET_KEYS",  # were made under older rules
    }


@pytest.mark.parametrize(("variable", "text"), BAD)
def test_nonsense_is_refused_by_its_name_in_one_line(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)

    with pytest.raises(Invalid) as error:
        load()

    assert list(error.value.problems) == [variable]
    assert "\n" not in error.value.message


def test_all_bad_settings_are_named_at_once(monkeypatch):
    monkeypatch.setenv("KENER_PORT", "0")
    monkeypatch.setenv("KENER_URL", "nowhere")

    with pytest.raises(Invalid) as error:
        load()

    assert set(error.value.problems) == {"KENER_PORT", "KENER_URL"}


def test_a_refused_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("KENER_SECRET_KEY", "hunter2")
    monkeypatch.setenv("DATABASE_URL", "mysql://u:hunter3@db/kener")

    with pytest.raises(Invalid) as error:
        load()

    assert "hunter" not in error.value.message


def test_a_misspelt_setting_is_refused(monkeypatch):
    monkeypatch.setenv("KENER_PROT", "8080")

    with pytest.raises(Invalid, match="did you mean KENER_PORT"):
        load()


def test_a_misspelt_setting_is_refused_in_the_file_too(tmp_path):
    (tmp_path / ".env").write_text("KENER_PROT=8080\nOTHER=1\n")

    with pytest.raises(Invalid, match="did you mean KENER_PORT"):
        load()


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    for variable in variables():
        monkeypatch.setenv(variable, "")

    assert load() == Config(_env_file=None)


def test_settings_come_from_a_file_too_and_the_environment_wins(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("KENER_PORT=4000\nKENER_HOST=0.0.0.0\nREDIS_URL=redis://cache\n")
    monkeypatch.setenv("KENER_PORT", "5000")
    config = load()

    assert (config.host, config.port, config.redis_url) == ("0.0.0.0", 5000, "redis://cache")


def test_a_file_that_is_no_text_is_one_clear_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(Invalid, match=r"\.env: cannot be read"):
        load()


def test_secrets_are_not_shown():
    config = Config(_env_file=None, secret_key="k" * 32, previous_secret_keys="old-key")

    assert "kkk" not in repr(config)
    assert "old-key" not in repr(config)


def test_the_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Config(_env_file=None).port = 1


def test_the_database_is_a_file_in_the_data_folder_by_default(tmp_path):
    assert Config(_env_file=None).database == f"sqlite:///{tmp_path}/data/kener.sqlite"


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1:3000"), ("::1", "http://[::1]:3000")]
)
def test_without_a_public_address_it_is_where_we_listen(host, url):
    assert Config(_env_file=None, host=host).public_url == url


def test_no_secret_is_in_what_a_configuration_looks_like():
    config = Config(
        _env_file=None,
        database_url="postgresql://kener:hunter2@db/kener",
        redis_url="redis://:hunter2@cache:6379/0",
        secret_key="hunter2" * 6,
        previous_secret_keys="hunter2" * 7,
    )

    assert "hunter2" not in repr(config)
    assert "hunter2" not in str(config)


def test_what_checks_may_never_read_is_where_our_secrets_are(tmp_path):
    near = Config(_env_file=None, data_dir=tmp_path)
    far = Config(_env_file=None, data_dir=tmp_path, database_url="sqlite:////srv/kener.sqlite")
    engine = engine_config(far, lambda: 0)

    assert near.private_paths == (str(tmp_path),)
    assert far.private_paths == (str(tmp_path), "/srv/kener.sqlite")
    assert engine.private_paths == far.private_paths
    assert engine.sqlite_folders == ()


def test_the_page_is_where_kener_is_unless_it_is_said_otherwise(monkeypatch):
    monkeypatch.setenv("KENER_URL", "https://kener.example.org")
    assert load().page_address == "https://kener.example.org"

    monkeypatch.setenv("KENER_PAGE_URL", "https://status.example.org/")
    assert load().page_address == "https://status.example.org"
