"""`kener login`, and the file that it keeps."""

import json
import stat

import pytest
from kener_client.cli.profiles import Profile, read_profiles


@pytest.fixture
def file(nobody):
    return nobody.home / ".config" / "kener" / "config.toml"


@pytest.fixture
def keep(file):
    """Put profiles into the file, as text, with a mode."""

    def keep(text, mode=0o600):
        file.parent.mkdir(parents=True)
        file.write_text(text)
        file.chmod(mode)

    return keep


def test_a_key_is_tried_and_kept_for_its_owner_alone(nobody, file, address, key):
    told = nobody.good("login", f"{address}/api/", typed=f"{key}\n")

    assert told == f"You are Test. The profile default is in {file}.\n"
    assert key not in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert nobody.good("monitors", "ls") == ""
    assert list(file.parent.iterdir()) == [file]


def test_a_key_that_is_typed_is_not_shown(nobody, file, address, key):
    code, shown = nobody.asked("login", address, prompt="The API key: ", answer=key)

    assert (code, key in shown) == (0, False)
    assert key in file.read_text()


def test_a_key_that_does_not_open_is_not_kept(nobody, file, address):
    done = nobody("login", address, typed="kener_wrong\n")

    assert done.returncode == 4
    assert not file.exists()


@pytest.mark.parametrize("typed", ["", "\n", "two words\n"])
def test_what_is_no_key_is_a_wrong_command(nobody, file, address, typed):
    assert nobody("login", address, typed=typed).returncode == 2
    assert not file.exists()


def test_there_can_be_several_profiles(nobody, address, key, make_key):
    nobody.good("--profile", "work", "login", address, typed=key)
    nobody.good("--profile", "home", "login", address, typed=make_key("read:monitors"))

    assert nobody.good("--profile", "work", "monitors", "add", "Desk", "manual") != ""
    assert nobody("monitors", "pause", "desk", KENER_PROFILE="home").returncode == 4
    assert "There are: home, work." in nobody("--profile", "sea", "status").stderr
    assert nobody("status").returncode == 2


def test_the_file_may_be_elsewhere(nobody, address, key, tmp_path):
    nobody.good("login", address, typed=key, XDG_CONFIG_HOME=str(tmp_path / "etc"))

    assert (tmp_path / "etc" / "kener" / "config.toml").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(nobody, file, keep, mode):
    keep('[profiles.default]\nurl = "http://127.0.0.1:1"\nkey = "kener_secret"\n', mode)
    done = nobody("status")

    assert done.returncode == 2
    assert f"chmod 600 {file}" in done.stderr
    assert "kener_secret" not in done.stderr


@pytest.mark.parametrize(
    "text",
    ["url = ", "profiles = 3", "[profiles]\ndefault = 3", '[profiles.default]\nkey = "x"'],
)
def test_a_file_that_is_none_is_refused_in_words(nobody, keep, text):
    keep(text)
    done = nobody("status")

    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_of_a_profile_goes_to_no_other_address(nobody, address, key, keep):
    keep(f'[profiles.default]\nurl = "http://127.0.0.1:1"\nkey = "{key}"\n')

    nobody.good("--url", address, "status")
    done = nobody("--json", "--url", address, "monitors", "ls")
    assert json.loads(done.stderr)["error"]["code"] == "UNAUTHORIZED"
    done = nobody("--json", "monitors", "ls", KENER_URL=address)
    assert json.loads(done.stderr)["error"]["code"] == "UNAUTHORIZED"


def test_a_profile_that_is_named_counts_more_than_the_environment(nobody, address, key, keep):
    keep(f'[profiles.work]\nurl = "{address}"\nkey = "{key}"\n')

    nobody.good("--profile", "work", "monitors", "ls", KENER_URL="http://127.0.0.1:1")


def test_a_profile_tells_no_secret():
    assert "kener_secret" not in repr(Profile("http://127.0.0.1:1", "kener_secret"))


def test_without_a_file_there_are_no_profiles(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert read_profiles() == {}
