"""What tests of the API share: keys, and a client that sends one."""

from contextlib import contextmanager

import pytest
from described import problems_of
from factories import a_monitor, the_location
from sqlalchemy import event

from kener.actions import keys
from kener.actions.keys import create_key, mark_used
from kener.actions.results import Probed, record
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Monitor
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


@pytest.fixture
def see_shop(database):
    """Record that the monitor `shop` was seen as it is said."""

    def see(status, at=None):
        with database.write() as session:
            (monitor,) = session.query(Monitor).filter_by(slug="shop")
            probed = Probed(monitor.id, the_location(session).id, at or now(), Outcome(status))
            record(session, [probed], now())

    return see


@pytest.fixture
def seen_shop(database, see_shop):
    """The monitor `shop`, up a moment ago."""
    with database.write() as session:
        monitor = a_monitor(session, name="Shop", slug="shop")
    see_shop(Status.UP)
    return monitor


@pytest.fixture
def used_key(database):
    """Make a key that was used this minute: its use is noted at most once in one."""

    def make(*permissions, **given):
        with database.write() as session:
            fields = {"name": "Test", "permissions": list(permissions or ["read:monitors"])}
            key, text = keys.make_key(session, fields | given, now())
            mark_used(session, key.id, now(), "127.0.0.1")
        return text

    return make


@pytest.fixture
def ask(call, count_queries):
    """Get the list; the answer, and how many statements it took."""

    def get(key, path="/api/monitors", **given):
        with count_queries() as statements:
            answer = call("get", path, key, **given)
        return answer, len(statements)

    return get


@pytest.fixture
def learned(ask):
    """Ask until the answer is known."""

    def learn(key, path="/api/monitors", **given):
        for _ in range(3):
            answer, statements = ask(key, path, **given)
        assert statements == 0
        return answer

    return learn
