"""What was set of monitors, kept in this process: most of a long list, and it hardly ever changes.

It is kept by a monitor's revision, which every change of it counts up. So nobody need say that
something has changed: a list names the revisions of now, and those that are not known are read.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from kener.checks import check_types
from kener.core.instant import iso
from kener.store.monitors import rows_of_monitors
from kener.store.settings import mask_settings

MOST = 5000
"""Monitors that are kept, 2 to 3 KB each; then all are forgotten."""
OWN = (
    "id",
    "slug",
    "name",
    "description",
    "kind",
    "settings",
    "interval",
    "cron",
    "time_zone",
    "timeout",
    "to_fail",
    "to_recover",
    "retry_interval",
    "degraded_over",
    "tags",
    "paused",
    "hidden",
    "latency_hidden",
)
_OWN_OF = attrgetter(*["public_id" if each == "id" else each for each in OWN])


class Kept(NamedTuple):
    """The fields of a document that were set, and those of its version; both in the document's
    order. They are everybody's: not to be changed."""

    own: Mapping[str, Any]
    versions: Mapping[str, Any]


_kept: dict[tuple[str, int, int], Kept] = {}


def what_was_set(monitor: Any) -> Kept:
    """Of a monitor, or of a row with all its columns."""
    own: dict[str, Any] = dict(zip(OWN, _OWN_OF(monitor), strict=True))
    secret_fields = check_types()[monitor.kind].secret_fields()
    own["settings"] = mask_settings(monitor.settings, secret_fields)
    own["cron"] = monitor.cron or None
    versions = {
        "version": monitor.version,
        "created_at": iso(monitor.created_at),
        "updated_at": iso(monitor.updated_at),
    }
    return Kept(own, versions)


def kept(session: Session, monitors: Sequence[Any]) -> dict[int, Kept]:
    """By id, of rows of a list of monitors. One query if some are not known yet; a monitor that
    was deleted meanwhile is missing."""
    found, missing = dict[int, Kept](), []
    for each in monitors:
        known = _kept.get(_revision_of(each))
        if known is None:
            missing.append(each.id)
        else:
            found[each.id] = known
    if missing:
        if len(_kept) + len(missing) > MOST:
            _kept.clear()
        for row in rows_of_monitors(session, missing):
            found[row.id] = _kept[_revision_of(row)] = what_was_set(row)
    return found


def _revision_of(monitor: Any) -> tuple[str, int, int]:
    return monitor.public_id, monitor.version, monitor.updated_at
