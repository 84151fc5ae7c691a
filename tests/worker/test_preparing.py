"""From a claim to a probe."""

import pytest
from factories import NOW, a_monitor, the_location
from sqlalchemy import event

from kener.actions.secrets import set_secret
from kener.checks import Cached, LastPing, MemberStatus, ProbeJob
from kener.checks import PushedStatus as PushedValue
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.claims import Claim
from kener.store.settings import seal_settings
from kener.store.tables import Heartbeat, Observation, PushedStatus, Secret
from kener.worker.preparing import Preparing

pytestmark = pytest.mark.usefixtures("sealing")


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def statements(session, database):
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    return seen


def claim_of(session, monitor):
    return Claim(monitor.id, the_location(session).id, NOW, monitor.version)


def test_settings_are_read_and_parsed_once_for_each_version(session, statements):
    claims = [claim_of(session, a_monitor(session, timeout=3.0)) for _ in range(50)]
    preparing = Preparing()
    statements.clear()
    first = preparing.prepare(session, claims)
    second = preparing.prepare(session, claims)

    assert len(statements) == 1
    assert [each[1].check for each in first] == [each[1].check for each in second]
    assert all(a[1].check is b[1].check for a, b in zip(first, second, strict=True))
    assert first[0][1].timeout_s == 3.0


def test_an_edit_is_seen(session):
    monitor, preparing = a_monitor(session), Preparing()
    preparing.prepare(session, [claim_of(session, monitor)])
    monitor.settings = monitor.settings | {"port": 4711}
    monitor.version += 1
    session.flush()
    ((_, job),) = preparing.prepare(session, [claim_of(session, monitor)])

    assert job.check.port == 4711


def test_a_monitor_deleted_meanwhile_is_left_out(session):
    claim = claim_of(session, a_monitor(session))

    assert Preparing().prepare(session, [claim._replace(monitor_id=4711)]) == []


def test_last_pings_are_read_in_one_query(session, statements):
    monitors = [a_monitor(session, kind="heartbeat", settings={}) for _ in range(20)]
    for number, monitor in enumerate(monitors[1:]):
        session.add(
            Heartbeat(
                monitor_id=monitor.id,
                token_hash=f"hash {number}",
                token_sealed="",
                pinged_at=NOW - number,
                failed=number == 3,
                message="well",
            )
        )
    session.flush()
    claims = [claim_of(session, each) for each in monitors]
    statements.clear()
    prepared = Preparing().prepare(session, claims)

    assert len(statements) == 2
    jobs = [job for _, job in prepared]
    assert all(isinstance(job, ProbeJob) for job in jobs)
    assert jobs[0].extra["last_ping"] == LastPing()
    assert jobs[4].extra["last_ping"] == LastPing(NOW - 3, True, "well", None)


def test_what_several_kinds_need_is_read_in_one_query_each(session, statements):
    tcp = a_monitor(session)
    group = {"members": [tcp.public_id]}
    kinds = [("group", group), ("manual", {}), ("domain", {"domain": "example.org"})]
    monitors = [a_monitor(session, kind=kind, settings=settings) for kind, settings in kinds * 10]
    session.add(
        PushedStatus(monitor_id=monitors[1].id, status=Status.DOWN, message="no", pushed_at=NOW)
    )
    for number, monitor in enumerate([tcp, monitors[2]]):
        session.add(
            Observation(
                monitor_id=monitor.id,
                location_id=the_location(session).id,
                slot_at=NOW - number,
                observed_until=NOW + 1,
                observed=Status.UP,
                confirmed=Status.UP,
                run_status=Status.UP,
                facts={"domain": "example.org"},
            )
        )
    session.flush()
    statements.clear()
    claims = [claim_of(session, each) for each in [tcp, *monitors]]
    statements.clear()
    jobs = [job for _, job in Preparing().prepare(session, claims)]

    assert len(statements) == 1 + 3
    members = {tcp.public_id: MemberStatus(tcp.name, Status.UP)}
    assert jobs[0].extra == {}
    assert jobs[1].extra == {"member_statuses": members}
    assert jobs[2].extra == {"pushed_status": PushedValue(Status.DOWN, "no", NOW)}
    assert jobs[3].extra == {"cache": Cached({"domain": "example.org"}, NOW - 1)}
    assert (jobs[5].extra, jobs[6].extra) == ({}, {})


