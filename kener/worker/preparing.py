"""From a claim to a probe: settings opened, parsed once, and what the check needs fetched."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.needs import Extras, extras
from kener.checks import Check, ProbeJob, check_types
from kener.core.errors import Invalid
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.claims import Claim, monitors_of
from kener.store.secrets import SecretLost
from kener.store.settings import open_settings
from kener.store.stored_secrets import Values, values_of

log = logging.getLogger(__name__)

MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A monitor's check as of a version; or what to say instead of probing."""

    version: int
    check: Check | None
    instead: Outcome | None
    timeout: float
    degraded_over: float | None


class Preparing:
    """Makes probes of claims. Checks are parsed once for each version of a monitor."""

    def __init__(self) -> None:
        self._parsed: dict[int, Parsed] = {}

    def prepare(
        self, session: Session, claims: Sequence[Claim]
    ) -> list[tuple[Claim, ProbeJob | Outcome]]:
        """A probe for each claim, or an outcome where there is nothing to probe; claims of
        monitors deleted meanwhile are left out. At most one query for new settings, one for the
        secrets they refer to, and one for each kind of thing that checks need."""
        self._parse_new(session, claims)
        found = [(each, p) for each in claims if (p := self._parsed.get(each.monitor_id))]
        needing = {claim.monitor_id: p.check for claim, p in found if p.check and p.check.needs}
        extra: Extras = {}
        if needing:
            newest = max(claim.slot_at for claim in claims)
            extra = extras(session, needing, newest, claims[0].location_id)
        return [
            (claim, self._probe(claim, parsed, extra.get(claim.monitor_id, {})))
            for claim, parsed in found
        ]

    def _probe(self, claim: Claim, parsed: Parsed, extra: dict[str, Any]) -> ProbeJob | Outcome:
        if parsed.check is None:
            return parsed.instead or Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR)
        return ProbeJob(parsed.check, parsed.timeout, extra, parsed.degraded_over, claim)

    def _parse_new(self, session: Session, claims: Sequence[Claim]) -> None:
        new = [each.monitor_id for each in claims if not self._is_parsed(each)]
        if not new:
            return
        if len(self._parsed) > MOST_KEPT:
            self._parsed.clear()
            new = [each.monitor_id for each in claims]
        for monitor_id in new:
            self._parsed.pop(monitor_id, None)
        rows = [(row, _opened(row)) for row in monitors_of(session, new)]
        names = set().union(*(opened.refers_to() for _, opened in rows))
        values = values_of(session, names)
        for row, opened in rows:
            check, instead = _parsed(row, opened, values)
            self._parsed[row.id] = Parsed(
                row.version, check, instead, row.timeout, row.degraded_over
            )

    def _is_parsed(self, claim: Claim) -> bool:
        parsed = self._parsed.get(claim.monitor_id)
        return parsed is not None and parsed.version == claim.version


@dataclass(frozen=True, slots=True)
class Opened:
    """A monitor's kind and its settings in plain text; or what to say instead of probing."""

    kind: type[Check] | None
    settings: Mapping[str, Any]
    instead: Outcome | None = None

    def refers_to(self) -> set[str]:
        """The names of the stored secrets that it needs."""
        return self.kind.refers_to(self.settings) if self.kind else set()


def _opened(row: Any) -> Opened:
    kind = check_types().get(row.kind)
    if kind is None:
        detail = f"this version of Kener has no check of kind {row.kind!r}"
        return Opened(None, {}, Outcome(Status.UNKNOWN, Reason.NOT_SUPPORTED, detail))
    try:
        return Opened(kind, open_settings(row.settings, kind.secret_fields()))
    except SecretLost as lost:
        return Opened(None, {}, Outcome(Status.UNKNOWN, Reason.SECRET_LOST, lost.message))


def _parsed(row: Any, opened: Opened, values: Values) -> tuple[Check | None, Outcome | None]:
    if opened.kind is None:
        return None, opened.instead
    try:
        return opened.kind.opened(opened.settings, values), None
    except SecretLost as lost:
        return None, Outcome(Status.UNKNOWN, Reason.SECRET_LOST, lost.message)
    except Invalid as error:
        told = _discreet(opened, error)
        log.warning("monitor %s has settings that no longer fit: %s", row.id, told)
        detail = f"its settings no longer fit, save it again: {told}"
        return None, Outcome(Status.UNKNOWN, Reason.NOT_SUPPORTED, detail)


def _discreet(opened: Opened, error: Invalid) -> str:
    """What does not fit. Where a secret was filled in only the fields are named: the rest may
    quote it."""
    return ", ".join(error.problems) if opened.refers_to() else error.message
