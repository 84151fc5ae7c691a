"""What tests of actions share: a session that may write, and a queue that only takes notes."""

import pytest
from senders import add, clock, desk, here, host, sender

from kener import queue

__all__ = ["add", "clock", "desk", "here", "host", "sender"]


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def jobs(monkeypatch):
    """What was given to the queue."""
    sent = []
    monkeypatch.setattr(queue, "enqueue", lambda *wishes: sent.extend(wishes))
    return sent
