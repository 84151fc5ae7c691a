"""The SFTP target, against OpenSSH's server."""

import asyncssh
import mirrors
import pytest

from kener.targets import TargetFailed
from kener.targets.sftp import SftpMirror


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there"


@pytest.fixture
def mirror(ssh, there):
    return SftpMirror(**ssh, folder=str(there))


def files(folder):
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_a_folder_there_gets_the_page_and_keeps_what_is_not_ours(place, mirror, there):
    there.mkdir()
    (there / "thesis.tex").write_text("years of work")
    memory = mirrors.Remembered()
    mirrors.publish(place, 1, m_old__html="old")
    assert mirror.send(mirrors.a_site(place, 1, mirror), memory).changed == 4
    mirrors.publish(place, 2, m_new__html="new")
    assert mirror.send(mirrors.a_site(place, 2, mirror), memory).changed == 3

    ours = {"a/site.css", "index.html", "now.json", "m/new.html"}
    assert files(there) == ours | {"thesis.tex"}
    assert (there / "index.html").read_text() == "<h1>build 2</h1>"


def test_its_test_leaves_nothing_behind(mirror, there):
    assert mirror.test() == "A small file was written and deleted again."
    assert files(there) == set()


def test_another_host_than_the_one_that_is_known_gets_nothing(ssh, there):
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    mirror = SftpMirror(**{**ssh, "host_key": other}, folder=str(there))

    with pytest.raises(TargetFailed, match="another key than the one that is set here"):
        mirror.test()
    assert not there.exists()


def test_a_host_that_is_not_there_is_said_in_plain_words(ssh, there):
    with pytest.raises(TargetFailed, match="does not take SSH connections"):
        SftpMirror(**{**ssh, "port": 9}, folder=str(there)).test()
