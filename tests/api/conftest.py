"""What tests of the API share: keys, and a client that sends one."""

import pytest

from kener.actions.keys import create_key
from kener.store.clock import now


@pytest.fixture
def make_key(database):
    """Make a key with permissions and give its text."""

    def make(*permissions, expires_at=None, at=None):
        with database.write() as session:
            return create_key(session, "Test", permissions, expires_at, at or now())[1]

    return make


@pytest.fixture
def call(app):
    """Send a request as a program does, like `call("get", "/api/me", key)`."""

    def send(method, path, key=None, **given):
        headers = dict(given.pop("headers", {}))
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return getattr(app.test_client(), method)(path, headers=headers, **given)

    return send


@pytest.fixture
def admin(make_key):
    return make_key("admin")
