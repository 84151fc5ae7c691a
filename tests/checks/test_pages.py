"""Each kind has a page in the manual that lists every setting with its default and an example."""

import json
import re
from pathlib import Path

import pytest

from kener.checks import check_types

PAGES = Path(__file__).parents[2] / "docs" / "checks"


def rows(kind: str) -> dict[str, str]:
    """The default column by setting."""
    page = (PAGES / f"{kind}.md").read_text()
    found = {}
    for names, default in re.findall(r"^\| (`[a-z0-9_`, ]+`) \| ([^|]*)\|", page, re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`([a-z0-9_]+)`", names), default.strip())
    return found


@pytest.mark.parametrize("kind", check_types())
def test_the_page_lists_exactly_the_settings(kind):
    assert list(rows(kind)) == list(check_types()[kind].model_fields)


@pytest.mark.parametrize("kind", check_types())
def test_the_page_tells_the_defaults(kind):
    listed = rows(kind)
    for name, field in check_types()[kind].model_fields.items():
        default = "" if field.is_required() else field.default
        assert listed[name].replace("`", "").split()[:1] == shown(default), name


def shown(default: object) -> list[str]:
    """A default as a page writes it: nothing for what is empty or a secret."""
    if isinstance(default, bool):
        return [str(default).lower()]
    if isinstance(default, int | float):
        return [f"{default:g}"]
    return default.split()[:1] if isinstance(default, str) else []


@pytest.mark.parametrize("kind", check_types())
def test_the_example_is_accepted(kind):
    body = re.search(r"-d '(\{.*\})'", (PAGES / f"{kind}.md").read_text(), re.DOTALL)
    example = json.loads(body[1])

    assert example["kind"] == kind
    assert check_types()[kind].parse(example["settings"]).target()
