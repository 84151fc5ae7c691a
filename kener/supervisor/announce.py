"""What the supervisor says when all is up: three lines, and nothing else on stdout."""

from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from kener.config import Config

PATIENCE = 0.5
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def is_ready(config: Config) -> bool:
    """Whether /readyz says so, asked once, within half a second."""
    host = EVERYWHERE.get(config.host, config.host)
    connection = HTTPConnection(host, config.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def lines(config: Config, redis: str, token: str | None) -> list[str]:
    """The admin's address (with the way in for the first owner), the page's, what we stand on."""
    query = f"/first-run?{urlencode({'token': token})}" if token else ""
    return [
        f"Admin:       {config.public_url}/admin{query}",
        f"Status page: {config.public_url}/",
        f"Standing on: {_database(config)}, {redis}, publishing to {_short(config.site_dir)}",
    ]


def _database(config: Config) -> str:
    parts = urlsplit(config.database)
    if parts.scheme.startswith("sqlite"):
        return f"SQLite in {_short(Path(config.database.removeprefix('sqlite:///')).parent)}/"
    return f"PostgreSQL {parts.path.lstrip('/')} at {parts.hostname or 'its socket'}"


def _short(path: Path) -> str:
    """As seen from the working folder, when it lies in there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
