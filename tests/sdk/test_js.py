"""The client library in JavaScript: its own tests, with a real Kener."""

import json
import re
from typing import get_args

import pytest
from nodes import LIBRARY, run
from servers import a_web_server

from kener.actions.keys import RefusalCode, create_key
from kener.api._door import CODES, REFUSALS
from kener.channels.webhook import Message, new_secret, signature
from kener.core.instant import SECOND
from kener.store.clock import now

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OWN_CODES = {"INTERNAL_ERROR", "UNAVAILABLE"}
"""Those of the door that stand in no table."""


@pytest.fixture
def kener(app, database):
    """Where a Kener is, and a key that opens everything."""
    app.extensions["kener.limits"].enabled = False
    with database.write() as session:
        key = create_key(session, "JavaScript", ["admin"], None, now())[1]
    with a_web_server(app) as address:
        yield {"KENER_URL": address, "KENER_API_KEY": key}


def signed():
    """Messages as Kener sends them."""
    secret, at = new_secret(), now()
    for number, text in enumerate(["API Server", "Käse ☕ <&>", ""]):
        message = Message(f"msg_{number}", "monitor.down", at, number, {"name": text})
        body, seconds = message.body(), at // SECOND
        yield {
            "secret": secret,
            "id": message.id,
            "timestamp": str(seconds),
            "signature": signature(secret, message.id, seconds, body),
            "body": body.decode(),
        }


@ON_SQLITE
def test_the_library_works_with_a_real_kener(kener):
    told = {"KENER_SIGNED": json.dumps([*signed()])}

    done = run(LIBRARY, "npm", "test", "--silent", **kener, **told)

    assert done.returncode == 0, done.stdout
    assert re.search(r"^ℹ pass (\d+)$", done.stdout, re.MULTILINE), done.stdout
    assert "ℹ skipped 0" in done.stdout


def test_every_code_of_a_refusal_has_a_class():
    told = {*CODES.values(), *(code for _, code in REFUSALS.values()), *OWN_CODES}
    told |= {*get_args(RefusalCode)}

    source = (LIBRARY / "src" / "errors.js").read_text()
    assert set(re.findall(r"^  ([A-Z_]+): \w+,$", source, re.MULTILINE)) == told
