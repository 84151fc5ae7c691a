"""/admin/monitors/<id>/…: pause, resume, check now, delete."""

from flask import request

from kener.actions.monitors import check_now, delete_monitor, pause_monitor, resume_monitor
from kener.admin import bp
from kener.admin._answers import Answer, go, page, piece, say
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.admin._monitor_rows import Row, rows_of
from kener.store.rail import rail
from kener.store.standing import standings
from kener.store.tables import Monitor
from kener.web.address import the_config
from kener.web.database import session


@bp.post("/monitors/<public_id>/pause")
def pause(public_id: str) -> Answer:
    """Stop probing, with a way back."""
    monitor = pause_monitor(session(), my_monitor(public_id), the_time())
    session().commit()
    say(f"{monitor.name} is paused.", undo=("admin.resume", public_id))
    return _row_or_back(monitor)


@bp.post("/monitors/<public_id>/resume")
def resume(public_id: str) -> Answer:
    """Probe again, at once."""
    monitor = resume_monitor(session(), my_monitor(public_id), the_time())
    session().commit()
    say(f"{monitor.name} is watched again.")
    return _row_or_back(monitor)


@bp.post("/monitors/<public_id>/check")
def check(public_id: str) -> Answer:
    """Probe once more, now; the answer comes with the next look at the list."""
    monitor = my_monitor(public_id)
    check_now(session(), monitor, the_time())
    session().commit()
    say(f"{monitor.name} is being checked.")
    return _row_or_back(monitor)


@bp.get("/monitors/<public_id>/delete")
def ask_delete_monitor(public_id: str) -> Answer:
    """Are you sure? What is deleted does not come back."""
    monitor = my_monitor(public_id)
    days = the_config().history_days
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Monitors",
        question=f"Delete {monitor.name}?",
        explanation=f"Its history of up to {days} days goes with it, here and on the public page. "
        "This cannot be undone; to stop the checks and keep the history, pause it instead.",
        action=("admin.remove_monitor", public_id),
        way_back=("admin.monitor", public_id),
        verb="Delete the monitor",
    )


@bp.post("/monitors/<public_id>/delete")
def remove_monitor(public_id: str) -> Answer:
    """Delete the monitor and its history."""
    monitor = my_monitor(public_id)
    name = monitor.name
    delete_monitor(session(), monitor, the_time())
    session().commit()
    say(f"{name} was deleted.")
    return go("admin.monitors")


def _row_or_back(monitor: Monitor) -> Answer:
    """The row of the list for htmx; without JavaScript back to where the button was."""

    def back() -> Answer:
        if request.form.get("from") == "list":
            return go("admin.monitors")
        return go("admin.monitor", public_id=monitor.public_id)

    return piece("admin/monitors/_row.html", back, row=_row(monitor))


def _row(monitor: Monitor) -> Row:
    zone, now = rail(session()).page.time_zone, the_time()
    (row,) = rows_of(session(), standings(session(), now, monitors=[monitor]), zone, now)
    return row
