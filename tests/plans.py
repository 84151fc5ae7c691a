"""Planned work for tests, and a look at its windows."""

import pytest
from factories import NOW
from sqlalchemy import select

from kener.actions.maintenances import plan_maintenance
from kener.core.errors import Invalid
from kener.core.instant import iso
from kener.store.tables import Window

# NOW is Tuesday, 10 March 2026, 12:00 UTC; 13:00 in Berlin.
ONCE = {"title": "Database upgrade", "starts": "2026-03-12T02:00", "duration": 90}
WEEKLY = ONCE | {"time_zone": "Europe/Berlin", "rrule": "FREQ=WEEKLY;BYDAY=TH"}


def problems_of(session, fields, call=plan_maintenance, **given):
    with pytest.raises(Invalid) as error:
        call(session, fields, NOW, exact=True, **given)
    return error.value.problems


def windows_of(session, maintenance):
    rows = select(Window).filter_by(maintenance_id=maintenance.id).order_by(Window.starts_at)
    return list(session.scalars(rows))


def begins(session, maintenance):
    return [iso(each.starts_at) for each in windows_of(session, maintenance)]
