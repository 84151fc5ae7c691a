"""Children are stopped in time, and never left behind. Real processes, each in a supervisor of
its own, in scripts: a test process has threads and must not be forked."""

import os
import signal
import time

import pytest
from servers import wait_until
from supervisor.families import is_alive, pids, start

__all__ = ["pids", "start"]


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
