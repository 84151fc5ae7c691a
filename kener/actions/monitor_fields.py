"""A monitor as somebody wants it: the one validation for API and admin."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Paragraph, Problem, read
from kener.actions.group_members import with_members
from kener.actions.monitor_settings import settings_to_store
from kener.checks import check_types, next_cron
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.store.monitors import slug_is_taken
from kener.store.tables import Monitor

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LENGTH = 60
LONGEST_TIMEOUT = 120.0
CRON_TIMEOUT = 60.0
"""Seconds. A cron fires each minute at most, and a probe ends before the next begins."""


SETTLED = {"to_fail": 1, "to_recover": 1, "retry_interval": 0}
"""How a kind is confirmed whose outcomes were confirmed before: the first one counts."""


class MonitorFields(Fields):
    """Every field one can set. Seconds, except `degraded_over` in ms; `timeout` None: a default
    that fits the interval; `slug` empty: made from the name once; `cron` empty: by interval."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    slug: Annotated[Line, Field(max_length=SLUG_LENGTH)] = ""
    description: Annotated[Paragraph, Field(max_length=2000)] = ""
    kind: Annotated[Line, Field(min_length=1, max_length=40)]
    settings: dict[str, Any] = Field(default_factory=dict)
    interval: Annotated[int, Field(ge=5, le=86_400)] = 60
    cron: Annotated[
        Line,
        Field(max_length=120),
        BeforeValidator(
            lambda value: "" if value is None else value,
            json_schema_input_type=Annotated[str, Field(max_length=120)] | None,
        ),
    ] = ""
    time_zone: Annotated[Line, Field(min_length=1, max_length=64)] = "UTC"
    timeout: Annotated[float, Field(ge=0.1, le=LONGEST_TIMEOUT)] | None = None
    to_fail: Annotated[int, Field(ge=1, le=10)] = 2
    to_recover: Annotated[int, Field(ge=1, le=10)] = 1
    retry_interval: Annotated[int, Field(ge=0, le=3600)] = 10
    degraded_over: Annotated[float, Field(gt=0, le=LONGEST_TIMEOUT * 1000)] | None = None
    tags: list[Annotated[Line, Field(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=20
    )
    paused: bool = False
    hidden: bool = False
    latency_hidden: bool = False

    @field_validator("slug")
    @classmethod
    def _slug(cls, slug: str) -> str:
        if slug and not SLUG.fullmatch(slug):
            raise ValueError("may have small letters, digits and single dashes, like shop-api")
        return slug

    @field_validator("tags")
    @classmethod
    def _tags(cls, tags: list[str]) -> list[str]:
        if any("," in tag for tag in tags):
            raise ValueError("must not contain commas")
        return list(dict.fromkeys(tags))

    def timeout_or_default(self) -> float:
        """Seconds; ten, or less when the interval is short."""
        if self.timeout is not None:
            return self.timeout
        return 10.0 if self.cron else min(10.0, self.interval * 0.8)


def columns_of(
    session: Session,
    given: Mapping[str, Any],
    now: Instant,
    stored: Monitor | None = None,
    *,
    exact: bool = False,
) -> dict[str, Any]:
    """The monitor's columns for a new monitor, or for a stored one with some fields changed.

    Settings are merged into the stored ones while the kind stays, "***" keeps a stored secret, and
    secrets come back sealed. Invalid names every bad field at once (`settings.port`).
    """
    problems: dict[str, str] = {}
    fields = _read_or_note({**_stored_fields(stored), **given}, problems, exact=exact)
    settings = _settings_or_note(session, given, stored, problems)
    if fields is not None:
        problems |= _rhythm_problems(fields, now)
    if "slug" not in problems:
        problems |= _slug_problems(session, given.get("slug"), stored)
    if fields is None or problems:
        raise Invalid(problems)
    return fields.model_dump() | {
        "slug": fields.slug or (stored.slug if stored else _free_slug(session, fields.name)),
        "timeout": fields.timeout_or_default(),
        "settings": settings,
        **(SETTLED if _is_settled(fields.kind) else {}),
    }


def _stored_fields(stored: Monitor | None) -> dict[str, Any]:
    if stored is None:
        return {}
    names = set(MonitorFields.model_fields) - {"settings"}
    if _is_settled(stored.kind):
        names -= set(SETTLED)  # what they are for another kind was never said
    return {name: getattr(stored, name) for name in names}


def _is_settled(kind: str) -> bool:
    known = check_types().get(kind)
    return known is not None and known.is_settled


def _read_or_note(
    given: Mapping[str, Any], problems: dict[str, str], *, exact: bool
) -> MonitorFields | None:
    try:
        return read(MonitorFields, given, exact=exact)
    except Invalid as error:
        problems |= error.problems
        return None


def _settings_or_note(
    session: Session, given: Mapping[str, Any], stored: Monitor | None, problems: dict[str, str]
) -> dict[str, Any] | None:
    """Sealed settings, or what is wrong with them, noted. A monitor whose stored secret is lost
    can still be renamed: settings nobody touches are not opened."""
    same_kind = stored is not None and given.get("kind", stored.kind) == stored.kind
    if stored is not None and same_kind and "settings" not in given:
        return stored.settings
    kind = given.get("kind", stored.kind if stored else None)
    wanted = given.get("settings", {})
    if not isinstance(kind, str) or not isinstance(wanted, Mapping):
        return None  # noted by the fields
    check_type = check_types().get(kind.strip())
    if check_type is None:
        if kind.strip():
            problems["kind"] = Problem(f"must be one of {', '.join(check_types())}", "unknown_kind")
        return None
    try:
        old = stored.settings if stored and same_kind else {}
        settings = settings_to_store(session, check_type, wanted, old)
        return with_members(session, check_type.kind, settings, stored)
    except Invalid as error:
        problems |= error.problems
        return None


def _rhythm_problems(fields: MonitorFields, now: Instant) -> dict[str, str]:
    problems: dict[str, str] = {}
    timeout, longest = fields.timeout_or_default(), fields.interval
    if fields.cron:
        longest = int(CRON_TIMEOUT)
    try:
        next_cron(fields.cron or "* * * * *", fields.time_zone, now)
    except Invalid as error:
        problems |= error.problems
    if timeout >= longest:
        problems["timeout"] = Problem(f"must be shorter than {longest} s, the time between checks")
    if fields.degraded_over is not None and fields.degraded_over >= timeout * 1000:
        problems["degraded_over"] = Problem(
            f"must be less than the timeout ({timeout * 1000:g} ms): a later answer is not seen"
        )
    return problems


def _slug_problems(session: Session, slug: str | None, stored: Monitor | None) -> dict[str, str]:
    if slug and slug_is_taken(session, slug.strip(), stored.id if stored else None):
        return {"slug": Problem("is already used by another monitor", "taken")}
    return {}


def _free_slug(session: Session, name: str) -> str:
    wanted = slug_of(name)
    slug, number = wanted, 1
    while slug_is_taken(session, slug, None):
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - len(str(number)) - 1].rstrip('-')}-{number}"
    return slug


def slug_of(name: str, otherwise: str = "monitor") -> str:
    """A slug from a name: "Käse & Brot" gives "kase-brot"; without a Latin letter, `otherwise`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_LENGTH].strip("-") or otherwise
