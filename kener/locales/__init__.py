"""What visitors read, in every language that there is a catalogue for: `kener/locales/de.po`.

A text is written in English where it is shown, as an argument of `gettext` or `ngettext`; those
answer in the language that is spoken at the moment, see `speaking`. Dates, numbers and the order of
days, months and years are of CLDR (https://cldr.unicode.org), as Babel has it.
"""

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kener.locales.forms import Forms, forms_of

FOLDER = Path(__file__).parent
SOURCE = "en"
"""The language that texts are written in; it needs no catalogue."""
CLDR = {SOURCE: "en_001", "zh-CN": "zh_Hans_CN"}
"""Where CLDR has it under another name than ours, which is that of BCP 47."""
NAMES = {SOURCE: "English", "zh-CN": "简体中文"}
"""Where CLDR's own name would say more than one asks for."""


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` as in HTML's `lang`; `name` as its speakers call it; `direction`: ltr or rtl."""

    tag: str
    name: str
    direction: str
    forms: Forms
    texts: catalogues.NullTranslations

    @property
    def part(self) -> str:
        """Its part of an address: pt-br."""
        return self.tag.lower()


@cache
def tags(folder: Path = FOLDER) -> tuple[str, ...]:
    """Of every language there is, English first."""
    return (SOURCE, *sorted(path.stem for path in folder.glob("*.po")))


@cache
def language(tag: str) -> Language:
    """The language of a tag; KeyError when there is no catalogue."""
    if tag not in tags():
        raise KeyError(tag)
    locale = Locale.parse(CLDR.get(tag, tag.replace("-", "_")))
    name = NAMES.get(tag) or locale.get_display_name() or tag
    return Language(
        tag=tag,
        name=name[0].upper() + name[1:],
        direction=locale.text_direction,
        forms=forms_of(locale),
        texts=_texts(tag),
    )


def _texts(tag: str) -> catalogues.NullTranslations:
    if tag == SOURCE:
        return catalogues.NullTranslations()
    with (FOLDER / f"{tag}.po").open("rb") as file:
        catalogue = read_po(file, locale=tag.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Inside, `gettext` and `ngettext` answer in this language."""
    token = _spoken.set(tag)
    try:
        yield language(tag)
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """The language that is spoken at the moment: English unless somebody said another."""
    return language(_spoken.get())


def gettext(text: str, /, **values: object) -> str:
    """The text in the language that is spoken, with the values for its `%(name)s`."""
    said = spoken().texts.gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The same of a count: as the language says it for `n`, which is `%(n)s` unless it is named in
    `values` too."""
    return spoken().texts.ngettext(one, many, n) % {"n": n, **values}


def N_(text: str, /) -> str:  # noqa: N802 - its name wherever gettext is used
    """The text as it is: marks one that `gettext` will be asked for later."""
    return text


def NN_(one: str, many: str, /) -> tuple[str, str]:  # noqa: N802
    """The same of two that `ngettext` will be asked for."""
    return one, many
