"""Secrets at rest."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.store import secrets

OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture(autouse=True)
def _old_key():
    secrets.configure(OLD)


def a_config(folder, **given):
    return Config(_env_file=None, data_dir=folder, **given)


@pytest.mark.parametrize("text", ["", "hunter2", "пароль:with:colons", "x" * 10_000])
def test_what_was_sealed_can_be_read_again(text):
    sealed = secrets.seal(text)

    assert secrets.is_sealed(sealed)
    assert secrets.unseal(sealed) == text


def test_a_sealed_text_does_not_show_what_it_holds():
    sealed = secrets.seal("hunter2")

    assert sealed.startswith("enc:v1:")
    assert "hunter2" not in sealed
    assert sealed != secrets.seal("hunter2")


def test_a_previous_key_still_reads():
    sealed = secrets.seal("hunter2")
    secrets.configure(NEW, [OLD])

    assert secrets.unseal(sealed) == "hunter2"


def test_resealing_frees_from_the_old_key():
    sealed = secrets.seal("hunter2")
    secrets.configure(NEW, [OLD])
    resealed = secrets.reseal(sealed)
    secrets.configure(NEW)

    assert secrets.unseal(resealed) == "hunter2"
    assert secrets.reseal(resealed) == resealed


def test_a_lost_key_is_one_clear_error():
    sealed = secrets.seal("hunter2")
    secrets.configure(NEW)

    with pytest.raises(secrets.SecretLost, match="secret key that this installation no longer has"):
        secrets.unseal(sealed)
    assert issubclass(secrets.SecretLost, Refused)


@pytest.mark.parametrize("change", [lambda v: v[:-4] + "AAAA", lambda v: v[:20], lambda v: v + "!"])
def test_a_changed_value_is_a_lost_secret(change):
    with pytest.raises(secrets.SecretLost):
        secrets.unseal(change(secrets.seal("hunter2")))


@pytest.mark.parametrize("value", ["", "hunter2", "enc:v1:", "enc:v1::", "enc:v2:0a0b0c0d:AAAA"])
def test_what_was_never_sealed_is_not_taken_for_a_secret(value):
    with pytest.raises(secrets.SecretLost):
        secrets.unseal(value)


def test_a_value_cannot_be_moved_under_another_key_id():
    secrets.configure(NEW, [OLD])
    mine = secrets.seal("hunter2")
    secrets.configure(OLD, [NEW])
    other = secrets.seal("x")
    moved = other.rpartition(":")[0] + ":" + mine.rpartition(":")[2]

    with pytest.raises(secrets.SecretLost):
        secrets.unseal(moved)


def test_the_given_key_is_used_and_none_is_made(tmp_path):
    assert secrets.secret_key_of(a_config(tmp_path, secret_key=NEW)) == NEW
    assert not (tmp_path / "secret.key").exists()


def test_a_key_is_made_once_and_kept_for_the_owner_alone(tmp_path):
    config = a_config(tmp_path / "data")
    key = secrets.secret_key_of(config)
    path = tmp_path / "data" / "secret.key"

    assert len(key) >= 32
    assert secrets.secret_key_of(config) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_key_file_is_refused_and_kept(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("half")

    with pytest.raises(Invalid, match="holds no key"):
        secrets.secret_key_of(a_config(tmp_path))
    assert path.read_text() == "half"


def test_a_folder_that_is_a_file_is_one_clear_error(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(Invalid, match="KENER_DATA_DIR"):
        secrets.secret_key_of(a_config(tmp_path / "data"))


def test_processes_that_start_together_get_the_same_key(tmp_path):
    code = (
        "import sys; from kener.config import Config; from kener.store.secrets import *;"
        "sys.stdin.read(1); print(secret_key_of(Config(_env_file=None, data_dir=sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "data")]
    root = Path(__file__).parents[2]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": root}
    started = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in started:
        process.stdin.write("x")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0] for process in started}

    assert len(keys) == 1
    assert len(keys.pop().strip()) >= 32
