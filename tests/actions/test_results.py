"""What recorded outcomes set in motion."""

import pytest
from actions.outcomes import BROKEN, DOWN, MINUTE, UP, rows, spans, told, watch
from factories import NOW, a_monitor, the_location
from sqlalchemy import event, select

from kener.actions.monitors import pause_monitor, resume_monitor
from kener.actions.results import Probed, record
from kener.core.instant import iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.claims import next_due, take
from kener.store.tables import Observation, Publication, Result, Schedule

__all__ = ["watch"]


def dirty(session):
    return session.scalar(select(Publication.dirty_seq))


def test_an_outcome_is_kept_as_result_and_as_what_was_seen_last(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)

    (result,) = rows(session, Result)
    assert (result.due_at, result.status, result.latency_us) == (NOW, Status.UP, 12346)
    assert (result.reason, result.detail) == (None, None)
    (seen,) = rows(session, Observation)
    assert (seen.slot_at, seen.observed, seen.confirmed) == (NOW, Status.UP, Status.UP)
    assert seen.observed_until == NOW + 2 * MINUTE
    assert (seen.phases, seen.facts) == ({"connect": 1.5}, {"status_code": 200})


def test_reason_and_detail_are_kept_of_what_was_not_up(session, watch):
    monitor = a_monitor(session)
    watch(monitor, DOWN)

    (result,) = rows(session, Result)
    assert (result.reason, result.detail) == (Reason.REFUSED, "connection refused")
    assert result.latency_us is None


def test_jobs_are_started_only_after_the_commit_and_once(session, watch, jobs):
    one, other = a_monitor(session), a_monitor(session)
    watch(one, UP, DOWN, DOWN)
    watch(other, UP, DOWN, DOWN)
    assert jobs == []

    session.commit()
    assert sorted(jobs) == [("kener.jobs.dispatch", ()), ("kener.jobs.publish", ())]


def test_the_page_is_dirty_after_a_transition_and_not_otherwise(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)
    before = dirty(session)
    watch(monitor, UP, DOWN, UP, first=1)
    assert dirty(session) == before

    watch(monitor, DOWN, DOWN, first=4)
    assert dirty(session) == before + 1


def test_an_old_slot_is_skipped(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP, UP, first=1)
    watch(monitor, DOWN, DOWN)

    assert [each.due_at for each in rows(session, Result)] == [NOW + MINUTE, NOW + 2 * MINUTE]
    assert spans(session, monitor) == [(Status.UP, 1, None)]


def test_outcomes_of_one_batch_count_in_the_order_of_their_slots(session):
    monitor, here = a_monitor(session), the_location(session).id
    outcomes = [UP, DOWN, DOWN, UP]
    batch = [
        Probed(monitor.id, here, NOW + minute * MINUTE, outcome)
        for minute, outcome in enumerate(outcomes)
    ]
    record(session, batch[::-1], NOW + 4 * MINUTE)

    assert spans(session, monitor) == [(Status.UP, 0, 1), (Status.DOWN, 1, 3), (Status.UP, 3, None)]
    assert told(session) == ["monitor.down", "monitor.up"]
    assert len(rows(session, Result)) == 4


def test_a_pending_failure_wants_a_quick_recheck(session, watch):
    monitor = a_monitor(session, due_at=NOW)
    here = the_location(session).id
    take(session, here, NOW, 10)
    watch(monitor, DOWN)

    assert next_due(session, here) == NOW + 10_000
    (schedule,) = rows(session, Schedule)
    assert schedule.regular_at == NOW + MINUTE


@pytest.mark.parametrize(
    ("outcome", "given"),
    [(UP, {}), (DOWN, {"retry_interval": 0}), (DOWN, {"to_fail": 1}), (BROKEN, {})],
)
def test_where_nothing_is_pending_there_is_no_recheck(session, watch, outcome, given):
    monitor = a_monitor(session, due_at=NOW + 10 * MINUTE, **given)
    watch(monitor, outcome)

    assert [each.due_at for each in rows(session, Schedule)] == [NOW + 10 * MINUTE]


def test_a_paused_monitors_late_outcome_is_dropped(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)
    pause_monitor(session, monitor, NOW + 10)
    watch(monitor, DOWN, DOWN, first=1)

    assert len(rows(session, Result)) == 1
    assert told(session) == []


def test_a_resumed_monitor_goes_on(session, watch):
    monitor = a_monitor(session)
    watch(monitor, UP)
    pause_monitor(session, monitor, NOW + MINUTE)
    resume_monitor(session, monitor, NOW + 5 * MINUTE)
    watch(monitor, UP, first=5)

    assert [each for each in spans(session, monitor) if each[1] != each[2]] == [
        (Status.UP, 0, 1),
        (Status.UNKNOWN, 1, 5),
        (Status.UP, 5, None),
    ]


def test_a_deleted_monitors_late_outcome_is_dropped(session):
    here = the_location(session).id
    record(session, [Probed(4711, here, NOW, DOWN)], NOW)

    assert rows(session, Result) == []


def test_a_cron_is_observed_until_its_next_slot(session, watch):
    monitor = a_monitor(session, cron="0 3 * * *", time_zone="Europe/Berlin")
    watch(monitor, UP)

    (seen,) = rows(session, Observation)
    assert iso(seen.observed_until) == "2026-03-11T02:00:20Z"


def test_what_a_target_sends_cannot_break_the_record(session, watch):
    monitor = a_monitor(session)
    hostile = Outcome(Status.DOWN, Reason.MISMATCH, "nul\0" * 1000)
    watch(monitor, hostile)

    (result,) = rows(session, Result)
    assert len(result.detail) <= 500
    assert "\0" not in result.detail


def test_signs_that_would_move_other_text_about_are_not_kept(session, watch):
    monitor = a_monitor(session)
    said = "\x1b[31mred\r\nnext \u202eback\u2066 \ufeffgrüezi 你好 \U0001f600"
    watch(monitor, Outcome(Status.DOWN, Reason.REPORTED, said, facts={"banner": said}))

    clean = " [31mred  next  back   grüezi 你好 \U0001f600"
    (result,), (seen,) = rows(session, Result), rows(session, Observation)
    assert (result.detail, seen.facts["banner"]) == (clean, clean)


def test_nul_in_facts_is_no_harm(session, watch):
    monitor = a_monitor(session)
    watch(monitor, Outcome(Status.UP, facts={"banner": "a\0b", "lines": ["c\0"]}))

    (seen,) = rows(session, Observation)
    assert seen.facts == {"banner": "ab", "lines": ["c"]}


@pytest.mark.parametrize("outcome", [UP, DOWN])
def test_the_number_of_statements_does_not_grow_with_the_batch(database, outcome):
    def statements(count):
        with database.write() as session:
            here = the_location(session).id
            monitors = [a_monitor(session) for _ in range(count)]
            batch = [
                Probed(each.id, here, NOW + minute * MINUTE, outcome)
                for minute in range(3)
                for each in monitors
            ]
            session.flush()
            seen = []
            event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
            record(session, batch[: count * 2], NOW)
            session.flush()
        # Events are rare, and each is a row with a number of its own.
        return len([each for each in seen if not each.startswith("INSERT INTO events")])

    few = statements(2)
    assert few == statements(100)
    assert few <= 12
