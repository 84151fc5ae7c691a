"""kener.maintenances and kener.windows, against a real Kener."""

from datetime import UTC, datetime, timedelta

import pytest
from kener_client import NotFound, PreconditionFailed, etag_of


@pytest.fixture
def work(kener):
    """Work that is under way, and comes again for twelve months."""
    kener.monitors.create(name="Shop", kind="manual")
    begun = datetime.now(UTC) - timedelta(minutes=10)
    return kener.maintenances.create(
        title="Database upgrade",
        message="The shop is read-only meanwhile.",
        starts=begun.strftime("%Y-%m-%dT%H:%M"),
        duration=60,
        rrule="FREQ=WEEKLY;COUNT=5",
        monitors=[{"id": "shop", "impact": "degraded"}],
    )


def test_work_is_planned_with_its_windows(kener, work):
    assert (work["status"], work["duration"]) == ("in_progress", 60)
    windows = kener.maintenances.windows(work["id"], limit=2).all()

    assert [each["status"] for each in windows] == ["in_progress", *["scheduled"] * 4]
    assert kener.maintenances.windows(work["id"], over=True).all() == []


def test_work_is_found_by_when_it_is(kener, work):
    assert [each["id"] for each in kener.maintenances.list(active=True)] == [work["id"]]
    assert kener.maintenances.list(past=True).all() == []
    assert kener.maintenances.list(draft=True, monitor="shop").all() == []


def test_work_is_changed(kener, work):
    changed = kener.maintenances.update(work["id"], etag=etag_of(work), title="Upgrade")

    assert kener.maintenances.get(work["id"])["title"] == changed["title"] == "Upgrade"
    with pytest.raises(PreconditionFailed):
        kener.maintenances.update(work["id"], etag=etag_of(work), title="Old")


def test_a_window_is_extended_moved_and_finished(kener, work):
    window = kener.windows.get(work["window"]["id"])
    longer = kener.windows.extend(window["id"], etag=etag_of(window), minutes=30)
    assert longer["ends_at"] > window["ends_at"]

    ends_at = datetime.now(UTC) + timedelta(hours=2)
    moved = kener.windows.update(window["id"], ends_at=ends_at)
    assert moved["ends_at"][:16] == ends_at.isoformat()[:16]
    assert kener.windows.finish(window["id"])["status"] == "completed"


def test_a_window_does_not_take_place(kener, work):
    later = kener.maintenances.windows(work["id"]).all()[1]

    assert kener.windows.cancel(later["id"])["status"] == "cancelled"


def test_work_is_cancelled_and_deleted(kener, work):
    cancelled = kener.maintenances.cancel(work["id"])
    assert cancelled["cancelled_at"] is not None

    kener.maintenances.delete(work["id"], etag=etag_of(cancelled))
    with pytest.raises(NotFound):
        kener.maintenances.get(work["id"])