def test_a_member_that_nobody_watched_lately_is_unknown(session):
    tcp = a_monitor(session)
    group = a_monitor(session, kind="group", settings={"members": [tcp.public_id]})
    session.add(
        Observation(
            monitor_id=tcp.id,
            location_id=the_location(session).id,
            slot_at=NOW - 100,
            observed_until=NOW,
            observed=Status.UP,
            confirmed=Status.UP,
            run_status=Status.UP,
        )
    )
    session.flush()
    ((_, job),) = Preparing().prepare(session, [claim_of(session, group)])

    assert job.extra["member_statuses"][tcp.public_id].status is Status.UNKNOWN


def shops(session, *tokens):
    own = [{"url": "http://127.0.0.1/", "bearer_token": token} for token in tokens]
    sealed = [seal_settings(each, {"bearer_token"}) for each in own]
    return [a_monitor(session, kind="http", settings=each) for each in sealed]


def test_secrets_are_put_in_their_places_in_one_query(session, statements):
    for name in ("ONE", "TWO"):
        set_secret(session, name, {"value": f"value of {name}"}, NOW)
    monitors = shops(session, *["{{ secret.ONE }}", "x {{secret.TWO}} y"] * 10)
    claims = [claim_of(session, each) for each in monitors]
    preparing = Preparing()
    statements.clear()
    jobs = [job for _, job in preparing.prepare(session, claims)]
    preparing.prepare(session, claims)

    assert len(statements) == 2
    told = {job.check.bearer_token.get_secret_value() for job in jobs}
    assert told == {"value of ONE", "x value of TWO y"}
    assert not any("value of" in repr(job) for job in jobs)


def test_a_secret_that_is_missing_or_lost_is_named_and_others_are_probed(session):
    for name in ("GOOD", "LOST"):
        set_secret(session, name, {"value": "value"}, NOW)
    session.query(Secret).filter_by(name="LOST").one().value_sealed = "enc:v1:0000:AAAA"
    session.flush()
    monitors = shops(session, "{{ secret.GOOD }}", "{{ secret.LOST }}", "{{ secret.GONE }}")
    jobs = [
        job for _, job in Preparing().prepare(session, [claim_of(session, m) for m in monitors])
    ]

    assert isinstance(jobs[0], ProbeJob)
    for outcome, name in zip(jobs[1:], ("LOST", "GONE"), strict=True):
        assert isinstance(outcome, Outcome)
        assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.SECRET_LOST)
        assert name in outcome.detail


def test_a_changed_secret_is_seen(session):
    set_secret(session, "ONE", {"value": "old"}, NOW)
    (monitor,) = shops(session, "{{ secret.ONE }}")
    preparing = Preparing()
    preparing.prepare(session, [claim_of(session, monitor)])
    set_secret(session, "ONE", {"value": "new"}, NOW)
    session.refresh(monitor)
    ((_, job),) = preparing.prepare(session, [claim_of(session, monitor)])

    assert job.check.bearer_token.get_secret_value() == "new"


def test_a_secret_that_does_not_fit_any_more_is_not_quoted(session, caplog):
    set_secret(session, "ONE", {"value": "hunter2\nhunter2"}, NOW)
    own = {"url": "http://127.0.0.1/", "secret_headers": "{{ secret.ONE }}"}
    monitor = a_monitor(session, kind="http", settings=own)
    ((_, outcome),) = Preparing().prepare(session, [claim_of(session, monitor)])

    assert outcome.reason is Reason.NOT_SUPPORTED
    assert "secret_headers" in outcome.detail
    assert "hunter2" not in outcome.detail + caplog.text
