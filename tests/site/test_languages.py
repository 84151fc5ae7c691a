"""The page in several languages, each in a folder of its own."""

import json
import re

import pages
import pytest
from page_outline import words_of
from site_texts import texts

from kener.core.status import Status
from kener.locales import language, tags
from kener.site.build import problems
from kener.store.pages import default_page

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ONE_DATABASE


@pytest.fixture
def speak(database, shop):
    def speak(main, *others):
        with database.write() as session:
            page = default_page(session)
            page.language, page.languages = main, list(others)

    return speak


def test_the_main_language_is_on_top_and_each_other_below(speak, make, read):
    speak("de", "ar")
    release = make()

    assert '<html lang="de"' in read(release, "index.html")
    assert '<html lang="ar" dir="rtl"' in read(release, "ar/index.html")
    assert "Checkout ist beeinträchtigt." in read(release, "index.html")
    assert json.loads(read(release, "ar/now.json"))["headline"] == "خدمة Checkout تعمل بأداء منخفض."
    assert problems(release) == []


def test_every_page_is_there_in_every_language(speak, make):
    speak("en", "pt-BR")
    there = {each for each in make().files if each.endswith((".html", ".atom", ".ics"))}

    own = {each for each in there if not each.startswith(("pt-br/", "f/"))}
    assert {each.removeprefix("pt-br/") for each in there if each.startswith("pt-br/")} == own


def test_what_programs_read_is_there_once_and_in_the_words_they_know(speak, make, read):
    speak("ja", "de")
    release = make()

    assert not [each for each in release.files if each.startswith(("de/api/", "de/badge/"))]
    summary = json.loads(read(release, "api/v2/summary.json"))
    assert summary["status"]["description"] == "Partially Degraded Service"
    assert (
        json.loads(read(release, "api/status.json"))["data"]["sentence"] == "Checkout is degraded."
    )


def test_a_page_leads_to_itself_in_other_languages(speak, make, read):
    speak("en", "de", "fr")
    html = read(make(), "de/m/checkout/index.html")

    assert 'hreflang="fr" href="https://status.example.org/fr/m/checkout/"' in html
    assert 'href="/fr/m/checkout/" lang="fr"' in html
    assert 'href="/m/checkout/" lang="en"' in html
    assert 'href="/de/m/checkout/" lang' not in html
    assert "/de/history/" in html


@pytest.mark.parametrize("tag", [each for each in tags() if each != "en"])
def test_no_english_is_left_on_any_page(speak, make, read, tag):
    speak(tag)
    release = make()
    same = {text for text in texts() if isinstance(text, str) and _says(tag, text) == text}
    english = {text for text in texts() if isinstance(text, str) and len(text) > 3} - same

    for path in [each for each in release.files if each.endswith(".html")]:
        shown = words_of(read(release, path))
        left = [each for each in english if each in shown]
        assert not [each for each in left if re.search(rf"\b{re.escape(each)}(?!\w)", shown)], path


def _says(tag, text):
    return language(tag).texts.gettext(text)


def test_a_page_is_only_made_anew_in_a_language_whose_words_it_has(speak, make):
    speak("en", "de")
    first = make()
    keys = {path: file.key for path, file in first.files.items() if file.key}

    again = make(seq=2, known=keys)

    assert "m/checkout/index.html" in again.kept
    assert "de/m/checkout/index.html" in again.kept
    assert keys["m/checkout/index.html"] != keys["de/m/checkout/index.html"]


def test_the_map_of_the_site_has_every_language(speak, make, read):
    speak("en", "de")

    places = re.findall("<loc>(.*?)</loc>", read(make(), "sitemap.xml"))
    assert "https://status.example.org/m/checkout/" in places
    assert "https://status.example.org/de/m/checkout/" in places


def test_feeds_and_calendars_speak_too(speak, make, read):
    speak("en", "de")
    release = make()

    assert "<title>Ursache gefunden: Slow checkout" in read(release, "de/feed.atom")
    assert "https://status.example.org/de/incidents/incopen000/" in read(release, "de/feed.atom")
    assert "Northwind status: Wartung" in read(release, "de/maintenance.ics")


def test_a_language_without_a_catalogue_is_left_out(speak, make):
    speak("xx", "de")

    assert not [each for each in make().files if each.startswith("de/")]


def test_the_script_of_a_language_brings_its_words(speak, make, read):
    speak("en", "fr")
    release = make()
    path = re.search(r'<script src="(/a/status\.\w+\.js)"', read(release, "fr/index.html"))[1]

    words = json.loads(read(release, path).split("\n", 1)[0].removeprefix("const SAYS=")[:-1])
    assert words["checked"] == "Vérifié {0}"
    assert words["months"][8] == "sept."
    assert words["states"]["o"] == "Panne"


@pytest.mark.parametrize("tag", tags())
@pytest.mark.parametrize("statuses", ["", "u", "o", "oo", "oou", "odn", "nn", "mm", "pdu"])
def test_every_sentence_can_be_said_in_every_language(database, make, read, tag, statuses):
    known = {"u": Status.UP, "o": Status.DOWN, "d": Status.DEGRADED, "m": Status.MAINTENANCE}
    known |= {"p": Status.PARTIAL, "n": Status.UNKNOWN}
    with database.write() as session:
        default_page(session).language = tag
        for number, letter in enumerate(statuses):
            pages.a_service(session, f"Service {number}", status=known[letter])
    release = make()

    assert "%(" not in "".join(read(release, each) for each in release.files if each.endswith("l"))
