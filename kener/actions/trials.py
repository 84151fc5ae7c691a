"""A monitor tried before it is saved: what would its probe be?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.actions.monitor_fields import columns_of
from kener.actions.needs import extras
from kener.checks import Check, check_types
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.store.secrets import SecretLost
from kener.store.settings import open_settings
from kener.store.stored_secrets import values_of
from kener.store.tables import Monitor

UNNAMED = "Test"
UNSAVED = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One probe to do: seconds, the limit in ms; `extra` holds what the check's `needs` name."""

    check: Check
    timeout: float
    degraded_over: float | None
    extra: Mapping[str, Any]


def trial_of(
    session: Session,
    given: Mapping[str, Any],
    now: Instant,
    stored: Monitor | None = None,
    *,
    exact: bool = False,
) -> Trial:
    """The probe of a monitor as it would be after saving; nothing is stored. Invalid names every
    bad field as `create_monitor` and `update_monitor` do, but no name is needed."""
    fields = {name: value for name, value in given.items() if name != "slug"}
    if stored is None:
        fields["name"] = fields.get("name") or UNNAMED
    columns = columns_of(session, fields, now, stored, exact=exact)
    check = _check(session, columns)
    key = stored.id if stored else UNSAVED
    extra = extras(session, {key: check}, now)[key]
    return Trial(check, columns["timeout"], columns["degraded_over"], extra)


def _check(session: Session, columns: Mapping[str, Any]) -> Check:
    kind = check_types()[columns["kind"]]
    try:
        plain = open_settings(columns["settings"], kind.secret_fields())
        values = values_of(session, kind.refers_to(plain))
        return kind.opened(plain, values)
    except SecretLost as lost:
        raise Invalid({"settings": Problem(lost.message, "secret_lost")}) from None
