"""The request's database session, by Flask-SQLAlchemy, with our manners for SQLite."""

from typing import Any

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kener.config import Config
from kener.store.base import Base
from kener.store.engine import begin_write, engine_options, prepare

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Extension(SQLAlchemy):
    """Flask-SQLAlchemy, whose engines get the same pragmas and BEGINs as the workers' ones."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return prepare(super()._make_engine(bind_key, options, app))


db = Extension(metadata=Base.metadata, session_options={"expire_on_commit": False})


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


def release() -> None:
    """End the transaction, so that nothing is locked while we wait for the network."""
    db.session.rollback()
