"""Secrets that settings refer to by name: entered once, used by many monitors, never shown."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import update
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Paragraph, Problem, read, unkept
from kener.checks import check_types
from kener.core.errors import Conflict, Invalid
from kener.core.instant import Instant
from kener.core.references import NAME
from kener.store import claims, recording
from kener.store.monitors import all_monitors, schedules_of
from kener.store.secrets import SecretLost, seal, unseal
from kener.store.settings import open_settings
from kener.store.stored_secrets import secret_named
from kener.store.tables import Monitor, Secret

LONGEST_VALUE = 8000
MANY = 5000
"""Monitors changed by one statement: a database takes only so many parameters."""
MOST_NAMED = 5
BAD_NAME = "use letters, digits and _, not a digit first, at most 64 characters"


class SecretFields(Fields):
    """What one says of a secret. `value` None: the stored one stays."""

    value: Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)] | None = None
    note: Annotated[Paragraph, Field(max_length=500)] | None = None


def set_secret(
    session: Session, name: str, given: Mapping[str, Any], now: Instant
) -> tuple[Secret, bool]:
    """Create a secret, or change what is named; True says that it is new.

    With another value, monitors that use it take it at once: they are due now. Invalid names what
    is wrong: a new one needs a value.
    """
    recording.alone(session)  # so that no monitor begins to use it meanwhile
    fields = _read(name, given)
    found = secret_named(session, name)
    if found is None:
        if fields.value is None:
            raise Invalid({"value": Problem("is needed", "required")})
        sealed = seal(fields.value)
        found = Secret(name=name, value_sealed=sealed, note=fields.note or "", created_at=now)
        found.updated_at = now
        session.add(found)
        session.flush()
        return found, True
    if fields.note is not None:
        found.note = fields.note
    if fields.value is not None and not _is(found, fields.value):
        found.value_sealed = seal(fields.value)
        _renew(session, users_of(session, [name])[name], now)
    found.updated_at = now
    session.flush()
    return found, False


def delete_secret(session: Session, secret: Secret) -> None:
    """Forget a secret; Conflict names the monitors that use it."""
    recording.alone(session)
    using = users_of(session, [secret.name])[secret.name]
    if using:
        names = ", ".join(each.name for each in using[:MOST_NAMED])
        more = len(using) - MOST_NAMED
        raise Conflict(
            f"{secret.name} is used by {names}{f' and {more} more' if more > 0 else ''}. "
            "Change them first."
        )
    session.delete(secret)
    session.flush()


def users_of(session: Session, names: Sequence[str]) -> dict[str, list[Monitor]]:
    """The monitors that use each of these secrets: found by opening all settings, as a reference
    may stand within a sealed text."""
    found: dict[str, list[Monitor]] = {name: [] for name in names}
    for monitor in all_monitors(session) if names else ():
        for name in _used_by(monitor) & set(found):
            found[name].append(monitor)
    return found


def _used_by(monitor: Monitor) -> set[str]:
    kind = check_types().get(monitor.kind)
    if kind is None:
        return set()
    used: set[str] = set()
    for field, value in monitor.settings.items():
        try:
            used |= kind.refers_to(open_settings({field: value}, kind.secret_fields()))
        except SecretLost:
            continue
    return used


def _renew(session: Session, using: Sequence[Monitor], now: Instant) -> None:
    """Make workers read the settings anew, and look at once; a paused monitor stays paused."""
    for start in range(0, len(using), MANY):
        ids = [each.id for each in using[start : start + MANY]]
        change = update(Monitor).where(Monitor.id.in_(ids)).values(version=Monitor.version + 1)
        session.execute(change.execution_options(synchronize_session=False))
        claims.add_slots(session, [(*place, now) for place in schedules_of(session, ids)])


def _is(secret: Secret, value: str) -> bool:
    try:
        return unseal(secret.value_sealed) == value
    except SecretLost:
        return False


def _read(name: str, given: Mapping[str, Any]) -> SecretFields:
    problems: dict[str, str] = {}
    if not NAME.fullmatch(name):
        problems["name"] = Problem(BAD_NAME)
    try:
        fields = read(SecretFields, given, exact=True)
    except Invalid as error:
        raise Invalid(problems | error.problems) from None
    problems |= unkept(fields.value, "value")
    if problems:
        raise Invalid(problems)
    return fields
