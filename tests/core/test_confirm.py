"""Confirmation: enough in a row, the mildest of them, and our own trouble aside."""

from hypothesis import given
from hypothesis import strategies as st

from kener.core.confirm import NEW_RUN, Rule, confirm, pending, resume
from kener.core.status import SEVERITY, Status, mildest

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN
LETTERS = {"u": UP, "g": DEGRADED, "d": DOWN, "?": UNKNOWN}

observed = st.lists(st.sampled_from([UP, DEGRADED, DOWN, UNKNOWN]), max_size=40)
rules = st.builds(Rule, st.integers(1, 4), st.integers(1, 4))


def follow(outcomes, rule=Rule(), run=NEW_RUN, start=0):  # noqa: B008 - frozen
    """The runs after each outcome; slot n is the nth outcome's."""
    runs = []
    for slot, status in enumerate(outcomes, start):
        run = confirm(run, status, slot, rule)
        runs.append(run)
    return runs


def confirmed(text, to_fail=2, to_recover=1):
    """What is confirmed after each letter."""
    rule = Rule(to_fail, to_recover)
    letter = {status: letter for letter, status in LETTERS.items()}
    return "".join(letter[run.confirmed] for run in follow(map(LETTERS.get, text), rule))


def test_the_first_up_counts_at_once_and_the_first_failure_does_not():
    assert confirmed("u", to_recover=3) == "u"
    assert confirmed("dd") == "?d"


def test_one_failure_among_ups_changes_nothing():
    assert confirmed("uduudu") == "uuuuuu"


def test_failures_in_a_row_are_confirmed_and_recovery_is_counted_on_its_own():
    assert confirmed("udddudu", to_fail=3) == "uuuduuu"
    assert confirmed("udduduu", to_recover=2) == "uuddddu"


def test_not_up_outcomes_count_together_and_the_mildest_is_confirmed():
    assert confirmed("ugd") == "uug"
    assert confirmed("udg") == "uug"
    assert confirmed("udd") == "uud"


def test_getting_worse_or_milder_must_be_confirmed_too():
    assert confirmed("uddgdgd") == "uuddddd"
    assert confirmed("uddgg") == "uuddg"
    assert confirmed("uggdgdd") == "uuggggd"


def test_our_own_trouble_neither_ends_nor_confirms_a_failure():
    assert confirmed("ud?d") == "uuud"
    assert confirmed("ud?u") == "uuuu"
    assert confirmed("udd?d") == "uuddd"


def test_our_own_trouble_in_a_row_makes_unknown():
    assert confirmed("u??") == "uu?"
    assert confirmed("udd??u") == "uudd?u"
    assert confirmed("u??dd") == "uu??d"


def test_the_run_tells_since_when():
    assert follow([UP, DOWN, DOWN])[-1].since == 1
    assert follow([UP, DOWN, UNKNOWN, DOWN])[-1].since == 1
    assert follow([UP, UNKNOWN, UNKNOWN])[-1].unknown_since == 1
    assert follow([DOWN, DOWN, UP, UP], Rule(2, 2))[-1].since == 2


def test_a_failure_is_pending_until_it_is_confirmed():
    rule = Rule(to_fail=3)
    runs = follow([UP, DOWN, DOWN, DOWN, DOWN, UP], rule)

    assert [pending(run, rule) for run in runs] == [False, True, True, False, False, False]


def test_getting_worse_is_pending_and_getting_milder_is_not():
    worse, milder = follow([DEGRADED, DEGRADED, DOWN]), follow([DOWN, DOWN, DEGRADED])

    assert pending(worse[-1], Rule())
    assert not pending(milder[-1], Rule())


def test_nothing_is_known_after_a_gap():
    run = follow([UP, UP, DOWN])[-1]

    assert resume(run, observed_until=10, slot=10) == run
    assert resume(run, observed_until=10, slot=11) == NEW_RUN


@given(observed, rules)
def test_it_takes_as_many_in_a_row_as_the_rule_says(outcomes, rule):
    before = UNKNOWN
    for index, run in enumerate(follow(outcomes, rule)):
        now = run.confirmed
        if now is not before:
            known = [each for each in outcomes[: index + 1] if each is not UNKNOWN]
            if now is UNKNOWN:
                assert outcomes[index + 1 - rule.to_fail : index + 1] == [UNKNOWN] * rule.to_fail
            elif now is UP:
                needed = 1 if before is UNKNOWN else rule.to_recover
                assert known[-needed:] == [UP] * needed
            else:
                last = known[-rule.to_fail :]
                assert len(last) == rule.to_fail
                assert UP not in last
                assert min(SEVERITY[each] for each in last) >= SEVERITY[now]
        before = now


@given(observed, rules)
def test_what_goes_on_for_long_enough_is_confirmed(outcomes, rule):
    run = follow(outcomes, rule)[-1] if outcomes else NEW_RUN
    for status in (UP, DEGRADED, DOWN, UNKNOWN):
        longest = 2 * max(rule.to_fail, rule.to_recover)
        assert follow([status] * longest, rule, run, start=100)[-1].confirmed is status


@given(observed, rules)
def test_more_of_what_is_confirmed_changes_nothing(outcomes, rule):
    run = follow(outcomes, rule)[-1] if outcomes else NEW_RUN
    again = follow([run.confirmed] * 5, rule, run, start=100)

    assert {each.confirmed for each in again} == {run.confirmed}


@given(st.lists(st.sampled_from([DEGRADED, DOWN]), min_size=1, max_size=6))
def test_the_first_confirmation_is_the_mildest_of_its_run(failures):
    run = follow([UP, *failures], Rule(to_fail=len(failures)))[-1]

    assert run.confirmed is mildest(failures)


@given(observed, rules)
def test_up_is_never_confirmed_by_anything_but_an_up(outcomes, rule):
    before = UNKNOWN
    for status, run in zip(outcomes, follow(outcomes, rule), strict=True):
        assert not (run.confirmed is UP and before is not UP and status is not UP)
        before = run.confirmed


@given(observed, rules)
def test_a_transition_is_dated_from_the_first_probe_that_said_so(outcomes, rule):
    before = UNKNOWN
    for index, run in enumerate(follow(outcomes, rule)):
        if run.confirmed is not before:
            since = run.unknown_since if run.confirmed is UNKNOWN else run.since
            assert since is not None
            stretch = [each for each in outcomes[since : index + 1] if each is not UNKNOWN]
            if run.confirmed is UP:
                assert set(stretch) == {UP}
            else:
                assert UP not in stretch
        before = run.confirmed
