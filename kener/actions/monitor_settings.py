"""A kind's settings as somebody wants them, made ready to be stored: secrets kept, secrets referred
to, secrets sealed."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.fields import Problem, unkept
from kener.checks import Check, misplaced
from kener.core.errors import Invalid, Refused
from kener.core.references import is_reference, secrets_in
from kener.store.secrets import SecretLost
from kener.store.settings import MASK, open_settings, seal_settings
from kener.store.stored_secrets import Values, values_of

Settings = Mapping[str, Any]

ELSEWHERE = "a secret may not stand here: it would be shown"
FILLED = "does not fit when the secret is put in"
AGAIN = Problem("enter it again: it could go to another server", "required")
NOT_STORED = Problem("is not stored yet: enter it", "required")


def settings_to_store(
    session: Session, kind: type[Check], wanted: Settings, stored: Settings
) -> dict[str, Any]:
    """The wanted settings merged into the stored ones, valid and sealed; Invalid names each bad
    field (`settings.port`).

    "***" keeps a stored secret. A field with `{{ secret.NAME }}` is judged with the secret in its
    place, and kept as it was written.
    """
    if bad := unkept(dict(wanted), "settings"):
        raise Invalid(bad)
    secret = kind.secret_fields()
    kept = {name for name in secret if wanted.get(name) == MASK}
    new = {name: value for name, value in wanted.items() if name not in kept}
    old = _opened({name: value for name, value in stored.items() if name not in new}, secret)
    if missing := kept - set(old):
        raise _at_settings(dict.fromkeys(missing, NOT_STORED))
    written = old | new
    values = _values(session, kind, written)
    check = _parsed(kind, written, values)
    held = [name for name in secret if old.get(name) and not is_reference(old[name])]
    if held and _is_elsewhere(session, check, stored):
        raise _at_settings(dict.fromkeys(held, AGAIN))
    as_written = {name: value for name, value in written.items() if secrets_in(value)}
    return seal_settings(check.settings() | as_written, secret)


def _opened(stored: Settings, secret: Collection[str]) -> dict[str, Any]:
    try:
        return open_settings(stored, secret)
    except SecretLost as error:
        raise Invalid({"settings": Problem(error.message, "secret_lost")}) from None


def _values(session: Session, kind: type[Check], written: Settings) -> Values:
    """The secrets referred to; Invalid where one may not stand, does not exist or is lost."""
    fields = {name: names for name, value in written.items() if (names := secrets_in(value))}
    if not fields:
        return values_of(session, ())
    problems: dict[str, str] = dict.fromkeys(misplaced(kind, written), Problem(ELSEWHERE))
    values = values_of(session, set().union(*fields.values()))
    for field, names in fields.items():
        if unknown := sorted(names - set(values)):
            problems[field] = Problem(f"there is no secret {', '.join(unknown)}", "not_found")
        elif lost := [message for name in sorted(names) if (message := _trouble(values, name))]:
            problems[field] = Problem("; ".join(lost), "secret_lost")
    if problems:
        raise _at_settings(problems)
    return values


def _trouble(values: Values, name: str) -> str:
    try:
        values[name]
    except SecretLost as lost:
        return lost.message
    return ""


def _parsed(kind: type[Check], written: Settings, values: Values) -> Check:
    try:
        return kind.parse(kind.filled(written, values))
    except Invalid as error:
        raise _at_settings(_discreet(kind, written, error.problems)) from None


def _discreet(
    kind: type[Check], written: Settings, problems: Mapping[str, str]
) -> Mapping[str, str]:
    """Problems that tell nothing of a secret: what is wrong only once it is filled in may quote
    it, so that is not told."""
    if not kind.refers_to(written):
        return problems
    try:
        kind.parse(written)
        without: Mapping[str, str] = {}
    except Invalid as error:
        without = error.problems
    return {at: text if without.get(at) == text else FILLED for at, text in problems.items()}


def _is_elsewhere(session: Session, check: Check, stored: Settings) -> bool:
    """Whether a check asks another server than its stored settings do, as far as can be told. A
    stored secret goes to the server it was entered for: whoever may change the address, but was
    never told the secret, could else have it sent to a server of their own."""
    kind = type(check)
    before: dict[str, Any] = {}
    for name, value in stored.items():
        try:
            before |= open_settings({name: value}, kind.secret_fields())
        except SecretLost:
            continue
    try:
        values = values_of(session, kind.refers_to(before))
        return kind.parse(kind.filled(before, values)).destination() != check.destination()
    except Refused:
        return True


def _at_settings(problems: Mapping[str, str]) -> Invalid:
    return Invalid({f"settings.{name}": text for name, text in problems.items()})
