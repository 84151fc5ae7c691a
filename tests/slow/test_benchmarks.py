"""The programs of `make bench` run, each for a moment; what they measure then means nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = re.findall(r'^    "([\w-]+)": ', (ROOT / "bench" / "run.py").read_text(), re.MULTILINE)

pytestmark = pytest.mark.slow


SAME_PROGRAM = {"steady", "small", "timeouts", "start"}
"""As `steady-postgresql`, with other numbers."""


@pytest.mark.parametrize("name", [each for each in NAMES if each not in SAME_PROGRAM])
def test_a_benchmark_runs(name):
    document = ROOT / "docs" / "benchmarks.md"
    before = document.read_bytes()
    command = [sys.executable, "-m", "bench.run", "--quick", name]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert "| measure" in done.stdout
    assert document.read_bytes() == before


def test_there_are_benchmarks():
    assert {"engine", "steady", "steady-postgresql", "start", "packing"} <= set(NAMES)
