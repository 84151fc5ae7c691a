"""Imports only ever point down, and libraries stay where they belong. This test is the
architecture; docs/architecture.md is the commentary."""

import ast
import sys
from pathlib import Path

import pytest

FLOORS = [
    {"core", "config", "locales", "logs"},
    {"checks", "channels", "targets", "store", "queue", "supervisor"},
    {"actions", "site"},
    {"web"},
    {"api", "admin", "public", "jobs", "worker"},
]
FLOOR_OF = {part: height for height, parts in enumerate(FLOORS) for part in parts}
BESIDE = {"config": {"core"}}  # it refuses with core's errors
KEPT_TO = {
    "flask": {"web", "api", "admin", "public"},
    "flask_sqlalchemy": {"web"},
    "flask_limiter": {"web", "api"},
    "flask_httpauth": {"web", "api"},
    "flask_wtf": {"web", "admin", "public"},
    "rq": {"queue", "worker"},
    "sqlalchemy": {"store", "queue", "actions", "site", "web", "jobs"},
    "alembic": {"store"},
    "spectree": {"api"},
    "pydantic": {"config", "checks", "channels", "targets", "api", "actions"},
    "gunicorn": {"supervisor"},
    "pycurl": {"checks"},
    "obstore": {"targets"},
    "blake3": {"targets"},
    "babel": {"locales"},
}
FOR_ALL = (
    "kener.__version__",
    "sqlalchemy.exc.",
    "sqlalchemy.orm.exc.",
    "sqlalchemy.orm.Session",
)
"""Doors hand a session on, and may have to know a database that is away when they see one."""
ROOT = Path(__file__).parents[1]


def python_files(package):
    """Every module of the package that stands on a floor, generated migrations left out."""
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if path != package / "__init__.py" and "versions" not in path.parts
    ]


def part_of(package, path):
    return path.relative_to(package).parts[0].removesuffix(".py")


def imports_of(path):
    """The dotted names a module imports, wherever in it; its own package for relative ones."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names.update(f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def floor_problems(package):
    """One sentence for each import that does not point down."""
    problems = []
    for path in python_files(package):
        mine = part_of(package, path)
        where = path.relative_to(package)
        if mine not in FLOOR_OF:
            problems.append(f"{where}: {mine} stands on no floor")
            continue
        below = {part for part in FLOOR_OF if FLOOR_OF[part] < FLOOR_OF[mine]}
        below |= BESIDE.get(mine, set())
        for name in sorted(imports_of(path)):
            if name.startswith(FOR_ALL[0]):
                continue
            used = name.split(".")[1] if name.startswith("kener.") else None
            if name.startswith("."):
                problems.append(f"{where}: imports are absolute, not {name}")
            elif used is not None and used not in below | {mine}:
                problems.append(f"{where}: {mine} may not see {name}")
            elif name.split(".")[0] in {"app", "worker", "build_status"}:
                problems.append(f"{where}: nothing may import the program {name}")
    return problems


def library_problems(package):
    """One sentence for each library that is used away from its home."""
    problems = []
    for path in python_files(package):
        mine = part_of(package, path)
        for name in sorted(imports_of(path)):
            if name.startswith(FOR_ALL) and mine in FLOORS[3] | FLOORS[4]:
                continue
            library = name.split(".")[0]
            if mine not in KEPT_TO.get(library, {mine}):
                problems.append(f"{path.relative_to(package)}: {name} does not belong in {mine}")
            if mine == "core" and library not in sys.stdlib_module_names | {"kener"}:
                problems.append(f"{path.relative_to(package)}: core knows no library, not {name}")
    return problems


CLOCKS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
}


def clock_problems(package):
    """One sentence for each place below the doors, but the clock itself, that reads the clock."""
    problems = []
    for path in python_files(package):
        if part_of(package, path) not in {"core", "actions", "site", "store"}:
            continue
        if path == package / "store" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            of_name = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if of_name and (node.value.id, node.attr) in CLOCKS:
                problems.append(f"{path.relative_to(package)}: reads the clock itself")
    return problems


@pytest.mark.parametrize("problems", [floor_problems, library_problems, clock_problems])
def test_kener_keeps_its_floors(problems):
    assert problems(ROOT / "kener") == []


def test_every_floor_is_looked_at():
    assert len(python_files(ROOT / "kener")) > 60


BROKEN = {
    "store/rows.py": ("from kener.actions.monitors import create_monitor", floor_problems),
    "checks/tcp.py": ("from kener.store import engine", floor_problems),
    "api/x.py": ("def f():\n    import kener.admin.monitors", floor_problems),
    "core/x.py": ("from kener.config import Config", floor_problems),
    "actions/x.py": ("from . import events", floor_problems),
    "web/x.py": ("import app", floor_problems),
    "stray/x.py": ("", floor_problems),
    "actions/y.py": ("from flask import request", library_problems),
    "jobs.py": ("import rq", library_problems),
    "checks/x.py": ("from sqlalchemy.orm import Session", library_problems),
    "core/y.py": ("from sqlalchemy.exc import DBAPIError", library_problems),
    "core/redis.py": ("import redis", library_problems),
    "worker/x.py": ("from sqlalchemy import update", library_problems),
    "core/z.py": ("import time\nAT = time.time()", clock_problems),
    "actions/z.py": ("from datetime import datetime\nAT = datetime.now()", clock_problems),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_floor_is_seen(tmp_path, name):
    text, problems = BROKEN[name]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)

    found = problems(tmp_path)
    assert found != []
    assert all(name in each for each in found)


def test_what_is_allowed_is_not_complained_about(tmp_path):
    fine = {
        "actions/x.py": "from sqlalchemy import select\nfrom kener.store.tables import Monitor",
        "core/x.py": "import math\nfrom kener.core.status import Status",
        "api/x.py": "from sqlalchemy.exc import DBAPIError\nfrom kener.web.pages import page",
        "store/clock.py": "import time\nAT = time.time_ns()",
    }
    for name, text in fine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    for problems in (floor_problems, library_problems, clock_problems):
        assert problems(tmp_path) == []
