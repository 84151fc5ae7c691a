"""The domain check, while a registry or the list of registries cannot be asked."""

import threading

import pytest
from checks.of_domain import answer, in_days, look, registry
from checks.servers import ok, silent, to

from kener.checks import Cached
from kener.checks.domain import DomainCheck
from kener.core.instant import DAY, HOUR, MINUTE, iso
from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["look", "registry"]


@pytest.mark.parametrize("name", ["example.nowhere", "example.none"])
def test_a_registry_without_rdap_is_unknown_and_named(look, name):
    outcome = look(DomainCheck.parse({"domain": name}))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert name.split(".")[1] in outcome.detail


FAILURES = {
    "429": ok("", "429 Too Many Requests"),
    "500": ok("", "500 Internal Server Error"),
    "no JSON": ok("<html>"),
    "a list": ok("[]"),
    "a huge number": ok("1" * 5000),
    "deeply nested": ok("[" * 100_000),
    "too long": ok('"' + "x" * 1_100_000 + '"'),
    "nonsense": to("http://[/"),
    "a file": to("file:///etc/passwd"),
    "cloud metadata": to("http://169.254.169.254/"),
    "hangs up": b"",
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_registry_that_cannot_be_asked_says_nothing_of_the_name(registry, look, name):
    registry.said = FAILURES[name]
    outcome = look()

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.UNREACHABLE)
    assert outcome.detail.startswith("the registry could not be asked: ")


def test_a_registry_that_does_not_answer_in_time_says_nothing_of_the_name(registry, look):
    with silent() as port:
        registry.list = {"services": [[["test"], [f"http://127.0.0.1:{port}/"]]]}
        outcome = look(timeout_s=0.3)

    assert outcome.status is Status.UNKNOWN
    assert "no answer in time" in outcome.detail


def known(look, days=100, age=3 * DAY, **more):
    facts = {
        "domain": "example.test",
        "asked_at": iso(look.now - age),
        "expires_at": in_days(look, days),
    }
    return Cached(facts | more, look.now - MINUTE)


def test_what_was_told_within_a_week_is_believed_when_the_registry_fails_and_it_says_so(
    registry, look
):
    registry.said = FAILURES["429"]
    well, ending = look(cached=known(look)), look(cached=known(look, 20))

    assert well.status is Status.UP
    note = "the registry could not be asked: it was asked too often (429); told 3 days ago"
    assert well.facts["note"] == note
    assert well.facts["failed_at"] == iso(look.now)
    assert ending.detail == f"the registration ends in 20 days ({note})"


def test_what_was_told_longer_ago_is_not(registry, look):
    registry.said = FAILURES["500"]
    outcome = look(cached=known(look, age=7 * DAY))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.UNREACHABLE)


def test_a_registry_that_failed_is_left_alone_for_a_while(registry, look):
    registry.said = answer(in_days(look, 400))
    soon = look(cached=known(look, failed_at=iso(look.now - MINUTE)))
    later = look(cached=known(look, failed_at=iso(look.now - HOUR)))

    assert (soon.facts["days"], later.facts["days"]) == (100, 400)
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (ok("", "503 Service Unavailable"), "it answered 503"),
        (ok("", "404 Not Found"), "it answered 404"),
        ({"services": [5, [[], []], [["test"], [5]], "x"]}, "it is empty"),
        ([], "it is empty"),
    ],
)
def test_without_the_list_nothing_is_known_and_it_is_not_asked_for_without_end(
    registry, look, said, why
):
    registry.list = said
    outcomes = [look() for _ in range(3)]

    assert {each.status for each in outcomes} == {Status.UNKNOWN}
    assert f"the list of registries cannot be read: {why}" in outcomes[-1].detail
    assert len(registry.received) == 1
    registry.list = None
    registry.said = answer(in_days(look, 100))
    look.now += MINUTE
    assert look().status is Status.UP


def test_yesterdays_list_will_do_while_there_is_no_new_one(registry, look):
    registry.said = answer(in_days(look, 100))
    look()
    registry.list = ok("", "503 Service Unavailable")
    look.now += DAY

    assert look().status is Status.UP
    assert len(registry.received) == 4


def test_one_who_gives_up_waiting_for_the_list_does_not_spoil_it_for_others(registry, look):
    gate = threading.Event()
    asked = registry.services()

    def slow():
        gate.wait(5)
        return asked

    registry.list = slow
    registry.said = answer(in_days(look, 100))
    impatient = look(timeout_s=0.2)
    gate.set()

    assert impatient.status is Status.UNKNOWN
    assert look().status is Status.UP
