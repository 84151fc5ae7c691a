"""A supervisor in a script of its own, its children's pids, and whether they live."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from servers import wait_until

ROOT = Path(__file__).parents[2]
HEAD = """
import os, signal, subprocess, sys, time
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
sys.path.insert(0, {root!r})
from kener.supervisor import children
from kener.supervisor.children import Child
from kener.supervisor.family import Family
folder = Path({folder!r})

def note(name):
    with open(folder / name, "a") as file:
        file.write(f"{{os.getpid()}}\\n")

def sleeper(name):
    def run():
        note(name)
        time.sleep(600)
    return run

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note("stubborn")
    time.sleep(600)

def dies():
    note("dies")
    return 3

def with_grandchild():
    subprocess.Popen(["sleep", "600"], preexec_fn=lambda: note("grandchild"))
    note("parent")
    time.sleep(600)

def ready():
    return (folder / "ready").exists()

def announce():
    note("announced")
"""


@pytest.fixture
def start(tmp_path):
    """Run a script that knows the above; its process is killed at the end if need be."""
    started = []

    def start(script):
        head = HEAD.format(root=str(ROOT), folder=str(tmp_path))
        code = head + textwrap.dedent(script)
        process = subprocess.Popen(
            [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def pids(tmp_path):
    """The processes that noted themselves under a name, in order, once there are so many."""

    def pids(name, at_least=1):
        path = tmp_path / name
        wait_until(lambda: path.exists() and len(path.read_text().split()) >= at_least)
        return [int(each) for each in path.read_text().split()]

    return pids


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not is_zombie(pid)


def is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
