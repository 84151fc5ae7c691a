"""The folder target: a reader sees one release or another, never parts of two."""

import gzip
import threading

import pytest

from kener.core.instant import DAY, HOUR, MINUTE
from kener.targets import File, Release, TargetFailed
from kener.targets.folder import RELEASES_KEPT, FolderTarget

NOW = 1_773_144_000_000


@pytest.fixture
def target(tmp_path):
    return FolderTarget(folder=tmp_path / "site")


def page(text, key=""):
    return File(text.encode(), "text/html; charset=utf-8", "no-cache", key=key)


def lasting(text):
    return File(text.encode(), "text/css; charset=utf-8", "immutable", lasting=True)


def release(seq, kept=(), at=NOW, **files):
    named = {name.replace("_", "/") + ".html": each for name, each in files.items()}
    return Release(seq, at, named, dict.fromkeys(kept, "k"))


def shown(target, path="index.html"):
    return (target.current() / path).read_text()


def test_before_the_first_release_there_is_nothing(target):
    assert (target.current(), target.seq(), target.keys()) == (None, None, {})


def test_a_release_is_shown_whole(target):
    published = target.publish(release(1, index=page("one"), m_shop_index=page("shop")))

    assert (published.files, published.changed, published.size) == (2, 2, 7)
    assert shown(target) == "one"
    assert shown(target, "m/shop/index.html") == "shop"


def test_the_next_release_takes_its_place_and_the_link_is_never_missing(target):
    target.publish(release(1, index=page("1")))
    seen, stop = set(), threading.Event()

    def watch():
        while not stop.is_set():
            seen.add((target.current() / "index.html").read_text())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for seq in range(2, 15):
        target.publish(release(seq, index=page(str(seq))))
    stop.set()
    watcher.join()

    assert seen <= {str(seq) for seq in range(1, 15)}
    assert shown(target) == "14"


def test_what_did_not_change_is_the_same_file(target):
    target.publish(release(1, index=page("same"), other=page("one")))
    before = (target.current() / "index.html").stat()
    published = target.publish(release(2, index=page("same"), other=page("two")))
    after = (target.current() / "index.html").stat()

    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert published.changed == 1


def test_kept_files_are_taken_over_by_their_key(target):
    target.publish(release(1, index=page("one"), m_index=page("kept", key="k")))
    assert target.keys() == {"m/index.html": "k"}

    target.publish(release(2, kept=["m/index.html"], index=page("two")))
    assert shown(target, "m/index.html") == "kept"
    assert target.keys() == {"m/index.html": "k"}


def test_to_keep_what_is_not_there_fails_and_shows_the_one_before(target):
    target.publish(release(1, index=page("one")))

    with pytest.raises(TargetFailed, match=r"m/index\.html is not in the release before"):
        target.publish(release(2, kept=["m/index.html"], index=page("two")))
    assert shown(target) == "one"


def test_what_is_no_longer_in_the_site_is_gone(target):
    target.publish(release(1, index=page("one"), old=page("old")))
    target.publish(release(2, index=page("two")))

    assert not (target.current() / "old.html").exists()


def test_hashed_files_stay_for_a_day(target):
    target.publish(release(1, index=page("1"), a_site=lasting("css")))
    target.publish(release(2, at=NOW + 23 * HOUR, index=page("2")))
    assert shown(target, "a/site.html") == "css"

    target.publish(release(3, at=NOW + DAY + MINUTE, index=page("3")))
    assert not (target.current() / "a/site.html").exists()


def test_only_the_last_releases_are_kept(target):
    for seq in range(1, RELEASES_KEPT + 4):
        target.publish(release(seq, index=page(str(seq))))
    folder = target.folder / "releases"

    assert sorted(int(each.name) for each in folder.iterdir() if each.is_dir()) == list(
        range(4, RELEASES_KEPT + 4)
    )
    assert len(list(folder.glob("*.json"))) == RELEASES_KEPT


def test_an_older_release_never_replaces_a_newer_one(target):
    target.publish(release(5, index=page("five")))

    assert target.publish(release(4, index=page("four"))).changed == 0
    assert shown(target) == "five"


