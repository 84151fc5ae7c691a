"""Children are started again, stopped in time, and never left behind. Real processes, each in a
supervisor of its own, in scripts: a test process has threads and must not be forked."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from servers import wait_until

from kener.supervisor.children import Child

ROOT = Path(__file__).parents[2]
ENDED_WITH_1 = 1 << 8  # as waitpid says it
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


def test_all_children_stop_at_once_on_sigterm(start, pids):
    family = start(
        "Family([Child('a', sleeper('a')), Child('b', sleeper('b'))]).live(ready, announce)"
    )
    children = pids("a") + pids("b")
    family.send_signal(signal.SIGTERM)

    assert family.wait(2) == 0
    assert [pid for pid in children if is_alive(pid)] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_stopping_works(start, pids, number):
    family = start("Family([Child('a', sleeper('a'))]).live(ready, announce)")
    pids("a")
    family.send_signal(number)

    assert family.wait(2) == 0


def test_under_nohup_a_terminal_that_goes_away_stops_nothing(start, pids):
    ignoring = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    family = start(f"{ignoring}\nFamily([Child('a', sleeper('a'))]).live(ready, announce)")
    [child] = pids("a")
    family.send_signal(signal.SIGHUP)
    os.kill(child, signal.SIGKILL)

    assert pids("a", 2)  # it still looks after its children
    family.send_signal(signal.SIGTERM)
    assert family.wait(2) == 0


def test_a_child_that_does_not_listen_is_killed_in_time(start, pids):
    family = start("Family([Child('s', stubborn)]).live(ready, announce)")
    [child] = pids("stubborn")
    began = time.monotonic()
    family.send_signal(signal.SIGINT)
    family.wait(6)

    assert 3.5 < time.monotonic() - began < 5
    assert not is_alive(child)


def test_those_that_others_need_are_stopped_last(start, pids, tmp_path):
    start_of = """
        def until_told(name):
            def run():
                def leave(*_):
                    (folder / name).write_text(str(time.monotonic()))
                    raise SystemExit
                signal.signal(signal.SIGTERM, leave)
                note("up")
                time.sleep(600)
            return run
        Family([Child("last", until_told("last"), last=True), Child("first", until_told("first"))]
            ).live(ready, announce)
    """
    family = start(start_of)
    pids("up", 2)
    family.terminate()
    family.wait(3)

    assert float((tmp_path / "first").read_text()) < float((tmp_path / "last").read_text())


def test_others_wait_until_the_first_is_up(start, pids, tmp_path):
    start("""
        up = lambda: (folder / "up").exists()
        Family([Child("a", sleeper("a"), is_up=up), Child("b", sleeper("b"))]).live(ready, announce)
    """)
    pids("a")
    wait_until(lambda: not (tmp_path / "b").exists())
    (tmp_path / "up").touch()
    pids("b")


def test_others_are_started_though_the_first_never_gets_up(start, pids):
    start("""
        from kener.supervisor import family
        family.UP_PATIENCE = 0.3
        first = Child("a", sleeper("a"), is_up=lambda: False)
        Family([first, Child("b", sleeper("b"))]).live(ready, announce)
    """)

    assert len(pids("b")) == 1


def test_a_killed_child_is_started_again(start, pids):
    start("Family([Child('a', sleeper('a')), Child('b', sleeper('b'))]).live(ready, announce)")
    [first], [other] = pids("a"), pids("b")
    os.kill(first, signal.SIGKILL)
    again = pids("a", 2)[1]

    assert is_alive(again)
    assert again != first
    assert pids("b") == [other]


ASKING = """
    from kener.supervisor.succession import Succession
    succession = Succession()
    children.LEAST_LIFE = 0.3
    def asks():
        note("asks")
        if len((folder / "asks").read_text().split()) == 1:
            succession.ask()
            while not (folder / "leave").exists():
                time.sleep(0.01)
            return 75
        time.sleep(600)
    def asks_again():
        note("asks again")
        succession.ask()
        time.sleep(600)
