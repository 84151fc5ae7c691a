"""Monitors to be made, and what became of them."""

import pytest

from kener.core.errors import Invalid
from kener.store.tables import Schedule, Span

TCP = {"name": "Database", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 5432}}


def schedule_of(session, monitor):
    session.expire_all()
    return session.query(Schedule).filter_by(monitor_id=monitor.id).one()


def spans_of(session, monitor):
    rows = session.query(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at).all()
    return [(span.status, span.reason, span.from_at, span.to_at) for span in rows]


def problems_of(call, *args, **given):
    with pytest.raises(Invalid) as error:
        call(*args, **given)
    return error.value.problems
