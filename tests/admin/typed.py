"""What is typed into the form of a monitor."""

import pytest

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TCP = {
    "kind": "tcp",
    "shape": "tcp",
    "name": "Database",
    "settings.host": "127.0.0.1",
    "settings.port": "5432",
    "interval": "60",
    "timeout": "10",
    "tags": "money, shop",
}
