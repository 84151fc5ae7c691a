"""Every language says everything."""

import re

import pytest
from babel.messages.pofile import read_po
from babel.units import format_unit
from site_texts import texts

from kener.locales import FOLDER, gettext, language, ngettext, speaking, spoken, tags
from kener.site.wording import rhythm

HOLES = re.compile(r"%\(\w+\)s|%%|<[^>]+>")
COUNT = "%(n)s"
FOREIGN = [each for each in tags() if each != "en"]


def catalogue(tag):
    with (FOLDER / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"))


def forms(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_there_are_twelve_languages_beside_english():
    wanted = {"ar", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt-BR", "tr", "zh-CN"}

    assert wanted <= set(tags())
    assert len(texts()) > 200


@pytest.mark.parametrize("tag", FOREIGN)
def test_a_language_says_all_texts_and_no_others(tag):
    there = {message.id for message in catalogue(tag) if message.id}

    assert texts() - there == set()
    assert there - texts() == set()
    assert not catalogue(tag).obsolete


@pytest.mark.parametrize("tag", FOREIGN)
def test_no_text_is_empty_or_a_guess(tag):
    for message in catalogue(tag):
        assert all(forms(message)), message.id
        assert not (message.id and message.fuzzy), message.id


@pytest.mark.parametrize("tag", FOREIGN)
def test_what_is_filled_in_and_what_is_marked_up_stays(tag):
    for message in catalogue(tag):
        if not message.id:
            continue
        original = message.id[-1] if isinstance(message.id, tuple) else message.id
        wanted = set(HOLES.findall(original))
        for form in forms(message):
            assert set(HOLES.findall(form)) <= wanted, form
            assert wanted - set(HOLES.findall(form)) <= {COUNT}, form


@pytest.mark.parametrize("tag", FOREIGN)
def test_a_count_is_left_out_only_where_the_word_says_it(tag):
    with speaking(tag):
        for message in catalogue(tag):
            if isinstance(message.id, tuple) and COUNT in message.id[1]:
                for count in (3, 11, 100):
                    said = ngettext(*message.id, count, total=7, name="x", uptime="x")
                    assert str(count) in said, (message.id, count)


def test_a_catalogue_that_lacks_a_text_is_noticed(tmp_path):
    text = (FOLDER / "de.po").read_text().replace('msgid "Everything is working."', 'msgid "x"')
    (tmp_path / "de.po").write_text(text)
    with (tmp_path / "de.po").open("rb") as file:
        there = {message.id for message in read_po(file, locale="de") if message.id}

    assert texts() - there == {"Everything is working."}


def test_a_language_ends_where_its_block_does():
    with speaking("de"):
        assert gettext("Everything is working.") == "Alles funktioniert."
        with speaking("fr"):
            assert gettext("Everything is working.") == "Tout fonctionne."
        assert spoken().tag == "de"
    assert gettext("Everything is working.") == "Everything is working."


def test_counts_follow_the_languages_own_rules():
    with speaking("pl"):
        said = [ngettext("%(n)s day", "%(n)s days", count) for count in (1, 3, 5)]
        assert said == ["1 dzień", "3 dni", "5 dni"]
    with speaking("ar"):
        assert ngettext("%(n)s day", "%(n)s days", 2) == "يومان"


def test_a_language_without_a_catalogue_is_refused():
    with pytest.raises(KeyError), speaking("xx"):
        pass


@pytest.mark.parametrize("tag", tags())
def test_dates_are_patterns_that_the_script_can_fill(tag):
    found = language(tag).forms

    for pattern in (found.day, found.weekday, found.date, found.full, found.month):
        assert set(re.findall(r"\{(\w+)\}", pattern)) <= set("dMmyFGw")
        assert "'" not in pattern
    assert len(found.months) == 12
    assert "{0}" in found.percent


def test_only_arabic_runs_from_right_to_left():
    assert [tag for tag in tags() if language(tag).direction == "rtl"] == ["ar"]


@pytest.mark.parametrize("tag", tags())
@pytest.mark.parametrize(("length", "unit"), [(5 * 60, "minute"), (5, "second")])
def test_how_often_is_said_in_the_unit_that_it_is(tag, length, unit):
    name = format_unit(5, f"duration-{unit}", locale=tag.replace("-", "_"), numbering_system="latn")
    name = name.strip("5 \N{NO-BREAK SPACE}")
    # Of a word of letters its beginning, as endings vary; of one of signs the first says it.
    begins = name[: 1 if name[0] >= "\u2e80" and name[0] < "\uac00" else 4]
    with speaking(tag):
        assert begins in rhythm(length)
