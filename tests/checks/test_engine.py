"""The engine: what a probe's trouble becomes, whose fault it is, and how work ends."""

import asyncio
import errno
import os
import subprocess
import sys
import textwrap
import threading
import time
from typing import ClassVar

import pytest
from checks.conftest import wait_until
from checks.servers import HttpServer, has_ipv6, ok, silent

from kener.checks import Check, Engine, ProbeJob, _lag, check_types, probe_once
from kener.checks._bugs import Bugs
from kener.checks._failures import of_errno
from kener.checks.http import HttpCheck
from kener.checks.tcp import TcpCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status


class Scripted(Check):
    """A check type of a test's own: calls what the job hands over."""

    kind: ClassVar[str] = "scripted"
    label: ClassVar[str] = "Scripted"

    def target(self) -> str:
        return ""

    async def probe(self, context):
        return await context.extra["do"](context)


def scripted(do, timeout_s: float = 5.0, **options) -> ProbeJob:
    return ProbeJob(Scripted(), timeout_s, {"do": do}, **options)


def test_every_kind_is_found_and_says_what_it_is():
    kinds = check_types()

    assert set(kinds) >= {"http", "tcp", "ping", "dns", "tls", "heartbeat"}
    assert all(each.label and each.description for each in kinds.values())
    assert Scripted not in kinds.values()


def test_every_setting_has_a_title():
    for kind in check_types().values():
        assert all(field.title for field in kind.model_fields.values()), kind.kind


def test_facts_alone_mean_up_and_the_engine_takes_the_time(probe):
    async def facts(context):
        await asyncio.sleep(0.05)
        return {"answer": 42}

    outcome = probe.all([scripted(facts)])[0]

    assert outcome.status is Status.UP
    assert outcome.facts == {"answer": 42}
    assert 45 < outcome.latency_ms < 2000


def test_a_probe_that_a_library_cancels_is_unknown_and_frees_its_place(probe, engine):
    async def abandoned(context):
        answer = asyncio.get_running_loop().create_future()
        answer.cancel()
        return await answer

    outcome = probe.all([scripted(abandoned)])[0]

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.INTERNAL_ERROR)
    wait_until(lambda: engine.in_flight == 0)


def test_a_bug_of_ours_is_unknown_and_logged_with_its_traceback(probe, caplog):
    async def broken(context):
        return {}["missing"]

    outcome = probe.all([scripted(broken)])[0]

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.INTERNAL_ERROR
    assert outcome.detail == "the scripted check itself failed (KeyError); see the log"
    assert "the scripted check is broken" in caplog.text
    assert "Traceback" in caplog.text


def test_the_same_bug_is_logged_once_and_another_one_again(probe, caplog):
    async def broken(context):
        return {}["missing"] if context.extra["first"] else "".index("x")

    def job(first):
        return ProbeJob(Scripted(), 5.0, {"do": broken, "first": first})

    outcomes = probe.all([job(True) for _ in range(20)])
    again = probe.all([job(True), job(False), job(False)])

    assert {each.reason for each in outcomes + again} == {Reason.INTERNAL_ERROR}
    told = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert told == [KeyError, ValueError]


def test_only_so_many_bugs_are_remembered_those_seen_last(caplog):
    bugs = Bugs(most=3)

    def tell(number):
        bugs.tell(f"kind {number}", ValueError(), f"bug {number}")

    for number in (1, 2, 3, 1, 4, 1, 2):
        tell(number)

    told = [record.getMessage() for record in caplog.records]
    assert told == [f"bug {number} (this is logged once)" for number in (1, 2, 3, 4, 2)]


def test_a_done_that_fails_harms_nobody_else(engine, caplog):
    async def fine(context):
        return {}

    def fail(job, outcome):
        raise ValueError("no")

    engine.submit(scripted(fine), fail)
    wait_until(lambda: engine.in_flight == 0)

    assert "was not taken" in caplog.text


