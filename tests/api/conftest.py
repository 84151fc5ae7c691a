"""What tests of the API share: keys, and a client that sends one."""

from contextlib import contextmanager

import pytest
from described import problems_of
from sqlalchemy import event

from kener.actions.keys import create_key
from kener.store.clock import now
from kener.web.database import db


@pytest.fixture(autouse=True)
def as_described(request):
    """No answer in any test of the API may be other than the OpenAPI document says."""
    problems = []
    if "app" in request.fixturenames:

        def check(response):
            problems.extend(problems_of(response))
            return response

        request.getfixturevalue("app").after_request(check)
    yield problems
    assert problems == []


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


@pytest.fixture
def count_queries(app):
    """Within it, every statement that the application sends to its database."""

    @contextmanager
    def counting():
        statements = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