"""


def test_who_asks_for_a_successor_gets_one_at_once_and_leaves_in_his_own_time(
    start, pids, tmp_path
):
    family = start(
        ASKING + "    Family([Child('a', asks)], succession=succession).live(ready, announce)"
    )
    old, new = pids("asks", 2)
    assert is_alive(old)
    (tmp_path / "leave").touch()
    wait_until(lambda: not is_alive(old) and not is_zombie(old))
    family.terminate()
    _, errors = family.communicate(timeout=3)

    assert pids("asks") == [old, new]
    assert f"a (process {old}) makes room for a new one" in errors
    assert "starting again" not in errors


def test_who_does_not_leave_in_time_is_killed(start, pids):
    start(
        ASKING
        + """
    children.LONGEST_FAREWELL = 0.2
    Family([Child('a', asks)], succession=succession).live(ready, announce)
    """
    )
    old, new = pids("asks", 2)

    wait_until(lambda: not is_alive(old), 3)
    assert is_alive(new)


def test_who_keeps_asking_is_not_started_ever_faster(start, pids):
    began = time.monotonic()
    start(
        ASKING + "    Family([Child('a', asks_again)], succession=succession).live(ready, announce)"
    )
    pids("asks again", 4)

    assert time.monotonic() - began > 2 * 0.3


def test_the_old_one_and_the_new_one_are_both_stopped_at_the_end(start, pids):
    family = start(
        ASKING + "    Family([Child('a', asks)], succession=succession).live(ready, announce)"
    )
    both = pids("asks", 2)
    family.terminate()

    assert family.wait(3) == 0
    assert [pid for pid in both if is_alive(pid)] == []


def test_a_child_that_keeps_dying_is_started_ever_later(start, pids):
    began = time.monotonic()
    start("""
        children.FIRST_WAIT = 0.1
        Family([Child("dies", dies, wait=0.1)]).live(ready, announce)
    """)
    pids("dies", 5)

    assert time.monotonic() - began > 0.1 + 0.2 + 0.4 + 0.8


def test_the_wait_is_capped_and_forgotten_after_a_minute():
    child, waits = Child("a", lambda: 0), []
    for _ in range(7):
        child.died(0, ENDED_WITH_1)
        waits.append(child.start_at)
    child.died(60, ENDED_WITH_1)

    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert child.start_at == 61


@pytest.mark.parametrize("by_kernel", [True, False])
def test_children_die_with_a_killed_supervisor(start, pids, by_kernel):
    family = start(
        "Family([Child('a', sleeper('a')), Child('s', stubborn)],"
        f" by_kernel={by_kernel}).live(ready, announce)"
    )
    children = pids("a") + pids("stubborn")
    family.kill()
    family.wait()

    wait_until(lambda: not any(is_alive(pid) for pid in children), 3)


def test_what_a_dead_child_started_is_killed_too(start, pids):
    start("Family([Child('p', with_grandchild)]).live(ready, announce)")
    [grandchild], [parent] = pids("grandchild"), pids("parent")
    os.kill(parent, signal.SIGKILL)

    wait_until(lambda: not is_alive(grandchild), 3)


def test_it_is_announced_once_and_only_when_ready(start, pids, tmp_path):
    family = start("Family([Child('a', sleeper('a'))]).live(ready, announce)")
    [child] = pids("a")
    assert not (tmp_path / "announced").exists()
    (tmp_path / "ready").touch()
    pids("announced")
    os.kill(child, signal.SIGKILL)
    pids("a", 2)
    family.terminate()
    family.wait(3)

    assert len(pids("announced")) == 1


def test_a_child_that_raises_ends_and_does_not_run_on_as_a_second_supervisor(start, pids, tmp_path):
    family = start("""
        def breaks():
            note("breaks")
            raise RuntimeError("broken on purpose")
        try:
            Family([Child("b", breaks, wait=0.05)]).live(ready, announce)
        finally:
            note("left")
    """)
    pids("breaks", 2)  # so the first one had its say
    family.terminate()
    _, errors = family.communicate(timeout=3)

    assert "broken on purpose" in errors
    assert pids("left") == [family.pid]


def test_children_do_not_hold_the_lock_of_the_supervisor(start, pids, tmp_path):
    start("""
        lock = os.open(folder, os.O_RDONLY)
        def is_lock(number):
            try:
                return os.path.samestat(os.fstat(number), folder.stat())
            except OSError:
                return False
        def shows():
            (folder / "held").write_text(str([each for each in range(64) if is_lock(each)]))
            note("shows")
            time.sleep(600)
        (folder / "before").write_text(str([each for each in range(64) if is_lock(each)]))
        Family([Child("a", shows)], [lock]).live(ready, announce)
    """)
    pids("shows")

    assert (tmp_path / "held").read_text() == "[]"
    assert (tmp_path / "before").read_text() != "[]"
