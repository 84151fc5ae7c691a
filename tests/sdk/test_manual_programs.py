"""The programs in docs/api: in Python, JavaScript and Go, run as they are printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gotools import LIBRARY as GO
from gotools import MODULE
from gotools import run as run_go
from servers import a_web_server

from bench.nodes import LIBRARY as JS
from bench.nodes import run as run_node
from kener.actions.keys import create_key
from kener.store.clock import now

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "api").glob("*.md"))
BLOCKS = {
    name: re.compile(rf"^```{name}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    for name in ("python", "js", "go")
}
CLIENT = "authentication"
"""The page whose Go program makes the client that all others use."""
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OF_PAGES = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def program(page, language):
    """The one program of a page in a language."""
    (found,) = BLOCKS[language].findall(page.read_text())
    return found


@pytest.fixture
def kener(app, database):
    """Where a Kener is, and a key that opens everything."""
    app.extensions["kener.limits"].enabled = False
    with database.write() as session:
        key = create_key(session, "Reader", ["admin"], None, now())[1]
    with a_web_server(app) as address:
        yield {"KENER_URL": address, "KENER_API_KEY": key}


def test_every_page_of_a_resource_has_programs():
    assert len(PAGES) >= 10
    for page in PAGES:
        assert [len(each.findall(page.read_text())) for each in BLOCKS.values()] == [1, 1, 1], page


def told_to(kener, page):
    """What stands in the environment: no key where none is needed."""
    return {"KENER_URL": kener["KENER_URL"]} if page.stem == "status" else kener


@ON_SQLITE
@OF_PAGES
def test_the_python_program_runs(kener, page):
    told = {
        **os.environ,
        **told_to(kener, page),
        "PYTHONPATH": str(ROOT / "sdk" / "python" / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program(page, "python")],
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@ON_SQLITE
@OF_PAGES
def test_the_javascript_program_runs(kener, page, tmp_path):
    text = program(page, "js").replace('"kener-sdk"', f'"{JS}/src/index.js"')
    (tmp_path / "program.mjs").write_text(text)
    done = run_node(tmp_path, "node", "program.mjs", **told_to(kener, page))

    assert done.returncode == 0, done.stdout
    assert done.stdout


@ON_SQLITE
def test_the_go_programs_run(kener, tmp_path):
    """All in one program, which is compiled once."""
    made = next(program(page, "go") for page in PAGES if page.stem == CLIENT)
    client, _, _ = made.partition("\n\n")
    texts = {page.stem: program(page, "go").removeprefix(client) for page in PAGES}
    parts = [f'fmt.Println("## {name}")\nfunc() {{\n{text}}}()\n' for name, text in texts.items()]
    imports = ("context", "fmt", "log", "os", MODULE)
    head = "\n".join(["package main", "import (", *(f'"{each}"' for each in imports), ")"])
    (tmp_path / "main.go").write_text(f"{head}\nfunc main() {{\n{client}\n{''.join(parts)}}}\n")
    (tmp_path / "go.mod").write_text(
        f"module reader\n\ngo 1.24\n\nrequire {MODULE} v0.1.0\n\nreplace {MODULE} => {GO}\n"
    )
    done = run_go(tmp_path, "go", "run", ".", cwd=tmp_path, **kener)

    assert done.returncode == 0, done.stdout
    told = re.split(r"^## (\S+)\n", done.stdout, flags=re.MULTILINE)[1:]
    assert told[::2] == [page.stem for page in PAGES]
    assert all(text.strip() for text in told[1::2])