def test_what_a_killed_builder_left_is_cleared_away(target):
    target.publish(release(1, index=page("one")))
    half = target.folder / "releases" / ".2.abcd"
    half.mkdir()
    (half / "index.html").write_text("ha")
    (target.folder / ".current.abcd").symlink_to("releases/.2.abcd")
    target.publish(release(2, index=page("two")))

    assert not half.exists()
    assert not (target.folder / ".current.abcd").is_symlink()


def test_a_builder_killed_between_list_and_link_is_overtaken(target):
    """Its release folder is there, but was never shown."""
    target.publish(release(1, index=page("one")))
    (target.folder / "releases" / "2").mkdir()
    target.publish(release(2, index=page("two")))

    assert shown(target) == "two"


def test_a_file_cut_short_by_a_power_cut_is_not_handed_on(target):
    target.publish(release(1, index=page("whole")))
    (target.current() / "index.html").write_text("")
    target.publish(release(2, index=page("whole")))

    assert shown(target) == "whole"


def test_a_damaged_list_costs_nothing_but_work(target):
    target.publish(release(1, index=page("one")))
    (target.folder / "releases" / "1.json").write_text("{")

    assert target.keys() == {}
    assert target.publish(release(2, index=page("one"))).changed == 1


def test_two_builders_at_once_leave_one_whole_release(target):
    def build(seq):
        target.publish(release(seq, index=page(str(seq)), other=page(str(seq))))

    builders = [threading.Thread(target=build, args=(seq,)) for seq in range(1, 9)]
    for each in builders:
        each.start()
    for each in builders:
        each.join()

    assert shown(target) == shown(target, "other.html") == str(target.seq()) == "8"


def test_texts_have_a_compressed_sibling(target):
    text = "status " * 200
    picture = File(bytes(2000), "font/woff2", "immutable")
    target.publish(Release(1, NOW, {"index.html": page(text), "a.woff2": picture}))

    assert gzip.decompress((target.current() / "index.html.gz").read_bytes()).decode() == text
    assert not (target.current() / "a.woff2.gz").exists()


def test_a_folder_that_cannot_be_is_one_clear_sentence(tmp_path):
    (tmp_path / "site").write_text("")

    with pytest.raises(TargetFailed, match=r"Cannot write the public page to .*: Not a directory"):
        FolderTarget(folder=tmp_path / "site").publish(release(1, index=page("one")))


def test_a_held_release_is_shown_whatever_is_built(target):
    for seq in (1, 2, 3):
        target.publish(release(seq, index=page(f"build {seq}")))
    target.hold(2)
    target.publish(release(4, index=page("build 4")))

    assert (shown(target), target.seq(), target.newest()) == ("build 2", 2, 4)
    assert target.releases() == [4, 3, 2, 1]
    target.go_on()
    assert (shown(target), target.is_held()) == ("build 4", False)


def test_a_held_release_is_kept_however_many_follow(target):
    target.publish(release(1, index=page("one")))
    target.hold(1)
    for seq in range(2, RELEASES_KEPT + 5):
        target.publish(release(seq, index=page("more")))

    assert shown(target) == "one"
    assert len(target.releases()) == RELEASES_KEPT + 1


def test_only_what_is_kept_can_be_held(target):
    target.publish(release(1, index=page("one")))

    with pytest.raises(TargetFailed, match="Build 7 is not kept any more"):
        target.hold(7)
    assert not target.is_held()


def test_what_is_built_while_one_is_held_is_made_from_the_newest(target):
    target.publish(release(1, index=page("one"), other=page("other", key="k")))
    target.publish(release(2, ["other.html"], index=page("two")))
    target.hold(1)
    target.publish(release(3, ["other.html"], index=page("three")))
    target.go_on()

    assert (shown(target), shown(target, "other.html")) == ("three", "other")


def test_a_release_that_is_being_sent_is_not_cleared_away(target):
    target.publish(release(1, index=page("one")))
    with target.in_use(1):
        for seq in range(2, RELEASES_KEPT + 5):
            target.publish(release(seq, index=page("more")))
        assert (target.folder_of(1) / "index.html").read_text() == "one"
        assert 2 not in target.releases()
    target.publish(release(RELEASES_KEPT + 5, index=page("more")))

    assert 1 not in target.releases()
    with pytest.raises(TargetFailed, match="is not kept"), target.in_use(1):
        pass