def test_the_deadline_ends_a_probe_that_would_wait_forever(probe):
    async def forever(context):
        context.doing = "counting sheep"
        context.facts["sheep"], context.phases["counting"] = 7, 1.5
        await asyncio.Event().wait()

    outcome = probe.all([scripted(forever, 0.2)])[0]

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.2 s while counting sheep"
    assert (outcome.facts, outcome.phases) == ({"sheep": 7}, {"counting": 1.5})


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (errno.ECONNREFUSED, Status.DOWN, Reason.REFUSED),
        (errno.ETIMEDOUT, Status.DOWN, Reason.TIMEOUT),
        (errno.ECONNRESET, Status.DOWN, Reason.UNREACHABLE),
        (errno.EHOSTUNREACH, Status.DOWN, Reason.UNREACHABLE),
        (errno.EMFILE, Status.UNKNOWN, Reason.INTERNAL_ERROR),
        (errno.ENOBUFS, Status.UNKNOWN, Reason.INTERNAL_ERROR),
    ],
)
def test_error_numbers_are_told_apart_into_theirs_and_ours(probe, number, status, reason):
    async def fail(context):
        raise OSError(number, os.strerror(number))

    outcome = probe.all([scripted(fail)])[0]

    assert (outcome.status, outcome.reason) == (status, reason)


def test_no_route_is_our_fault_only_when_there_is_no_way_out_at_all():
    assert of_errno(errno.ENETUNREACH, "x", lambda: True).status is Status.DOWN
    assert of_errno(errno.ENETUNREACH, "x", lambda: False).status is Status.UNKNOWN


def test_running_out_of_local_ports_is_our_fault():
    assert of_errno(errno.EADDRNOTAVAIL, "x", lambda: True).status is Status.UNKNOWN


def test_the_cause_of_a_wrapped_error_counts(probe):
    async def wrapped(context):
        try:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        except OSError as error:
            raise RuntimeError("a library's own error") from error

    assert probe.all([scripted(wrapped)])[0].reason is Reason.REFUSED


def test_a_timeout_across_a_stalled_loop_is_repeated_not_believed(probe):
    tries = []

    async def slow_only_at_first(context):
        tries.append(time.monotonic())
        if len(tries) == 1:
            asyncio.get_running_loop().call_soon(time.sleep, 0.9)
            await asyncio.sleep(5)
        return {}

    outcome = probe.all([scripted(slow_only_at_first, 0.3)])[0]

    assert len(tries) == 2
    assert outcome.status is Status.UP


def test_a_failure_across_a_suspended_machine_is_repeated_not_believed(probe, monkeypatch):
    slept, tries = [0.0], []
    real = _lag.clock_in_sleep
    monkeypatch.setattr(_lag, "clock_in_sleep", lambda: real() + slept[0])

    async def cut_off_by_sleep(context):
        tries.append(context.now)
        if len(tries) == 1:
            slept[0] = 3600.0  # an hour in which only that clock has gone on
            raise ConnectionResetError(errno.ECONNRESET, "reset")
        return {}

    async def cut_off(context):
        tries.append(context.now)
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    assert probe.all([scripted(cut_off_by_sleep)])[0].status is Status.UP
    assert len(tries) == 2
    assert probe.all([scripted(cut_off)])[0].reason is Reason.UNREACHABLE
    assert len(tries) == 3


def test_a_loop_that_stalls_twice_gives_no_verdict(probe):
    async def always_stalled(context):
        asyncio.get_running_loop().call_soon(time.sleep, 0.9)
        await asyncio.sleep(5)

    outcome = probe.all([scripted(always_stalled, 0.3)])[0]

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.INTERNAL_ERROR


def test_stopping_returns_what_was_not_probed(config):
    engine, outcomes = Engine(config), []
    engine.start()

    async def fine(context):
        await asyncio.sleep(0.1)
        return {}

    async def forever(context):
        await asyncio.Event().wait()

    engine.submit(scripted(fine, tag="fine"), lambda job, outcome: outcomes.append(job.tag))
    engine.submit(scripted(forever, 60, tag="slow"), lambda job, outcome: outcomes.append(job.tag))
    assert engine.in_flight == 2
    left = engine.stop(grace=0.5)

    assert outcomes == ["fine"]
    assert [job.tag for job in left] == ["slow"]
    assert engine.stop() == []
    with pytest.raises(RuntimeError):
        engine.submit(scripted(fine), lambda job, outcome: None)


def test_stopping_in_the_middle_of_real_probes_leaves_no_thread_behind(config):
    before = set(threading.enumerate())
    engine = Engine(config)
    engine.start()
    with silent() as port:
        http = HttpCheck.parse({"url": f"http://127.0.0.1:{port}/"})
        tcp = TcpCheck.parse({"host": "127.0.0.1", "port": port, "expect": "x"})
        for each in (http, tcp):
            engine.submit(ProbeJob(each, 30.0), lambda job, outcome: None)
        left = engine.stop(grace=0.2)

    assert len(left) == 2
    wait_until(lambda: "kener-engine" not in {t.name for t in set(threading.enumerate()) - before})


