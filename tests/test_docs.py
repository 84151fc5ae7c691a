"""What is not in the manual does not exist: settings, kinds, commands, routes. Links lead on."""

import re
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from servers import a_free_port, wait_until

from kener.checks import check_types
from kener.config import Config, variables

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?<!!)!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FLASKS_OWN = {"run", "shell", "routes"}


def text_of(path):
    return path.read_text() if path.exists() else ""


def setting_problems(root, fields):
    """`fields`: variable → default. Each needs a row in docs/settings.md, with its default."""
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.*?) \|", text_of(root / "docs/settings.md"), re.MULTILINE)
    )
    missing = [f"{name} is not in docs/settings.md" for name in sorted(set(fields) - set(rows))]
    unknown = [f"{name} is no setting" for name in sorted(set(rows) - set(fields))]
    wrong = [
        f"the default of {name} is {default}, not {rows[name]}"
        for name, default in fields.items()
        if isinstance(default, int) and name in rows and rows[name] != f"`{default}`"
    ]
    return missing + unknown + wrong


def kind_problems(root, kinds):
    """Each kind of check has a page of its own that begins with a heading."""
    return [
        f"docs/checks/{kind}.md is missing"
        for kind in sorted(kinds)
        if not text_of(root / "docs" / "checks" / f"{kind}.md").startswith("# ")
    ]


def command_problems(root, commands):
    """Each command stands somewhere in the manual as one would type it."""
    manual = "\n".join(text_of(path) for path in pages(root))
    return [
        f"`flask --app app {command}` is not in the manual"
        for command in sorted(commands)
        if f"flask --app app {command}" not in manual
    ]


def route_problems(root, routes):
    """Each method and path of the API stands in docs/api.md, or in a page of a resource of its own
    in docs/api/, like `GET /api/monitors/<id>`."""
    found = [root / "docs/api.md", *(root / "docs/api").glob("*.md")]
    manual = "\n".join(text_of(path) for path in found)
    return [
        f"`{route}` is not in docs/api.md" for route in sorted(routes) if f"`{route}`" not in manual
    ]


def link_problems(root):
    """One sentence for each link within the repository that leads nowhere."""
    problems = []
    for page in pages(root):
        for target in LINK.findall(FENCE.sub("", page.read_text())):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            if not path.exists() or (anchor and anchor not in anchors(path)):
                problems.append(f"{page.relative_to(root)} links to {target}")
    return problems


def pages(root):
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def anchors(path):
    """The headings of a page as GitHub and our own rendering name them."""
    headings = HEADING.findall(FENCE.sub("", path.read_text()))
    words = (re.sub(r"[^\w\s-]", "", each.lower()) for each in headings)
    return {re.sub(r"\s", "-", each.strip()) for each in words}


def commands_of(group, before=""):
    """Every command below a click group, as it is typed."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        elif before or name not in FLASKS_OWN:
            yield f"{before}{name}"


def api_routes(app):
    """Every method and path of the API; ids as in the reference: `<id>`. PATCH is PUT."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.nothing_here":
            path = re.sub(r"<(?:\w+:)?(\w+)>", "<id>", rule.rule)
            methods = rule.methods - {"HEAD", "OPTIONS", "PATCH"}
            yield from (f"{method} {path}" for method in methods)


def defaults():
    return {
        variable: Config.model_fields[name].get_default() for variable, name in variables().items()
    }


def test_every_setting_is_in_the_manual():
    assert setting_problems(ROOT, defaults()) == []


def test_every_kind_is_in_the_manual():
    assert kind_problems(ROOT, check_types()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_command_is_in_the_manual(app):
    commands = set(commands_of(app.cli))

    assert commands >= {"owner create", "keys create", "rekey", "migrate"}
    assert command_problems(ROOT, commands) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_api_route_is_in_the_manual(app):
    routes = set(api_routes(app))

    assert len(routes) >= 9
    assert route_problems(ROOT, routes) == []


def test_every_link_leads_somewhere():
    assert link_problems(ROOT) == []


@pytest.fixture
def manual(tmp_path):
    (tmp_path / "docs" / "checks").mkdir(parents=True)
    (tmp_path / "docs" / "settings.md").write_text("| `KENER_PORT` | `3000` | The port. |\n")
    (tmp_path / "docs" / "checks" / "http.md").write_text("# HTTP\n")
    (tmp_path / "docs" / "api.md").write_text("# The API\n\n## Your key\n\n`GET /api/me` tells.\n")
    (tmp_path / "README.md").write_text(
        "`flask --app app rekey`, [API](docs/api.md#your-key), [there](https://example.org/x),\n"
        "[here](#top)\n# Top\n```\n[no link](nowhere.md)\n```\n"
    )
    return tmp_path


def test_a_good_manual_has_no_problems(manual):
    assert setting_problems(manual, {"KENER_PORT": 3000}) == []
    assert kind_problems(manual, {"http"}) == []
    assert command_problems(manual, {"rekey"}) == []
    assert route_problems(manual, {"GET /api/me"}) == []
    assert link_problems(manual) == []


def test_what_is_missing_is_seen(manual):
    assert setting_problems(manual, {"KENER_PORT": 3000, "KENER_HOST": "x"}) != []
    assert setting_problems(manual, {}) == ["KENER_PORT is no setting"]
    assert setting_problems(manual, {"KENER_PORT": 80}) != []
    assert kind_problems(manual, {"http", "tcp"}) == ["docs/checks/tcp.md is missing"]
    assert command_problems(manual, {"rekey", "owner create"}) != []
    assert route_problems(manual, {"GET /api/me", "POST /api/me"}) != []


@pytest.mark.parametrize("link", ["docs/nowhere.md", "docs/api.md#no-such-heading", "#nothing"])
def test_a_link_to_nowhere_is_seen(manual, link):
    (manual / "CHANGELOG.md").write_text(f"See [this]({link}).")

    assert link_problems(manual) == [f"CHANGELOG.md links to {link}"]


def listens(port):
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def test_the_listener_of_the_readme_shows_what_it_is_told(tmp_path):
    (program,) = re.findall(r"python3 -c '\n(.*?)\n\s*'\n", text_of(ROOT / "README.md"), re.DOTALL)
    port = a_free_port()
    program = textwrap.dedent(program).replace("8081", str(port))
    out = tmp_path / "out"
    with out.open("w") as told:
        listener = subprocess.Popen([sys.executable, "-c", program], stdout=told, stderr=told)
    try:
        wait_until(lambda: listens(port))
        asked = Request(f"http://127.0.0.1:{port}/", b'{"type": "monitor.down"}')
        with urlopen(asked, timeout=5) as answer:
            assert answer.status == 204
    finally:
        listener.terminate()
        listener.wait(10)

    assert out.read_text().splitlines()[0] == '{"type": "monitor.down"}'
