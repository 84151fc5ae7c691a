"""Hosts that the page is brought to: who they are, and what they show. Sending is `sending`'s."""

from collections.abc import Mapping
from shutil import rmtree
from typing import Annotated, Any

from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Problem, problems_of, read
from kener.channels._addresses import Blocked, vetted_host
from kener.channels.webhook import url_problem
from kener.config import Config
from kener.core.errors import Conflict, Invalid
from kener.core.ids import public_id
from kener.core.instant import Instant
from kener.queue import later
from kener.store.pages import default_page, site_of
from kener.store.secrets import SecretLost
from kener.store.settings import MASK, open_settings, seal_settings
from kener.store.tables import Page, Target
from kener.store.targets import forget_files
from kener.targets import Mirror, mirror_types

SEND = "kener.jobs.send"
PART_OF_MAIN = "is a part of the main site, and goes where that goes"
AGAIN = Problem("enter it again: it could go to another server", "required")


class TargetFields(Fields):
    """What every host has beside its own settings."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    address: Annotated[Line, Field(max_length=2000)] = ""
    enabled: bool = True


def create_target(  # noqa: PLR0913, PLR0917 - what, of which page, when
    session: Session,
    kind: str,
    fields: Mapping[str, Any],
    now: Instant,
    config: Config,
    page: Page | None = None,
) -> Target:
    """A new host of a page, of the default one unless another is given; it is on its way there
    after the commit. Invalid names bad fields, those of `settings` as `settings.bucket`."""
    page = page or default_page(session)
    if site_of(page) is None:
        raise Invalid({"page": PART_OF_MAIN})
    known = mirror_types().get(kind)
    if known is None:
        raise Invalid({"kind": f"must be one of {', '.join(mirror_types())}"})
    columns = _read(known, fields, {}, config)
    target = Target(
        **columns,
        kind=kind,
        public_id=public_id(),
        page_id=page.id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(target)
    session.flush()
    later(session, SEND)
    return target


def update_target(  # noqa: PLR0913, PLR0917 - what, how, when, and whether it was changed since
    session: Session,
    target: Target,
    fields: Mapping[str, Any],
    now: Instant,
    config: Config,
    version: int | None = None,
) -> Target:
    """Change a host. "***" keeps a stored secret, unless it would go to another place. At a new
    place nothing is certain, so everything is sent. Conflict when somebody changed it since
    `version`."""
    session.refresh(target, with_for_update=True)
    if version not in {None, target.version}:
        raise Conflict("This target was changed meanwhile. Load it again and repeat your change.")
    kind = mirror_types()[target.kind]
    before = _place(kind, target)
    columns = _read(kind, fields, target.settings, config)
    for name, value in columns.items():
        setattr(target, name, value)
    if _place(kind, target) != before:
        forget_files(session, target)
    target.version += 1
    target.updated_at, target.next_attempt_at = now, 0
    session.flush()
    later(session, SEND)
    return target


def delete_target(session: Session, target: Target, config: Config) -> None:
    """Send nothing there any more, and forget its log and what its way of sending kept here. What
    lies at the host stays there."""
    rmtree(config.target_dir(target.public_id), ignore_errors=True)
    session.delete(target)
    session.flush()


def send_again(session: Session, target: Target) -> None:
    """Send everything, as if nothing had ever arrived."""
    forget_files(session, target)
    session.flush()
    later(session, SEND)


def hold(session: Session, target: Target, seq: int | None) -> None:
    """Show this build there, and go on showing it; None: follow the page again."""
    target.held_seq, target.next_attempt_at, target.failures = seq, 0, 0
    session.flush()
    later(session, SEND)


def opened(target: Target, config: Config) -> Mirror:
    """The host with its secrets; Invalid or SecretLost says why it cannot be used."""
    kind = mirror_types().get(target.kind)
    if kind is None:
        raise Invalid({"kind": f"this Kener knows no target {target.kind!r}"})
    mirror = _parsed(kind, open_settings(target.settings, kind.secret_fields()))
    _vet(mirror, config)
    return mirror


def _read(
    kind: type[Mirror], fields: Mapping[str, Any], stored: Mapping[str, Any], config: Config
) -> dict[str, Any]:
    given = {name: value for name, value in fields.items() if name != "settings"}
    problems: dict[str, str] = {}
    try:
        columns = read(TargetFields, given).model_dump()
    except Invalid as error:
        problems |= error.problems
    address = str(given.get("address") or "").strip()
    if address and (problem := url_problem(address, config.private_networks)):
        problems["address"] = problem
    try:
        settings = _settings(kind, fields.get("settings") or {}, stored, config)
    except Invalid as error:
        problems |= error.problems
    if problems:
        raise Invalid(problems)
    return {**columns, "address": address.rstrip("/"), "settings": settings}


def _settings(
    kind: type[Mirror], wanted: Mapping[str, Any], stored: Mapping[str, Any], config: Config
) -> dict[str, Any]:
    """Valid and sealed. A stored secret goes only to the place it was entered for."""
    secret = kind.secret_fields()
    kept = {name for name in secret if wanted.get(name) == MASK}
    try:
        old = open_settings({name: stored.get(name, "") for name in kept}, secret)
        before = open_settings(stored, secret) if kept else {}
    except SecretLost as error:
        raise Invalid({"settings": Problem(error.message, "secret_lost")}) from None
    mirror = _parsed(kind, {**wanted, **old})
    if kept and _parsed(kind, before).place() != mirror.place():
        raise Invalid({f"settings.{name}": AGAIN for name in kept if old[name]})
    _vet(mirror, config)
    return seal_settings(mirror.settings(), secret)


def _parsed(kind: type[Mirror], settings: Mapping[str, Any]) -> Mirror:
    try:
        return kind.model_validate(dict(settings))
    except ValidationError as error:
        found = problems_of(error)
        raise Invalid(
            {f"settings.{name}" if name else "settings": text for name, text in found.items()}
        ) from None


def _vet(mirror: Mirror, config: Config) -> None:
    """Invalid for a host that is written out and lies in a network we may not send to."""
    try:
        for each in mirror.hosts():
            vetted_host(each, config.private_networks)
    except Blocked as blocked:
        raise Invalid({"settings": str(blocked)}) from None


def _place(kind: type[Mirror], target: Target) -> str:
    try:
        return _parsed(kind, open_settings(target.settings, kind.secret_fields())).place()
    except (Invalid, SecretLost):
        return ""
