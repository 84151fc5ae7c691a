"""The examples of the reference that users were promised, done by curl as they are printed there;
but for the address and the key, which are the reader's own."""

import json
import shlex
import shutil
import subprocess

import pytest
from servers import a_web_server

EXAMPLES = {
    "authentication": """
curl -H "Authorization: Bearer YOUR_API_KEY" \\
  https://your-kener.com/api/monitors
""",
    "all monitors": """
curl -X GET https://your-kener.com/api/monitors \\
  -H "Authorization: Bearer YOUR_API_KEY"
""",
    "create an incident": """
curl -X POST https://your-kener.com/api/incidents \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "title": "Service Disruption",
    "status": "investigating",
    "impact": "major",
    "message": "We are investigating reports of service issues."
  }'
""",
    "current status": """
curl -X GET https://your-kener.com/api/status
""",
}


@pytest.fixture
def address(app):
    with a_web_server(app) as address:
        yield address


@pytest.fixture
def printed(address, make_key):
    """Do an example; the answer's status, headers (by lower-case name) and document."""
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    key = make_key("admin")

    def do(name):
        text = EXAMPLES[name].replace("https://your-kener.com", address)
        words = shlex.split(text.replace("YOUR_API_KEY", key).replace("\\\n", " "))
        done = subprocess.run(
            [words[0], "--silent", "--show-error", "--include", *words[1:]],
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
        head, body = done.stdout.split("\n\n", 1)
        first, *lines = head.splitlines()
        pairs = (line.split(":", 1) for line in lines)
        headers = {name.lower(): value.strip() for name, value in pairs}
        return int(first.split()[1]), headers, json.loads(body)

    return do


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_works_as_it_is_printed(printed, name):
    status, headers, answer = printed(name)

    assert status == (201 if name == "create an incident" else 200)
    assert answer["success"] is True
    assert set(answer) >= {"success", "data", "message"}
    assert headers["x-ratelimit-limit"] == "100"
    assert headers["x-ratelimit-remaining"] == "99"


def test_the_incident_is_as_it_was_told(printed):
    _, _, answer = printed("create an incident")

    told = {name: answer["data"][name] for name in ("title", "status", "impact", "message")}
    assert told == {
        "title": "Service Disruption",
        "status": "investigating",
        "impact": "major",
        "message": "We are investigating reports of service issues.",
    }


def test_an_error_looks_as_it_was_promised(printed, monkeypatch):
    monkeypatch.setitem(EXAMPLES, "wrong", EXAMPLES["create an incident"].replace("major", "huge"))
    status, _, answer = printed("wrong")

    assert status == 400
    assert answer["success"] is False
    assert answer["error"]["code"] == "INVALID_REQUEST"
    assert isinstance(answer["error"]["message"], str)
