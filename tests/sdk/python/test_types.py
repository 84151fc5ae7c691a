"""The Python library is typed from end to end, and so is what one does with it."""

import subprocess
import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[3] / "sdk" / "python"
TYPED = Path(__file__).parent / "typed.py"


@pytest.mark.slow
def test_mypy_has_nothing_to_say(tmp_path):
    command = [sys.executable, "-m", "mypy", "--config-file", str(SDK / "pyproject.toml")]
    command += ["--cache-dir", str(tmp_path), str(SDK / "src"), str(TYPED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Success: no issues found" in done.stdout


def test_the_package_says_that_it_is_typed():
    assert (SDK / "src" / "kener_client" / "py.typed").exists()
