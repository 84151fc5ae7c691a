"""/admin/settings/publishing: hosts of the page, their log, and builds that are put back."""

import mirrors
import pytest

from kener import queue
from kener.store.settings import open_settings
from kener.store.tables import Target, TargetFile, TargetRun
from kener.targets import mirror_types
from kener.targets.folder import FolderTarget

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = "/admin/settings/publishing"
FORM = {
    "name": "Bucket",
    "address": "https://status.example.org/",
    "enabled": "true",
    "settings.bucket": "status-page",
    "settings.region": "eu-central-1",
    "settings.access_key_id": "AKIA1",
    "settings.secret_access_key": "very secret",
}
pytestmark = pytest.mark.usefixtures("sealing")


@pytest.fixture
def target(browser, rows):
    browser.get(f"{ROOT}/new/s3")
    assert browser.post(f"{ROOT}/new/s3", FORM).status_code == 303
    return rows.query(Target).one()


def test_a_target_is_added_and_its_secret_never_shown(browser, target, rows):
    html = browser.get(f"{ROOT}/{target.public_id}").text
    form = browser.get(f"{ROOT}/{target.public_id}/edit").text

    assert "s3://status-page" in html
    assert "very secret" not in html + form
    assert open_settings(target.settings, ["secret_access_key"])["secret_access_key"] == (
        "very secret"
    )
    assert target.address == "https://status.example.org"
    assert "Bucket" in browser.get(ROOT).text


@ONE_DATABASE
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"settings.bucket": "a b"}, "settings-bucket"),
        ({"settings.secret_access_key": ""}, "settings-secret_access_key"),
        ({"address": "nowhere"}, "address"),
    ],
)
def test_a_mistake_comes_back_with_what_was_typed(browser, rows, change, field):
    answer = browser.post(f"{ROOT}/new/s3", FORM | change)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert rows.query(Target).count() == 0


@ONE_DATABASE
@pytest.mark.parametrize("kind", sorted(mirror_types()))
def test_every_kind_has_a_form_that_names_each_of_its_settings(browser, kind):
    html = browser.get(f"{ROOT}/new/{kind}").text

    assert browser.get(f"{ROOT}/new").text.count(f"{ROOT}/new/{kind}") == 1
    for name in mirror_types()[kind].model_fields:
        assert f'name="settings.{name}"' in html


@ONE_DATABASE
def test_a_kind_that_is_none_is_not_found(browser):
    assert browser.get(f"{ROOT}/new/floppy").status_code == 404
    assert browser.get(f"{ROOT}/nothere000").status_code == 404


def test_it_is_changed_and_its_secret_kept(browser, target, rows):
    browser.get(f"{ROOT}/{target.public_id}/edit")
    change = {"name": "New name", "settings.secret_access_key": "***", "version": "1"}
    first = browser.post(f"{ROOT}/{target.public_id}/edit", FORM | change)
    second = browser.post(f"{ROOT}/{target.public_id}/edit", FORM | change)

    rows.rollback()
    assert (first.status_code, second.status_code) == (303, 409)
    assert (target.name, target.version) == ("New name", 2)


@ONE_DATABASE
def test_a_stored_secret_does_not_follow_to_another_place(browser, target, rows):
    browser.get(f"{ROOT}/{target.public_id}/edit")
    change = {"settings.secret_access_key": "***", "settings.bucket": "theirs", "version": "1"}
    answer = browser.post(f"{ROOT}/{target.public_id}/edit", FORM | change)

    assert answer.status_code == 422
    assert 'href="#f-settings-secret_access_key"' in answer.text


def test_a_build_can_be_put_back_at_a_host_and_here(browser, target, rows, config, monkeypatch):
    asked = []
    for seq in (1, 2):
        mirrors.publish(config, seq)
    here = FolderTarget(folder=config.site_dir)
    browser.get(f"{ROOT}/{target.public_id}")
    browser.post(f"{ROOT}/{target.public_id}/hold", {"build": "1"})
    rows.rollback()
    assert target.held_seq == 1
    browser.post(f"{ROOT}/{target.public_id}/go-on", {})
    rows.rollback()
    assert target.held_seq is None

    monkeypatch.setattr(queue, "enqueue", lambda *wishes: asked.extend(wishes))
    browser.post(f"{ROOT}/hold", {"build": "1"})
    assert asked == [("kener.jobs.send", ())]  # the hosts that follow are not left waiting
    assert (here.seq(), here.is_held()) == (1, True)
    assert "Rolled back to build 1" in browser.get(ROOT).text
    browser.post(f"{ROOT}/go-on", {})
    assert (here.seq(), here.is_held()) == (2, False)


@ONE_DATABASE
@pytest.mark.parametrize("build", ["7", "", "x", "\uff19"])
def test_only_a_build_that_is_kept_can_be_put_back(browser, target, config, build):
    mirrors.publish(config, 1)
    browser.get(ROOT)

    for path in (f"{ROOT}/hold", f"{ROOT}/{target.public_id}/hold"):
        assert browser.post(path, {"build": build}).status_code in {400, 409, 422}
    assert not FolderTarget(folder=config.site_dir).is_held()


@ONE_DATABASE
@pytest.mark.parametrize("what", ["test", "dry-run", "send"])
def test_what_is_asked_for_is_started(browser, target, what, database):
    with database.write() as session:
        session.add(TargetFile(target_id=target.id, path="index.html", hash="0"))
    browser.get(f"{ROOT}/{target.public_id}")

    assert browser.post(f"{ROOT}/{target.public_id}/{what}", {}).status_code == 303
    with database.read() as session:
        assert session.query(TargetFile).count() == (what != "send")


@ONE_DATABASE
def test_the_log_says_what_happened(browser, target, database):
    with database.write() as session:
        usual = {"target_id": target.id, "at": mirrors.NOW, "took_ms": 1200}
        session.add(TargetRun(**usual, what="send", seq=3, files=9, changed=2, seen_ms=800))
        session.add(TargetRun(**usual, what="test", said="The host is down.", failed=True))
    html = browser.get(f"{ROOT}/{target.public_id}").text

    assert "seen from outside after 800 ms" in html
    assert "2 of 9" in html
    assert "The host is down." in html


def test_a_target_is_deleted_after_a_question(browser, target, rows):
    assert "Stop sending to Bucket?" in browser.get(f"{ROOT}/{target.public_id}/delete").text
    browser.post(f"{ROOT}/{target.public_id}/delete", {})

    rows.rollback()
    assert rows.query(Target).count() == 0


@ONE_DATABASE
def test_the_foot_of_every_screen_says_when_a_host_does_not_get_the_page(browser, target, database):
    for failures, is_told in ((2, False), (3, True)):
        with database.write() as session:
            session.query(Target).one().failures = failures
        told = "Bucket does not get the page" in browser.get("/admin/monitors").text
        assert told == is_told


@ONE_DATABASE
def test_the_foot_of_every_screen_says_when_an_earlier_build_is_held(browser, config):
    mirrors.publish(config, 1)
    FolderTarget(folder=config.site_dir).hold(1)

    assert "Rolled back to build 1" in browser.get("/admin/monitors").text
