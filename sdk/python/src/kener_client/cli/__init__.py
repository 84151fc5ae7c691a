"""The command line: `kener`. It needs click: pip install "kener-python[cli]"."""

import sys
from importlib.util import find_spec

MISSING = 'kener: this needs click: pip install "kener-python[cli]"'


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    if find_spec("click") is None:
        sys.stderr.write(f"{MISSING}\n")
        raise SystemExit(2)
    from kener_client.cli.commands import kener  # noqa: PLC0415 - it needs click

    kener(prog_name="kener")
