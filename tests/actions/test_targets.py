"""Publish targets: their settings, and that their secrets stay where they belong."""

import json

import mirrors
import pytest
from senders import SETTINGS

from kener.actions.sending import send_due
from kener.actions.targets import create_target, delete_target, send_again, update_target
from kener.core.errors import Conflict, Invalid
from kener.store.tables import Target, TargetFile, TargetRun

NOW = mirrors.NOW
pytestmark = pytest.mark.usefixtures("sealing")


def test_secrets_are_sealed_and_masked_and_kept_when_the_place_is_the_same(desk):
    target = desk.add()
    assert "very secret" not in json.dumps(target.settings)
    kept = {**SETTINGS, "secret_access_key": "***", "region": "eu-west-1"}
    with desk.database.write() as session:
        found = session.get(Target, target.id)
        update_target(session, found, {"name": "New", "settings": kept}, NOW, desk.here, 1)
    elsewhere = {**kept, "endpoint": "http://127.0.0.2:9"}
    with desk.database.write() as session:
        found = session.get(Target, target.id)
        with pytest.raises(Invalid) as refused:
            update_target(session, found, {"name": "New", "settings": elsewhere}, NOW, desk.here)
        with pytest.raises(Conflict):
            update_target(session, found, {"name": "New", "settings": kept}, NOW, desk.here, 1)
    assert list(refused.value.problems) == ["settings.secret_access_key"]


def test_what_is_wrong_is_told_by_field(desk):
    fields = {"name": "", "address": "x", "settings": {**SETTINGS, "bucket": "a b"}}
    with desk.database.write() as session, pytest.raises(Invalid) as refused:
        create_target(session, "s3", fields, NOW, desk.here)

    assert set(refused.value.problems) == {"name", "address", "settings.bucket"}


def test_closed_networks_are_refused_when_they_are_written_out(desk, config):
    with desk.database.write() as session, pytest.raises(Invalid) as refused:
        create_target(session, "s3", {"name": "x", "settings": SETTINGS}, NOW, config)

    assert "127.0.0.1 is not a public address" in refused.value.problems["settings"]


def test_everything_can_be_sent_again(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)
    send_due(desk.sender)
    with desk.database.write() as session:
        assert session.query(TargetFile).count() == 3
        send_again(session, session.get(Target, target.id))
        assert session.query(TargetFile).count() == 0
    send_due(desk.sender)

    assert desk.host.builds == [("status", 1)] * 2


def test_a_target_goes_with_all_that_is_known_of_it(desk):
    target = desk.add()
    mirrors.publish(desk.here, 1)
    send_due(desk.sender)
    kept = desk.here.target_dir(target.public_id)
    (kept / "objects").mkdir(parents=True)
    with desk.database.write() as session:
        delete_target(session, session.get(Target, target.id), desk.here)
    with desk.database.read() as session:
        assert session.query(TargetFile).count() == session.query(TargetRun).count() == 0
    assert not kept.exists()
