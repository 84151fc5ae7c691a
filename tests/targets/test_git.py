"""The git target, against a real repository behind OpenSSH's server."""

import json
import subprocess

import mirrors
import pytest
from pydantic import ValidationError

from kener.targets import TargetFailed
from kener.targets.git import GitMirror


@pytest.fixture
def repository(tmp_path):
    path = tmp_path / "pages.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    return path


@pytest.fixture
def mirror(ssh, repository):
    return make(ssh, repository)


def make(ssh, repository, **fields):
    where = f"ssh://{ssh['user']}@{ssh['host']}:{ssh['port']}{repository}"
    keys = {name: ssh[name] for name in ("private_key", "host_key")}
    return GitMirror(**{"repository": where, **keys, **fields})


def git(repository, *command):
    done = ["git", f"--git-dir={repository}", *command]
    return subprocess.run(done, check=True, capture_output=True, text=True).stdout


def files(repository, branch="gh-pages"):
    return set(git(repository, "ls-tree", "-r", "--name-only", branch).split())


def test_a_branch_becomes_the_page_without_a_past(place, mirror, repository):
    memory = mirrors.Remembered()
    mirrors.publish(place, 1, m_old__html="old" * 400)
    mirror.send(mirrors.a_site(place, 1, mirror), memory)
    mirrors.publish(place, 2, m_new__html="new" * 400)
    mirror.send(mirrors.a_site(place, 2, mirror), memory)

    ours = {"a/site.css", "index.html", "now.json", "m/new.html"}
    assert files(repository) == ours | {".nojekyll"}
    assert git(repository, "rev-list", "--count", "gh-pages").strip() == "1"
    assert git(repository, "show", "gh-pages:index.html") == "<h1>build 2</h1>"
    assert set(memory.known) == ours


def test_its_page_promises_to_be_made_anew_as_often_as_it_is_sent(place, mirror, repository):
    mirrors.publish(place, 1)
    mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())

    assert json.loads(git(repository, "show", "gh-pages:now.json"))["every"] == 900


def test_only_what_changed_goes_over_the_line(place, mirror, repository):
    big = "".join(f"{number:x} " for number in range(100_000))
    memory = mirrors.Remembered()
    mirrors.publish(place, 1, m_big__html=big)
    mirror.send(mirrors.a_site(place, 1, mirror), memory)
    before = stored(repository)
    mirrors.publish(place, 2, m_big__html=big)
    mirror.send(mirrors.a_site(place, 2, mirror), memory)

    assert stored(repository) - before < before / 10


def stored(repository):
    return sum(each.stat().st_size for each in (repository / "objects").rglob("*"))


def test_branch_and_domain_are_as_set(place, ssh, repository):
    mirror = make(ssh, repository, branch="pages", domain="status.example.org")
    mirrors.publish(place, 1)
    mirror.send(mirrors.a_site(place, 1, mirror), mirrors.Remembered())

    assert git(repository, "show", "pages:CNAME") == "status.example.org\n"


def test_its_test_only_reads(mirror, repository):
    assert "can be read" in mirror.test()
    assert git(repository, "for-each-ref") == ""


def test_a_repository_that_is_not_there_is_said_in_plain_words(ssh, repository):
    with pytest.raises(TargetFailed) as failed:
        make(ssh, repository.with_name("elsewhere.git")).test()
    assert "repository" in failed.value.message


@pytest.mark.parametrize(
    "fields",
    [
        {"repository": "/srv/pages.git"},
        {"repository": "file:///srv/pages.git"},
        {"repository": "ext::sh -c id"},
        {"repository": "--upload-pack=id"},
        {"repository": "git@-oProxyCommand=id:pages.git"},
        {"repository": "https://me:secret@example.org/pages.git"},
        {"repository": "https://secret@example.org/pages.git", "token": "t"},
        {"branch": "--force"},
        {"private_key": ""},
    ],
)
def test_settings_that_could_do_something_else_are_refused(ssh, fields):
    keys = {name: ssh[name] for name in ("private_key", "host_key")}
    usual = {"repository": "git@example.org:pages.git", **keys}
    assert GitMirror(**usual).hosts() == ["example.org"]
    with pytest.raises(ValidationError):
        GitMirror(**{**usual, **fields})


def test_an_https_address_needs_a_token():
    with pytest.raises(ValidationError, match="needs a token"):
        GitMirror(repository="https://example.org/pages.git")
    assert GitMirror(repository="https://example.org/pages.git", token="t").hosts()
