"""The command line of the Python library, run as one runs it."""

import os
import subprocess
import sys
from pathlib import Path

ON_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
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

    def asked(self, *words, prompt, answer=None):
        """Run it on a terminal, and answer its question, if there is an answer, once it is there;
        the exit code, and all that stood on the terminal."""
        command = [sys.executable, "-m", "kener_client.cli", "--retries", "0", *words]
        with subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *command],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            shown = b""
            while prompt.encode() not in shown:
                more = os.read(process.stdout.fileno(), 4096)
                assert more, shown
                shown += more
            if answer is not None:
                process.stdin.write(f"{answer}\n".encode())
                process.stdin.flush()
            shown += process.stdout.read()
            return process.wait(30), shown.decode().replace("\r\n", "\n")

    def good(self, *words, **options):
        """What it prints, when all goes well."""
        done = self(*words, **options)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout
