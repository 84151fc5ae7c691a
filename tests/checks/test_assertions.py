"""Assertions, judged on values as a probe of an engine would see them."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from kener.checks import Check
from kener.checks._assertions import (
    NONE,
    Assertions,
    Missing,
    assertions_field,
    check_sources,
    failing,
    looking,
)
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

SOURCES = ("status", "body", "json:", "header:")


class Asserting(Check):
    """Judges what it is told that it saw."""

    kind: ClassVar[str] = "asserting"
    label: ClassVar[str] = "Asserting"

    assertions: Assertions = assertions_field(*SOURCES)

    def target(self) -> str:
        return "nothing"

    async def probe(self, context) -> Mapping[str, Any]:
        failure = await failing(self.assertions, looking(context.extra, ("header",)), context)
        if failure:
            raise failure
        return {}


def check(*assertions: Mapping[str, Any]) -> Asserting:
    return Asserting.parse({"assertions": list(assertions)})


def judged(probe, seen: Mapping[str, Any], *assertions: Mapping[str, Any]):
    return probe(check(*assertions), extra=seen)


TRUE = [
    ("status", 200, "equals", 200),
    ("status", 200, "equals", "200"),
    ("status", 200, "not", 500),
    ("status", 200, "in", [200, 204]),
    ("status", 200, "in", "200, 204"),
    ("status", 200, "<", 300),
    ("status", 200, ">=", "200"),
    ("body", "all fine", "contains", "fine"),
    ("body", "all fine", "not_contains", "error"),
    ("body", "v1.20", "matches", r"^v1\.\d+$"),
    ("body", "v1.20", "not_matches", "beta"),
    ("body", "x", "exists", None),
    ("json:$.ok", {"ok": True}, "equals", True),
    ("json:$.ok", {"ok": True}, "equals", "true"),
    ("json:$.ok", {"ok": None}, "equals", None),
    ("json:$.n", {"n": 1.5}, "<=", 1.5),
    ("json:$.list", {"list": [1, "b"]}, "contains", "b"),
    ("json:$.list", {"list": [1, "b"]}, "contains", 1),
    ("json:$.list", {"list": [1, "b"]}, "equals", [1, "b"]),
    ("json:$.list.length()", {"list": [1, "b"]}, "equals", 2),
    ("json:$[*].s", [{"s": "up"}, {"s": "down"}], "contains", "down"),
    ("json:$.object", {"object": {"key": 1}}, "contains", "key"),
    ("json:$.gone", {}, "exists", False),
]
FALSE = [
    ("status", 200, "equals", 201),
    ("status", 200, "in", [201]),
    ("status", 200, ">", 200),
    ("body", "all fine", "contains", "FINE"),
    ("body", "abc", "<", 5),
    ("body", "nan", "<", 5),
    ("body", "v2", "matches", "^v1"),
    ("json:$.ok", {"ok": True}, "equals", 1),
    ("json:$.ok", {"ok": False}, "equals", True),
    ("json:$.gone", {}, "equals", None),
    ("json:$.gone", {}, "not", "x"),
    ("json:$.there", {"there": None}, "exists", False),
]


def one(source, seen, op, value):
    return {source.partition(":")[0]: seen}, {"source": source, "op": op, "value": value}


@pytest.mark.parametrize("case", TRUE, ids=lambda case: f"{case[0]} {case[2]} {case[3]}")
def test_what_is_true_is_up(probe, case):
    seen, assertion = one(*case)

    assert judged(probe, seen, assertion).status is Status.UP


@pytest.mark.parametrize("case", FALSE, ids=lambda case: f"{case[0]} {case[2]} {case[3]}")
def test_what_is_not_true_is_down(probe, case):
    seen, assertion = one(*case)
    outcome = judged(probe, seen, assertion)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert len(outcome.facts["failed_assertions"]) == 1


def test_each_failed_assertion_is_named_with_what_was_seen(probe):
    outcome = judged(
        probe,
        {"status": 503, "body": "sorry", "json": {"state": "degraded"}},
        {"source": "status", "op": "equals", "value": 200},
        {"source": "body", "op": "contains", "value": "sorry"},
        {"source": "json:$.state", "op": "equals", "value": "ok"},
        {"source": "json:$.version", "op": "exists"},
    )

    assert outcome.detail == (
        "expected status equals 200, got 503; expected json:$.state equals “ok”, got “degraded”; "
        "json:$.version is missing"
    )
    assert outcome.facts["failed_assertions"] == [
        "status equals 200",
        "json:$.state equals “ok”",
        "json:$.version exists",
    ]


def test_only_mild_ones_failing_is_degraded(probe):
    mild = {"source": "status", "value": 200, "severity": "degraded"}
    hard = {"source": "body", "value": "fine"}

    assert judged(probe, {"status": 201, "body": "fine"}, mild, hard).status is Status.DEGRADED
    assert judged(probe, {"status": 201, "body": "no"}, mild, hard).status is Status.DOWN


def test_what_could_not_be_seen_says_why(probe):
    outcome = judged(
        probe, {"json": Missing("the answer is not JSON")}, {"source": "json:$.a", "value": 1}
    )

    assert outcome.detail == "expected json:$.a equals 1, but the answer is not JSON"


def test_what_was_seen_is_cut_to_a_sane_length(probe):
    many = [{"source": "body", "value": f"{number}" * 50} for number in range(20)]
    outcome = judged(probe, {"body": "x" * 100_000}, *many)

    assert len(outcome.detail) <= 400


def test_a_catastrophic_pattern_is_stopped_and_holds_up_nobody(probe, engine):
    slow = check({"source": "body", "op": "matches", "value": r"(?:x+x+)+y"})
    quick = check({"source": "body", "value": "x"})
    jobs = [(slow, {"body": "x" * 50_000}), *[(quick, {"body": "x"})] * 20]
    loops_lag = engine._lag.lagged_since

    began = time.monotonic()
    outcomes = [probe(each, extra=seen) for each, seen in jobs]

    assert "took too long" in outcomes[0].detail
    assert outcomes[0].status is Status.DOWN
    assert {each.status for each in outcomes[1:]} == {Status.UP}
    assert not loops_lag(began)


@pytest.mark.parametrize(
    ("assertion", "where"),
    [
        ({"source": "status", "op": "like"}, "assertions.0.op"),
        ({"source": "", "value": 1}, "assertions.0.source"),
        ({"source": "json:$..a", "value": 1}, "assertions.0.source"),
        ({"source": "body", "op": "matches", "value": "("}, "assertions.0"),
        ({"source": "body", "op": "matches", "value": 5}, "assertions.0"),
        ({"source": "status", "op": "<", "value": "many"}, "assertions.0"),
        ({"source": "status", "op": "in", "value": 5}, "assertions.0"),
        ({"source": "status", "op": "exists", "value": [1]}, "assertions.0"),
        ({"source": "status", "code": "import os"}, "assertions.0.code"),
        ({"source": "status", "severity": "mild"}, "assertions.0.severity"),
        ({"source": "status", "value": {"a": 1}}, "assertions.0.value"),
    ],
)
def test_bad_assertions_are_named_where_they_are(assertion, where):
    with pytest.raises(Invalid) as refused:
        check(assertion)

    assert all(each.startswith(where) for each in refused.value.problems)


@pytest.mark.parametrize("source", ["latency", "header", "status:200", "json"])
def test_a_source_this_kind_does_not_have_is_refused(source):
    parsed = check({"source": source, "value": 1}).assertions

    with pytest.raises(ValueError, match="here there is status, body, json:…, header:…"):
        check_sources(parsed, *SOURCES)


def test_no_assertions_is_the_default():
    assert Asserting.parse({}).assertions is NONE


@pytest.mark.parametrize("value", ["x" * 2001, {"a": 1}, [["nested"]], ["x"] * 101])
def test_a_value_that_cannot_be_compared_is_one_plain_problem(value):
    with pytest.raises(Invalid) as refused:
        check({"source": "body", "op": "not", "value": value})

    assert refused.value.problems == {
        "assertions.0.value": "must be a text of at most 2000 characters, a number, true, false,"
        " null, or a list of at most 100 of these"
    }
