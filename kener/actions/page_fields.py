"""A page as somebody wants it: the one validation for API and admin."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Paragraph, Problem, ZoneName, one_of, read
from kener.actions.monitor_fields import SLUG, SLUG_LENGTH, slug_of
from kener.actions.page_look import LookFields
from kener.actions.page_sections import MOST_SECTIONS, SectionFields, Wanted, wanted_sections
from kener.core.addresses import APP_NAMES, SITE_NAMES
from kener.core.errors import Invalid
from kener.locales import SOURCE, tags
from kener.store.pages import page_address_is_taken, page_name_is_taken
from kener.store.tables import Page
from kener.store.tables.pages import Visibility

OWN = (
    *("title", "description", "language", "languages", "address", "time_zone"),
    *("visibility", "is_default", "everything"),
)
"""Fields that are columns of the same name."""


RESERVED = SITE_NAMES | APP_NAMES | {each.lower() for each in tags()}
"""What a page may not be called, as it may lie in a folder of its name."""


def _known(language: str) -> str:
    if language not in tags():
        raise ValueError(f"must be one of {', '.join(tags())}")
    return language


def _address(text: str) -> str:
    """Where a page is that is a site by itself: `https://status.example.org`."""
    try:
        parts = urlsplit(text)
        host, name = parts.hostname, parts.username
    except ValueError:
        host, name = None, None
    odd = set(text) & set(" \\<>\"'?#") or not text.isprintable()
    if text and (odd or not host or name is not None or parts.scheme not in {"http", "https"}):
        raise ValueError("must be an address like https://status.example.org, or empty")
    return text.rstrip("/")


class PageFields(Fields):
    """Every field one can set. `slug` empty: made from the title once."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    slug: Annotated[Line, Field(max_length=SLUG_LENGTH)] = ""
    description: Annotated[Paragraph, Field(max_length=2000)] = ""
    language: str = SOURCE
    languages: list[str] = Field(default_factory=list, max_length=len(tags()))
    address: Annotated[Line, Field(max_length=300), AfterValidator(_address)] = ""
    time_zone: Annotated[ZoneName, Field(max_length=64)] = "UTC"
    look: LookFields = Field(default_factory=LookFields)
    visibility: Annotated[Visibility, one_of(Visibility)] = Visibility.PUBLIC
    is_default: bool = False
    everything: bool = False
    sections: list[SectionFields] = Field(default_factory=list, max_length=MOST_SECTIONS)

    @field_validator("slug")
    @classmethod
    def _slug(cls, slug: str) -> str:
        if slug and not SLUG.fullmatch(slug):
            raise ValueError("may have small letters, digits and single dashes, like our-shops")
        if slug in RESERVED:
            raise ValueError("has a meaning of its own here; choose another one")
        return slug

    @field_validator("language")
    @classmethod
    def _language(cls, language: str) -> str:
        return _known(language)

    @field_validator("languages")
    @classmethod
    def _languages(cls, languages: list[str]) -> list[str]:
        return list(dict.fromkeys(map(_known, languages)))


def read_page(
    session: Session, given: Mapping[str, Any], stored: Page | None, *, exact: bool
) -> tuple[dict[str, Any], list[Wanted] | None]:
    """The page's columns for a new page, or for a stored one with some fields changed, and its
    sections; None leaves those as they are. Fields of `look` that are not named keep their value.
    Invalid names every bad field at once."""
    problems: dict[str, str] = {}
    fields = _read_or_note(_merged(given, stored), problems, exact=exact)
    if "slug" not in problems:
        problems |= _slug_problems(session, fields.slug, stored)
    if not {"visibility", "is_default", "address"} & problems.keys():
        problems |= _default_problems(fields, stored) or _address_problems(session, fields, stored)
    wanted = None
    if "sections" in given:
        wanted = wanted_sections(session, stored, fields.sections, problems)
    if problems:
        raise Invalid(problems)
    columns = {name: getattr(fields, name) for name in OWN}
    columns["slug"] = fields.slug or _free_slug(session, fields.title)
    columns["look"] = fields.look.stored()
    return columns, wanted


def full_look(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored look with all that was never said."""
    return {**LookFields().stored(), **stored}


def _merged(given: Mapping[str, Any], stored: Page | None) -> dict[str, Any]:
    if stored is None:
        return dict(given)
    kept = {name: getattr(stored, name) for name in (*OWN, "slug")}
    look = given.get("look", {})
    if isinstance(look, Mapping):
        look = {**full_look(stored.look), **look}
    slug = stored.slug if given.get("slug", "") == "" else given["slug"]
    return {**kept, **given, "look": look, "slug": slug}


def _read_or_note(given: Mapping[str, Any], problems: dict[str, str], *, exact: bool) -> PageFields:
    """The fields. What is wrong is noted, and left out, so that the rest can be judged as well."""
    try:
        return read(PageFields, given, exact=exact)
    except Invalid as error:
        problems |= error.problems
    bad = {name.partition(".")[0] for name in problems}
    good = {name: value for name, value in given.items() if name not in bad}
    return read(PageFields, {"title": "-", **good}, exact=exact)


def _slug_problems(session: Session, slug: str, stored: Page | None) -> dict[str, str]:
    if slug and page_name_is_taken(session, slug, stored.id if stored else None):
        return {"slug": Problem("is already used by another page", "taken")}
    return {}


def _default_problems(fields: PageFields, stored: Page | None) -> dict[str, str]:
    if stored and stored.is_default and not fields.is_default:
        return {"is_default": Problem("make another page the default one instead")}
    if fields.is_default and fields.visibility is Visibility.PRIVATE:
        return {"visibility": Problem("must be public: everybody sees the default page")}
    if fields.is_default and fields.address:
        return {"address": Problem("must be empty: KENER_PAGE_URL says where the default page is")}
    return {}


def _address_problems(session: Session, fields: PageFields, stored: Page | None) -> dict[str, str]:
    if fields.address and page_address_is_taken(
        session, fields.address, stored.id if stored else None
    ):
        return {"address": Problem("is already used by another page", "taken")}
    return {}


def _free_slug(session: Session, title: str) -> str:
    wanted = slug_of(title, "page")
    wanted = f"{wanted}-page" if wanted in RESERVED else wanted
    slug, number = wanted, 1
    while page_name_is_taken(session, slug, None):
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - len(str(number)) - 1].rstrip('-')}-{number}"
    return slug
