"""The outbox in tests: facts, receivers, and what became of them."""

from threading import Thread

from factories import NOW, a_webhook
from receivers import LOOPBACK
from sqlalchemy import event as hook
from sqlalchemy import select

from kener.actions.deliveries import deliver, dispatch_events
from kener.actions.events import emit
from kener.channels.webhook import new_secret
from kener.config import Config
from kener.store.secrets import seal
from kener.store.tables import Delivery

CONFIG = Config(_env_file=None, private_networks=LOOPBACK)
DATA = {"monitor_id": "abc123", "name": "API Server", "status": "down"}


def facts(database, count=1, name="monitor.down", at=NOW):
    with database.write() as session:
        for _ in range(count):
            emit(session, name, DATA, at)


def a_hook(database, url="https://hooks.example/", **given):
    secret = new_secret()
    with database.write() as session:
        return a_webhook(session, url, seal(secret), **given).id, secret


def dispatch(database, now=NOW):
    with database.write() as session:
        return dispatch_events(session, now)


def send(database, now=NOW, jitter=0.0, config=CONFIG):
    return deliver(database, config, lambda: now, jitter=lambda: jitter)


def rows(database, table=Delivery):
    with database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def the_row(database):
    (row,) = rows(database)
    return row


class Statements(list):
    """What the database was asked, without the BEGINs and COMMITs."""

    def __init__(self, database):
        super().__init__()
        hook.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.append(statement)


def at_once(work, count):
    errors = []

    def run():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
