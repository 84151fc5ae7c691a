"""The client library in JavaScript: its own tests, with a real Kener."""

import json
import re
from typing import get_args

import pytest
from servers import a_web_server

from bench.nodes import LIBRARY, run
from kener.actions.keys import RefusalCode, create_key
from kener.api._door import CODES, REFUSALS
from kener.channels.webhook import Message, new_secret, signature
from kener.core.instant import SECOND
from kener.store.clock import now

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TEXTS = [LIBRARY / "README.md", LIBRARY.parents[1] / "docs" / "sdk" / "js.md"]
BLOCK = re.compile(r"^```js\n(.*?)^```", re.MULTILINE | re.DOTALL)
MESSAGE = """
const signed = JSON.parse(process.env.SIGNED), body = signed.body;
const headers = { "webhook-id": signed.id, "webhook-timestamp": signed.timestamp };
const request = { headers: { ...headers, "webhook-signature": signed.signature } };
await new Kener().monitors.create({ name: "Shop", kind: "manual", tags: ["production"] });
"""
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
    assert int(re.search(r"^. pass (\d+)$", done.stdout, re.MULTILINE)[1]) > 30
    assert re.search(r"^. skipped 0$", done.stdout, re.MULTILINE), done.stdout


@ON_SQLITE
@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_every_example_runs(kener, page, tmp_path):
    blocks = BLOCK.findall(page.read_text())
    assert len(blocks) >= 4
    imports = {line for each in blocks for line in each.splitlines() if line.startswith("import ")}
    imports = {
        each.replace('"kener-sdk"', json.dumps(str(LIBRARY / "src/index.js"))) for each in imports
    }
    lines = [
        line for each in blocks for line in each.splitlines() if not line.startswith("import ")
    ]
    program = "\n".join([*sorted(imports), MESSAGE, *lines])
    (tmp_path / "program.mjs").write_text(
        program.replace("https://your-kener.com", kener["KENER_URL"])
    )
    message, *_ = signed()
    told = kener | {"SIGNED": json.dumps(message), "KENER_WEBHOOK_SECRET": message["secret"]}

    done = run(tmp_path, "node", "program.mjs", **told)

    assert done.returncode == 0, done.stdout
    assert "Shop unknown" in done.stdout
    assert "API Server" in done.stdout


def test_every_code_of_a_refusal_has_a_class():
    told = {*CODES.values(), *(code for _, code in REFUSALS.values()), *OWN_CODES}
    told |= {*get_args(RefusalCode)}

    source = (LIBRARY / "src" / "errors.js").read_text()
    assert set(re.findall(r"^  ([A-Z_]+): \w+,$", source, re.MULTILINE)) == told
