"""Publish targets as lists show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kener.core.errors import Refused
from kener.store.secrets import SecretLost
from kener.store.settings import open_settings
from kener.store.tables import Page, Target, TargetRun
from kener.store.targets import last_runs
from kener.targets import mirror_types
from kener.web.database import session


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target, what its kind is called, where it goes, and what was last done with it."""

    target: Target
    page: Page
    label: str
    place: str
    last: TargetRun | None


def target_rows(targets: Sequence[tuple[Target, Page]]) -> list[TargetRow]:
    """All of them, with one question for their logs."""
    last = last_runs(session(), [target for target, _ in targets])
    return [
        TargetRow(each, page, label_of(each), place_of(each), last.get(each.id))
        for each, page in targets
    ]


def label_of(target: Target) -> str:
    """What its kind is called; its bare name when this Kener does not know it."""
    kind = mirror_types().get(target.kind)
    return kind.label if kind else target.kind


def place_of(target: Target) -> str:
    """Where it goes, or why nobody can tell."""
    kind = mirror_types().get(target.kind)
    if kind is None:
        return "This Kener does not know this kind of target."
    try:
        opened = open_settings(target.settings, kind.secret_fields())
        return kind.model_validate(opened).place()
    except SecretLost as lost:
        return lost.message
    except (Refused, ValueError):
        return "Its settings do not fit this version of Kener: edit them."
