"""What tests of the Python library share: Kener on a port of its own, and clients of it."""

import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[3] / "sdk" / "python"
sys.path.insert(0, str(SDK / "src"))

from kener_client import Kener  # noqa: E402
from pyshell import Shell  # noqa: E402
from servers import a_web_server  # noqa: E402

from kener.actions.keys import create_key  # noqa: E402
from kener.store.clock import now  # noqa: E402


@pytest.fixture(params=["sqlite"])
def database_url(request, sqlite_template, tmp_path):
    """One database will do: what is tested is on the other side of HTTP."""
    path = tmp_path / "kener.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def address(app):
    with a_web_server(app) as address:
        yield address


@pytest.fixture
def make_key(database):
    def make(*permissions):
        with database.write() as session:
            return create_key(session, "Test", permissions, None, now())[1]

    return make


@pytest.fixture
def key(make_key):
    return make_key("admin")


@pytest.fixture
def kener(address, key):
    with Kener(address, key, retries=0) as kener:
        yield kener


@pytest.fixture
def nobody(tmp_path):
    """A shell that knows no Kener."""
    home = tmp_path / "home"
    home.mkdir()
    return Shell(home)


@pytest.fixture
def shell(nobody, address, key):
    """A shell whose environment says which Kener, and with which key."""
    nobody.environment |= {"KENER_URL": address, "KENER_API_KEY": key}
    return nobody
