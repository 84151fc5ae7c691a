"""The request's database session, by Flask-SQLAlchemy, with our manners for SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlasksSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kener.config import Config
from kener.store.base import Base
from kener.store.engine import begin_write, engine_options, prepare

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestSession(FlasksSession):
    """A session whose commit can be put off: see `held`."""

    is_held = False
    is_owed = False
    """A commit was put off."""

    def commit(self) -> None:
        if self.is_held:
            self.flush()
            self.is_owed = True
        else:
            self.is_owed = False
            super().commit()

    def rollback(self) -> None:
        if self.is_held and self.is_owed:
            raise RuntimeError("what was committed would be forgotten: see kener.web.database.held")
        self.is_owed = False
        super().rollback()


class Extension(SQLAlchemy):
    """Flask-SQLAlchemy, whose engines get the same pragmas and BEGINs as the workers' ones."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return prepare(super()._make_engine(bind_key, options, app))


OPTIONS = {"class_": RequestSession, "expire_on_commit": False}
db = Extension(metadata=Base.metadata, session_options=OPTIONS)


def init_database(app: Flask, config: Config) -> None:
    """Bind the application to the configured database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config.database)
    db.init_app(app)


def session(*, writes: bool | None = None) -> Session:
    """The session of this request. A request that may change things begins as a writer.

    `writes=True` is for the few GETs that write (a heartbeat): to be asked for before anything
    is read. Doors commit; what is not committed is rolled back when the request ends.
    """
    current: Session = db.session()
    wants = request.method not in SAFE_METHODS if writes is None else writes
    if wants and not current.in_transaction():
        begin_write(current)
    return current


@contextmanager
def held() -> Iterator[RequestSession]:
    """Within it a commit only flushes, so that what comes afterwards (is it still to be done? what
    was answered?) is part of it. Whoever uses this then commits what is owed, or rolls back."""
    current = db.session()
    if not isinstance(current, RequestSession):
        raise TypeError("the session of a request is not the one that is configured")
    was_held = current.is_held
    current.is_held = True
    try:
        yield current
    finally:
        current.is_held = was_held


def release() -> None:
    """End the transaction, so that nothing is locked while we wait for the network."""
    db.session.rollback()
