"""Children that are started again: killed ones, those that ask for it, those that keep dying."""

import os
import signal
import time

from servers import wait_until
from supervisor.families import is_alive, is_zombie, pids, start

from kener.supervisor.children import Child

__all__ = ["pids", "start"]
ENDED_WITH_1 = 1 << 8  # as waitpid says it


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
