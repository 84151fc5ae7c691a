"""What the manual and the README say of the Python library and of the command line is so."""

import ast
import asyncio
import base64
import hashlib
import hmac
import re
import shlex
import time
from pathlib import Path

import pytest
from kener_client.cli.commands import kener as command_line
from kener_client.errors import BY_CODE
from pydrift import methods

ROOT = Path(__file__).parents[3]
README = ROOT / "sdk" / "python" / "README.md"
MANUAL = ROOT / "docs" / "sdk" / "python.md"
SHELL = ROOT / "docs" / "cli.md"
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
BASH = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def run(address, key, monkeypatch):
    """Do all examples of a page, one after the other; gives what they have made."""
    monkeypatch.setenv("KENER_URL", address)
    monkeypatch.setenv("KENER_API_KEY", key)
    monkeypatch.setenv("KENER_WEBHOOK_SECRET", SECRET)

    def run(page):
        names = {"__name__": "example"}
        for text in PYTHON.findall(page.read_text()):
            real = text.replace("https://your-kener.com", address).replace("YOUR_API_KEY", key)
            code = compile(real, page.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            found = eval(code, names)
            if found is not None:
                asyncio.run(found)
        return names

    return run


def signed(body):
    at = str(int(time.time()))
    signature = hmac.digest(
        base64.b64decode(SECRET.removeprefix("whsec_")),
        b"msg_1." + at.encode() + b"." + body,
        hashlib.sha256,
    )
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
    }


BODY = b'{"event": "monitor.down", "timestamp": "", "data": {"name": "Shop"}}'


def test_every_example_of_the_readme_works(run, capsys):
    receive = run(README)["receive"]
    told = capsys.readouterr().out

    assert "API Server unknown\n" in told
    assert "interval must be" in told
    assert receive(BODY, signed(BODY)) == 204
    assert capsys.readouterr().out == "Shop is down\n"
    assert receive(b"{}", signed(BODY)) == 400


def test_every_example_of_the_manual_works(run, capsys):
    app = run(MANUAL)["app"]
    told = capsys.readouterr().out

    assert "nobody watched\n" in told
    assert re.search(r"^\d+ requests are left$", told, re.MULTILINE)
    assert "interval must be" in told
    assert app.test_client().post("/kener", data=BODY, headers=signed(BODY)).status_code == 204
    assert app.test_client().post("/kener", data=b"{}", headers=signed(BODY)).status_code == 400


@pytest.mark.parametrize("page", [README, SHELL], ids=["readme", "manual"])
def test_every_command_works(nobody, kener, address, key, page):
    incident = ""
    for line in "".join(BASH.findall(page.read_text())).splitlines():
        if line.startswith("kener "):
            words = shlex.split(line.replace("https://your-kener.com", address))[1:]
            words = [each.replace("INCIDENT_ID", incident) for each in words]
            if "<" in words:
                words = words[: words.index("<")]
            done = nobody(*words, typed=f"{key}\n")
            assert (done.returncode, done.stderr) == (0, ""), line
            if words[1:2] == ["open"]:
                incident = kener.incidents.list().part().rows[0]["id"]


def test_every_method_is_in_the_manual():
    rows = re.findall(r"^\| `(kener[.\w]*)` \| (.+) \|$", MANUAL.read_text(), re.MULTILINE)
    told = {f"{of}.{name}" for of, names in rows for name in re.findall(r"`(\w+)`", names)}

    assert told == {f"kener.{name}" for name, _, _ in methods()}


def test_every_error_is_in_the_manual():
    rows = re.findall(r"^\| `(\w+)`.* \| `([A-Z_]+)` \|$", MANUAL.read_text(), re.MULTILINE)

    assert {code: name for name, code in rows} == {
        code: each.__name__ for code, each in BY_CODE.items()
    }


def test_every_command_is_in_the_manual():
    text = SHELL.read_text()
    for name, command in command_line.commands.items():
        for below in getattr(command, "commands", {"": None}):
            assert f"kener {name} {below}".strip() in text
