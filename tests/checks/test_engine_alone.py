"""The engine in an interpreter of its own: limits, forks, and no network at all."""

import subprocess
import sys
import textwrap

import pytest


def run_alone(script: str) -> str:
    """What a fresh interpreter prints: for limits and forks, which would harm the test process."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PRELUDE) + textwrap.dedent(script)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PRELUDE = """
import os, resource, socket, sys, threading, time
from kener.checks import EngineConfig, Engine, ProbeJob, probe_once
from kener.checks.http import HttpCheck
from kener.checks.tcp import TcpCheck
config = EngineConfig(clock=lambda: time.time_ns() // 1_000_000)
listener = socket.create_server(("127.0.0.1", 0), backlog=100)
port = listener.getsockname()[1]
"""


@pytest.mark.parametrize("left", [0, 1])
def test_running_out_of_files_is_unknown_not_down(left):
    said = run_alone(f"""
        tcp = TcpCheck.parse({{"host": "127.0.0.1", "port": port}})
        http = HttpCheck.parse({{"url": f"http://127.0.0.1:{{port}}/"}})
        assert probe_once(tcp, 5, config).status == "up"
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
        hoard = []

        def take_all_but_some():
            try:
                while True:
                    hoard.append(open("/dev/null"))
            except OSError:
                for _ in range({left}):
                    hoard.pop().close()

        def once_short_of_files(check):
            # A socket that an earlier probe gives back late may let one more through.
            while True:
                take_all_but_some()
                outcome = probe_once(check, 1, config)
                if outcome.status == "unknown":
                    return outcome
                assert outcome.reason in (None, "timeout"), outcome

        print(once_short_of_files(http).detail)
        if not {left}:
            print(once_short_of_files(tcp).detail)
    """)

    assert set(said.splitlines()) == {"this machine has too many open files"}


def test_room_is_made_for_many_sockets():
    said = run_alone("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 5000))
        Engine(config).start()
        print(resource.getrlimit(resource.RLIMIT_NOFILE))
    """)

    assert said == "(5000, 5000)"


def test_a_forked_child_must_start_an_engine_of_its_own():
    said = run_alone("""
        check = TcpCheck.parse({"host": "127.0.0.1", "port": port})
        engine = Engine(config)
        engine.start()
        print(probe_once(check, 5, config).status, flush=True)
        if os.fork() == 0:
            try:
                engine.submit(ProbeJob(check, 5), lambda job, outcome: None)
            except RuntimeError as error:
                print(error, flush=True)
            print(probe_once(check, 5, config).status, flush=True)
            os._exit(0)
        os.wait()
        print(probe_once(check, 5, config).status, flush=True)
    """)

    assert said.splitlines() == ["up", "this process has not started the engine", "up", "up"]


def test_a_machine_without_any_network_says_so_instead_of_blaming_the_target():
    said = run_alone("""
        import ctypes
        CLONE_NEWNET = 0x40000000
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            print("not allowed")
            sys.exit()
        for check in (
            HttpCheck.parse({"url": "http://192.0.2.1/"}),
            TcpCheck.parse({"host": "2001:db8::1", "port": 80}),
            HttpCheck.parse({"url": "http://shop.example/"}),
        ):
            outcome = probe_once(check, 8, config)
            print(outcome.status, outcome.reason, outcome.detail)
    """)

    if said == "not allowed":
        pytest.skip("a network of one's own needs root")
    assert said.splitlines() == ["unknown offline this machine has no network at the moment"] * 3
