"""The rsync target, against OpenSSH's server and rsync itself."""

import json

import asyncssh
import mirrors
import pytest
from pydantic import ValidationError

from kener.targets import TargetFailed
from kener.targets.rsync import RsyncMirror


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there"


@pytest.fixture
def mirror(ssh, there):
    return RsyncMirror(**ssh, folder=str(there))


def files(folder):
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_a_folder_there_becomes_the_page(place, mirror, there):
    mirrors.publish(place, 1, m_old__html="old")
    memory = mirrors.Remembered()
    assert mirror.send(mirrors.a_site(place, 1, mirror), memory).changed == 4
    mirrors.publish(place, 2, m_new__html="new")
    published = mirror.send(mirrors.a_site(place, 2, mirror), memory)

    assert published.changed == 3
    assert files(there) == {".kener", "a/site.css", "index.html", "now.json", "m/new.html"}
    assert json.loads((there / "now.json").read_text())["seq"] == 2
    assert (there / "index.html").stat().st_mode & 0o777 == 0o644
    assert set(memory.known) == files(there) - {".kener"}


def test_a_change_of_the_same_size_within_a_second_arrives(place, mirror, there):
    for seq in (1, 2):
        mirrors.publish(place, seq)
        mirror.send(mirrors.a_site(place, seq, mirror), mirrors.Remembered())

    assert (there / "index.html").read_text() == "<h1>build 2</h1>"


def test_somebody_elses_files_are_never_touched(place, mirror, there):
    there.mkdir()
    (there / "thesis.tex").write_text("years of work")
    mirrors.publish(place, 1)

    with pytest.raises(TargetFailed, match="has files that are not ours"):
        mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())
    assert files(there) == {"thesis.tex"}
    with pytest.raises(TargetFailed, match="has files that are not ours"):
        mirror.test()


def test_another_host_than_the_one_that_is_known_gets_nothing(place, ssh, there):
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    mirror = RsyncMirror(**{**ssh, "host_key": other}, folder=str(there))
    mirrors.publish(place, 1)

    with pytest.raises(TargetFailed, match="another key than the one that is set here"):
        mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())
    assert not there.exists()


def test_a_key_that_does_not_fit_is_said_in_plain_words(ssh, there):
    other = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    mirror = RsyncMirror(**{**ssh, "private_key": other}, folder=str(there))

    with pytest.raises(TargetFailed, match="does not let this key in"):
        mirror.test()


def test_its_test_changes_nothing(mirror, there):
    there.mkdir()

    assert mirror.test() == "The folder was looked into; nothing was changed."
    assert files(there) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "-oProxyCommand=id"},
        {"user": "-l"},
        {"folder": "$(id)"},
        {"folder": "--rsh=id"},
        {"private_key": "no key"},
        {"host_key": "no key"},
    ],
)
def test_settings_that_could_become_options_are_refused(ssh, fields):
    with pytest.raises(ValidationError):
        RsyncMirror(**{**ssh, "folder": "/srv", **fields})
