"""What others made and we carry: listed with its licence, and the very file that was taken."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
LINE = re.compile(
    r"^\| `(?P<file>[^`]+)` \| [^|]+ \| (?P<licence>[^|]+) \| `(?P<hash>[0-9a-f]{64})` \|$"
)


def lines():
    found = map(LINE.match, (STATIC / "VENDORED.md").read_text().splitlines())
    return [each.groupdict() for each in found if each]


def test_every_vendored_file_is_as_it_was_taken():
    assert len(lines()) >= 5
    for each in lines():
        content = (STATIC / each["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["hash"], each["file"]


def test_every_licence_that_is_named_is_there():
    for each in lines():
        for name in re.findall(r"`([^`]+)`", each["licence"]):
            assert (STATIC / name).stat().st_size > 50


def test_nothing_stands_in_the_folder_that_is_not_listed():
    listed = {each["file"] for each in lines()}
    there = {f"vendor/{each.name}" for each in (STATIC / "vendor").iterdir()}
    assert {each for each in there if not each.endswith(".txt")} <= listed
