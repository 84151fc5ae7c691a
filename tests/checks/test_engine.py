"""The engine: what becomes of a probe, and of very many at once."""

import asyncio
import subprocess
import sys
import textwrap

import pytest
from checks.conftest import wait_until
from checks.scripts import Scripted, scripted
from checks.servers import HttpServer, has_ipv6, ok

from kener.checks import ProbeJob, check_types, probe_once
from kener.checks._bugs import Bugs
from kener.checks.http import HttpCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status


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
