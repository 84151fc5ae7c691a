"""The command line of the Python library, run as one runs it."""

import os
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[1] / "sdk" / "python" / "src"


class Shell:
    """Runs `kener` in an environment of its own; `home` is where it keeps its file."""

    def __init__(self, home):
        self.home = home
        self.environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "HOME": str(home)}

    def __call__(self, *words, typed="", **environment):
        return subprocess.run(
            [sys.executable, "-m", "kener_client.cli", "--retries", "0", *words],
            env=self.environment | environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def good(self, *words, **options):
        """What it prints, when all goes well."""
        done = self(*words, **options)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout
