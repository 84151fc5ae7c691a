"""The addresses of databases that `sql` understands."""

from pathlib import PurePosixPath
from urllib.parse import unquote

from kener.checks._dsn import LONGEST, Dsn, parse_dsn

POSTGRESQL_TLS = ("disable", "prefer", "require", "verify-ca", "verify-full")
MYSQL_TLS = ("disabled", "preferred", "required", "verify_identity")
PORTS = {"postgresql": 5432, "postgres": 5432, "mysql": 3306, "mariadb": 3306, "sqlite": 0}
NAMES = {"postgres": "postgresql", "mariadb": "mysql"}


def parse_sql_dsn(text: str) -> Dsn:
    """Any of them; the scheme is `postgresql`, `mysql` or `sqlite`. ValueError else."""
    scheme = text.strip().partition(":")[0].lower()
    scheme = NAMES.get(scheme, scheme)
    if scheme == "sqlite":
        return _file(text.strip())
    if scheme == "mysql":
        dsn = parse_dsn(text, PORTS, {"ssl-mode": MYSQL_TLS})
    else:
        dsn = parse_dsn(text, PORTS, {"sslmode": POSTGRESQL_TLS})
    return Dsn(scheme, dsn.host, dsn.port, dsn.database, dsn.user, dsn.password, dsn.options)


def _file(text: str) -> Dsn:
    """`sqlite:///` and an absolute path, as SQLAlchemy writes it with four slashes, or three."""
    path = "/" + unquote(text[len("sqlite:") :]).lstrip("/")
    slashes = text[len("sqlite:") :].startswith("///")
    if not slashes or path == "/" or "\0" in path or ".." in PurePosixPath(path).parts:
        raise ValueError("of SQLite must be sqlite:/// and the path of a file")
    if len(text) > LONGEST or any(ord(each) < 32 for each in path):
        raise ValueError(f"must be one line of at most {LONGEST} characters")
    return Dsn("sqlite", "", 0, path)
