"""What the benchmarks share: servers in processes of their own, CPU, memory and bytes of process
trees."""

import os
import socket
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Of a process tree: CPU in seconds, proportional memory in MB, bytes sent to the disk."""

    cpu_s: float
    pss_mb: float
    written: int


@contextmanager
def a_server(name: str, *arguments: str) -> Iterator[int]:
    """A program of this folder in a process of its own, by the port that it prints."""
    command = [sys.executable, "-m", f"bench.{name}", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def a_target() -> Iterator[str]:
    """A target server; its address without a slash at the end."""
    with a_server("target") as port:
        yield f"http://127.0.0.1:{port}"


def ask(url: str) -> bytes:
    """The body of an answer from loopback."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def a_free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def own_cpu() -> float:
    """Seconds of CPU of this process."""
    times = os.times()
    return times.user + times.system


def tree_of(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            fields = (each / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(each.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def usage(pids: Sequence[int]) -> Usage:
    """Summed over processes; CPU and bytes include children that ended and were waited for."""
    return Usage(sum(map(_cpu, pids)), sum(map(_pss, pids)), sum(map(_written, pids)))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(each) for each in fields[11:15]) / TICK


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _written(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median with min–max."""
    shown = [f"{each:.{digits}f}" for each in (statistics.median(values), min(values), max(values))]
    return f"{shown[0]} ({shown[1]}–{shown[2]})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
