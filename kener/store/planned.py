"""What planned work says of monitors."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.status import Status
from kener.core.windows import WindowStatus
from kener.store._among import among
from kener.store.tables import Maintenance, MaintenanceMonitor, Window


def planned(
    from_at: Instant, to_at: Instant, monitor_ids: Collection[int] | None = None
) -> Select[int, Status, int, int | None]:
    """Monitor, impact, start and end of the windows that lie in [from, to); as now written down,
    so that editing one changes history. Drafts and what was cancelled say nothing."""
    wanted = [] if monitor_ids is None else [among(MaintenanceMonitor.monitor_id, monitor_ids)]
    return (
        select(
            MaintenanceMonitor.monitor_id,
            MaintenanceMonitor.impact,
            Window.starts_at,
            Window.ends_at,
        )
        .join(Maintenance, Maintenance.id == MaintenanceMonitor.maintenance_id)
        .join(Window, Window.maintenance_id == Maintenance.id)
        .where(
            Window.ends_at > from_at,
            Window.starts_at < to_at,
            Window.told != WindowStatus.CANCELLED,
            Maintenance.draft.is_(False),
            *wanted,
        )
    )


def monitors_in_maintenance(session: Session, at: Instant) -> set[int]:
    """The monitors of every window that is open at that time, whatever it does to them: of them
    nobody is to be woken."""
    return {row.monitor_id for row in session.execute(planned(at, at + 1))}
