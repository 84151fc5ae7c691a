"""Snapshot → files."""

import gzip
import json
import re
from html.parser import HTMLParser

import pages
import pytest

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, iso
from kener.core.status import Status
from kener.locales import language
from kener.site.assets import assets, script
from kener.site.build import problems
from kener.site.headers import cache_control, headers_file

PAGES = ("index.html", "404.html", "m/checkout/index.html")


class Outline(HTMLParser):
    """Tags and attributes, and that everything opened is closed again."""

    VOID = frozenset({"meta", "link", "br", "path", "use", "rect", "circle"})

    def __init__(self, html):
        super().__init__()
        self.open, self.tags = [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_every_page_is_there_and_leads_nowhere_else(shop, make):
    release = make()

    assert {*PAGES, "now.json", "api/status.json", "robots.txt", "favicon.svg", "_headers"} <= set(
        release.files
    )
    assert problems(release) == []


def test_a_dead_link_and_a_heavy_page_are_problems(shop, make):
    release = make()
    del release.files["m/search/index.html"]
    heavy = release.files["404.html"]
    release.files["404.html"] = type(heavy)(b" " * 500_000, "text/html", "")

    heavy, *dead = sorted(problems(release))
    assert heavy == "404.html is heavy: 500 kB"
    assert len(dead) == 5
    assert all(each.endswith("leads to /m/search/, which is not there") for each in dead)


def test_files_come_in_an_order_in_which_none_refers_to_a_later_one(shop, make):
    paths = list(make().files)

    assert paths[-2:] == ["index.html", "now.json"]
    assert max(i for i, each in enumerate(paths) if each[:2] in {"a/", "f/", "d/"}) < min(
        i for i, each in enumerate(paths) if each.endswith("index.html")
    )


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(shop, make, read, path):
    outline = Outline(read(make(), path))

    for tag, attributes in outline.tags:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        assert tag != "style"
        assert tag != "script" or attributes.get("src", "").startswith("/a/")


def test_each_id_is_given_once(shop, make, read):
    for path in PAGES:
        ids = [own["id"] for _, own in Outline(read(make(), path)).tags if "id" in own]
        assert sorted(ids) == sorted(set(ids))


def test_what_people_wrote_is_text(shop, make, read):
    index = read(make(), "index.html")

    assert "Slow checkout &lt;in Europe&gt;" in index
    assert "Paying by card &amp; voucher." in index


def test_the_page_says_in_a_sentence_how_things_are(shop, make, read):
    index = read(make(), "index.html")

    assert "<title>▲ Degraded – Northwind status</title>" in index
    assert '<h1 id="v">Checkout is degraded.</h1>' in index
    assert "This page is normally replaced every minute." in index
    assert '<noscript><meta http-equiv="refresh" content="120"></noscript>' in index
    assert re.search(r"Published <time[^>]*>10 Mar 2026, 13:00</time> <[^>]*>UTC\+1<", index)


def test_each_service_reads_as_one_sentence(shop, make, read):
    summary = re.findall(r"<summary>(.*?)</summary>", read(make(), "index.html"))[1]
    spoken = " ".join(re.sub(r"<[^>]*>", " ", summary).split())

    assert spoken == "Checkout Degraded 99.91% over 90 days, three days with problems"


def test_the_pointer_tells_where_everything_is(shop, make, read):
    release = make(seq=48_211)
    now = json.loads(read(release, "now.json"))

    assert now["seq"] == 48_211
    assert (now["generated"], now["measured"]) == (iso(pages.NOW), iso(pages.NOW - 42_000))
    assert (now["every"], now["state"], now["notice"]) == (60, "degraded", None)
    assert {now["live"], now["history"], now["icon"]} <= {f"/{path}" for path in release.files}
    assert len(release.files["now.json"].body) < 500


def test_the_fragment_is_what_the_page_holds(shop, make, read):
    release = make()
    live = read(release, json.loads(read(release, "now.json"))["live"])

    assert live in read(release, "index.html")


def test_a_quiet_minute_changes_nothing_but_its_time(shop, make):
    before, after = make(pages.NOW + SECOND), make(pages.NOW + MINUTE + SECOND, seq=2)
    changed = {path for path in after.files if after.files[path] != before.files.get(path)}

    assert "now.json" in changed
    assert not [path for path in changed if path.startswith(("f/", "d/", "a/"))]


def test_pages_of_services_are_kept_until_something_changes(database, shop, make):
    before = make(pages.NOW + SECOND)  # the strip on the picture begins ten minutes
    keys = {path: file.key for path, file in before.files.items() if file.key}
    soon = make(pages.NOW + MINUTE, 2, keys)
    later = make(pages.NOW + HOUR, 3, keys)
    with database.write() as session:
        session.merge(shop["search"]).name = "Find"
    renamed = make(pages.NOW + MINUTE, 4, keys)

    assert set(soon.kept) == set(keys)
    assert problems(soon) == []
    assert {each.split("/")[0] for each in later.kept} == {"og"}
    anew = set(keys) - set(renamed.kept)
    assert {"m/search/index.html", "uptime/index.html", "m/search/feed.atom"} <= anew
    assert {each.split("/")[1] for each in anew} == {"search", "index.html"}


def test_a_service_without_a_page_of_before_gets_its_response_times(shop, make, read):
    checkout = read(make(), "m/checkout/index.html")

    assert "typical <b" in checkout
    assert "Response time, last 24 hours" in checkout
    assert "nothing measured" in read(make(), "m/search/index.html")


def test_an_empty_page_is_whole_and_honest(make, read):
    release = make()

    assert problems(release) == []
    assert "Nothing is watched yet." in read(release, "index.html")
    assert json.loads(read(release, "now.json"))["state"] == "unknown"
    assert json.loads(read(release, "now.json"))["measured"] is None


def test_the_icon_differs_by_shape(shop, make, read):
    assert read(make(), "favicon.svg") == assets().files[assets().icons["d"][1:]].decode()
    assert len({body for path, body in assets().files.items() if "icon-" in path}) == 6


def test_hidden_services_leave_no_trace(database, shop, make):
    with database.write() as session:
        hidden = pages.a_service(session, "Payroll", hidden=True)
        pages.an_open_incident(session, hidden).title = "Payroll is late"

    assert not [path for path, file in make().files.items() if b"ayroll" in file.body]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fifty_services_fit_a_phones_patience(database, make, read):
    with database.write() as session:
        for number in range(50):
            trouble = (number % 80 * DAY + DAY, number * MINUTE + MINUTE, Status.DOWN)
            service = pages.a_service(
                session,
                f"{WORDS[number % 10]} {WORDS[number // 10]} service",
                trouble,
                description=f"Where {WORDS[number % 7]} people find {WORDS[number % 9]}.",
            )
            pages.measure(session, service)
        pages.an_open_incident(session, service)
    index = read(make(), "index.html")
    words, code = script(language("en"))[1].split(b"\n", 1)

    assert len(gzip.compress(index.encode())) <= 20_000
    assert len(index) <= 120_000
    assert len(Outline(index).tags) <= 1500
    assert len(gzip.compress(code)) <= 5 * 1024
    assert len(gzip.compress(words)) <= 1024


WORDS = ["quiet", "early", "amber", "broad", "civic", "dense", "eager", "fresh", "grand", "humble"]


def test_the_headers_file_says_what_the_app_says():
    lines = headers_file()

    assert "default-src 'none'; script-src 'self'" in lines
    assert f"/now.json\n  ! Cache-Control\n  Cache-Control: {cache_control('now.json')}" in lines
    assert cache_control("a/site.123.css").endswith("immutable")
    assert "s-maxage=10" in cache_control("m/shop/index.html")
