"""What others hear of planned work."""

from typing import Any

from sqlalchemy.orm import Session

from kener.actions.events import emit
from kener.core.instant import Instant, iso_or_none
from kener.store.tables import Maintenance, Window


def tell(
    session: Session,
    name: str,
    maintenance: Maintenance,
    window: Window | None,
    now: Instant,
    **more: Any,
) -> None:
    """Emit an event in this transaction, unless the maintenance is a draft or is not to be told
    of. `window` is the one it is about, or the next: None when none is left."""
    if maintenance.draft or not maintenance.notify:
        return
    data = {
        "maintenance_id": maintenance.public_id,
        "window_id": window.public_id if window else None,
        "title": maintenance.title,
        "message": maintenance.message,
        "monitors": [each.monitor.public_id for each in maintenance.affected],
        "starts_at": iso_or_none(window.starts_at if window else None),
        "ends_at": iso_or_none(window.ends_at if window else None),
    }
    emit(session, name, data | more, now)
