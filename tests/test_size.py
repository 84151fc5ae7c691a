"""Small files, small functions, small templates. Over the line means that a noun is missing."""

import ast
from pathlib import Path

import pytest

FILE, FUNCTION, TEMPLATE = 300, 40, 120
ROOT = Path(__file__).parents[1]
OURS = ("app.py", "worker.py", "build_status.py", "kener", "bench", "tests", "sdk")


def sources(root, suffix, names):
    """The files with this suffix under each name; generated migrations are as long as they are."""
    for name in names:
        path = root / name
        found = [path] if path.is_file() else sorted(path.rglob(f"*{suffix}"))
        yield from (each for each in found if each.parent.name != "versions")


def size_problems(root):
    """One sentence for each file, function or template that is too long."""
    problems = []
    for path in sources(root, ".py", OURS):
        where, text = path.relative_to(root), path.read_text()
        if len(text.splitlines()) > FILE:
            problems.append(f"{where} has more than {FILE} lines")
        problems += [
            f"{where}: {node.name} has {lines(node)} lines, over {FUNCTION}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines(node) > FUNCTION
        ]
    problems += [
        f"{path.relative_to(root)} has more than {TEMPLATE} lines"
        for path in sources(root, "", ("templates",))
        if path.is_file() and len(path.read_text().splitlines()) > TEMPLATE
    ]
    return problems


def lines(node):
    return (node.end_lineno or 0) - node.lineno + 1


def test_everything_is_small():
    assert size_problems(ROOT) == []


def test_everything_is_looked_at():
    assert len(list(sources(ROOT, ".py", OURS))) > 200
    assert len(list(sources(ROOT, "", ("templates",)))) > 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kener/store/long.py", "x = 1\n" * 301),
        ("app.py", "def f():\n" + "    x = 1\n" * 40),
        ("kener/x.py", "class A:\n    async def f(self):\n" + "        x = 1\n" * 40),
        ("templates/admin/page.html", "<p>\n" * 121),
        ("templates/emails/note.txt", "a\n" * 121),
        ("tests/api/test_long.py", "x = 1\n" * 301),
    ],
)
def test_what_is_too_long_is_seen(tmp_path, name, text):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)

    [problem] = size_problems(tmp_path)
    assert problem.startswith(name)


def test_what_is_just_short_enough_is_fine(tmp_path):
    (tmp_path / "kener/store/versions").mkdir(parents=True)
    (tmp_path / "kener/full.py").write_text("x = 1\n" * 260 + "def f():\n" + "    x = 1\n" * 39)
    (tmp_path / "kener/store/versions/0001_x.py").write_text("x = 1\n" * 500)

    assert size_problems(tmp_path) == []