def test_blocking_work_has_a_deadline_and_its_thread_is_written_off(probe):
    release = threading.Event()

    async def blocks(context):
        return await context.blocking(lambda: release.wait(20))

    async def counts(context):
        return {"lost": context.services.blocking.lost}

    outcome = probe.all([scripted(blocks, 0.2)])[0]
    lost = probe.all([scripted(counts)])[0].facts["lost"]
    release.set()

    assert outcome.reason is Reason.TIMEOUT
    assert lost == 1
    wait_until(lambda: probe.all([scripted(counts)])[0].facts["lost"] == 0)


def test_a_probe_that_never_got_a_thread_is_unknown_not_down(config, with_engine):
    release = threading.Event()
    probe = with_engine(config)

    async def blocks(context):
        return await context.blocking(lambda: release.wait(20))

    outcomes = probe.all([scripted(blocks, 0.6) for _ in range(16)] + [scripted(blocks, 0.3)])
    release.set()

    assert {each.reason for each in outcomes[:16]} == {Reason.TIMEOUT}
    assert (outcomes[16].status, outcomes[16].reason) == (Status.UNKNOWN, Reason.INTERNAL_ERROR)
    assert outcomes[16].detail == "no thread of this machine was free for it within 0.3 s"


def test_blocking_work_gives_its_result_or_its_error(probe):
    async def works(context):
        return {"sum": await context.blocking(lambda: 1 + 1)}

    def refuse():
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    async def fails(context):
        return await context.blocking(refuse)

    assert probe.all([scripted(works)])[0].facts == {"sum": 2}
    assert probe.all([scripted(fails)])[0].reason is Reason.REFUSED


def test_more_blocking_work_than_threads_waits_its_turn(probe):
    async def works(context):
        return {"n": await context.blocking(lambda: time.sleep(0.01) or 1)}

    outcomes = probe.all([scripted(works) for _ in range(60)])

    assert {outcome.status for outcome in outcomes} == {Status.UP}


def test_hundreds_of_probes_run_at_once(probe):
    barrier = {"here": 0}

    def answer(request):
        barrier["here"] += 1
        return ok(request.path)

    with HttpServer(answer) as server:
        checks = [
            HttpCheck.parse({"url": f"{server.url}/{n}", "keyword": f"/{n}"}) for n in range(400)
        ]
        outcomes = probe.all([ProbeJob(check, 20.0) for check in checks])

    assert {outcome.status for outcome in outcomes} == {Status.UP}
    assert barrier["here"] == 400


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_pins_of_the_same_name_do_not_mix(probe):
    with HttpServer(ok("four")) as four, HttpServer(ok("six"), host="::1", port=four.port):
        url = f"http://localhost:{four.port}/"
        jobs = [
            ProbeJob(HttpCheck.parse({"url": url, "ip_version": version, "keyword": word}), 20.0)
            for _ in range(50)
            for version, word in (("ipv4", "four"), ("ipv6", "six"))
        ]
        outcomes = probe.all(jobs)

    assert {outcome.status for outcome in outcomes} == {Status.UP}


def test_one_probe_for_who_waits(config):
    with HttpServer(ok()) as server:
        outcome = probe_once(HttpCheck.parse({"url": server.url}), 5.0, config)

    assert isinstance(outcome, Outcome)
    assert outcome.status is Status.UP


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


def test_the_engine_gets_its_part_of_the_configuration():
    from kener.checks import engine_config  # noqa: PLC0415
    from kener.config import Config  # noqa: PLC0415

    settings = Config(_env_file=None, private_targets="deny", probe_denied_networks="192.0.2.0/24")
    made = engine_config(settings, lambda: 0)

    assert made.private_networks == ()
    assert [str(each) for each in made.denied_networks] == ["192.0.2.0/24"]
    assert made == engine_config(settings, made.clock)
    assert hash(made)


def test_an_engine_that_cannot_start_says_so():
    code = """
    import os, resource
    from kener.checks import Engine, EngineConfig
    most = os.open("/dev/null", os.O_RDONLY) + 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        Engine(EngineConfig(lambda: 0)).start()
    except RuntimeError as error:
        print(error)
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert told.stdout == "the engine could not start; see the log\n"
    assert "Too many open files" in told.stderr
