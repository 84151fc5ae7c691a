"""The Flask app: REST API, htmx admin, heartbeat receivers, and the public page's folder."""

from pathlib import Path

from flask import Flask

from kener import admin, api, public, queue
from kener.config import Config, load
from kener.store import secrets
from kener.web.commands import register_commands
from kener.web.database import init_database
from kener.web.headers import init_headers

ROOT = Path(__file__).parent


def create_app(config: Config | None = None) -> Flask:
    """The application for a configuration; without one, the environment's."""
    config = config or load()
    app = Flask(
        "kener", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    key = secrets.secret_key_of(config)
    secrets.configure(key, [each.get_secret_value() for each in config.previous_secret_keys])
    app.config.update(
        SECRET_KEY=key,
        MAX_CONTENT_LENGTH=1_000_000,
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
    )
    app.extensions["kener"] = config
    init_database(app, config)
    init_headers(app)
    queue.connect(config.redis_url)
    for door in (api, admin, public):
        door.register(app)
    register_commands(app)
    return app
