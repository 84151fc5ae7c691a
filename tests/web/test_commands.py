"""What is done from a shell."""

import pytest
from factories import a_monitor, a_webhook
from sqlalchemy import select, text

from app import create_app
from kener.config import Config
from kener.store import secrets
from kener.store.tables import ApiKey, Heartbeat, Member, Monitor, Secret, Webhook
from kener.web.database import db

PASSWORD = "a long enough password"


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def create_owner(run, email="Owner@Example.org", password=PASSWORD):
    return run(args=["owner", "create", "--email", email, "--password-stdin"], input=password)


def create_key(run, *more, permission="read:monitors"):
    return run(args=["keys", "create", "--name", "ci", "--permission", permission, *more])


def test_an_owner_is_created(run, database):
    result = create_owner(run, password=PASSWORD + "\n")

    assert (result.exit_code, result.stderr) == (0, "")
    with database.read() as session:
        member = session.scalars(select(Member)).one()
    assert member.email == "owner@example.org"
    assert PASSWORD not in member.password_hash + result.output


def test_a_new_database_gets_its_tables_first(tmp_path):
    config = Config(_env_file=None, data_dir=tmp_path, secret_key="k" * 32)
    app = create_app(config)

    result = create_key(app.test_cli_runner().invoke)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("kener_")
    with app.app_context():
        db.engine.dispose()


def test_a_database_that_is_damaged_is_one_line_without_any_value(run, database):
    with database.write() as session:
        session.execute(text("ALTER TABLE api_keys RENAME COLUMN secret_hash TO lost"))
    result = create_key(run)
    with database.write() as session:
        session.execute(text("ALTER TABLE api_keys RENAME COLUMN lost TO secret_hash"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("kener: the database refused: ")
    assert result.stderr.count("\n") == 1


def test_a_bad_owner_is_one_line_and_exit_2(run, database):
    result = create_owner(run, email="nobody", password="short")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("kener: ")
    assert result.stderr.count("\n") == 1
    assert "short" not in result.stderr.replace("too short", "")
    with database.read() as session:
        assert session.scalars(select(Member)).all() == []


def test_a_password_is_never_an_argument(run):
    assert run(args=["owner", "create", "--email", "a@example.org"]).exit_code == 2


def test_a_key_is_printed_alone(run, database):
    result = create_key(run)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("kener_")
    assert result.stdout.count("\n") == 1
    with database.read() as session:
        key = session.scalars(select(ApiKey)).one()
    assert (key.name, key.permissions, key.expires_at) == ("ci", ["read:monitors"], None)
    assert key.public_id in result.stdout


@pytest.mark.parametrize("when", ["2099-01-31", "2099-01-31T12:00:00+02:00", "90d"])
def test_a_key_can_expire(run, database, when):
    assert create_key(run, "--expires", when).exit_code == 0
    with database.read() as session:
        assert session.scalars(select(ApiKey)).one().expires_at is not None


def test_a_key_can_be_kept_to_addresses_and_a_rate(run, database):
    limits = ["--address", "192.0.2.7", "--address", "10.0.0.0/8", "--rate-limit", "30"]

    assert create_key(run, *limits).exit_code == 0
    with database.read() as session:
        key = session.scalars(select(ApiKey)).one()
    assert (key.addresses, key.rate_limit) == (["192.0.2.7/32", "10.0.0.0/8"], 30)


def test_keys_are_listed_without_their_secrets_and_revoked(run, database):
    secret = create_key(run).stdout.strip().rpartition("_")[2]
    with database.read() as session:
        name = session.scalars(select(ApiKey.public_id)).one()

    listed = run(args=["keys", "list"])
    gone = run(args=["keys", "revoke", name])

    assert listed.stdout == f"{name}\tactive\tci\tread:monitors\tnever used\n"
    assert secret not in listed.output
    assert (gone.exit_code, gone.stdout) == (0, "revoked the key ci\n")
    assert "\trevoked\t" in run(args=["keys", "list"]).stdout


def test_a_bad_key_is_one_line_and_exit_2(run):
    for result in (
        create_key(run, permission="everything"),
        create_key(run, "--expires", "soon"),
        create_key(run, "--address", "example.org"),
        create_key(run, "--rate-limit", "0"),
        run(args=["keys", "revoke", "nobody"]),
    ):
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1


def test_rekeying_moves_every_secret_to_the_new_key(run, database):
    old, new = "o" * 40, "n" * 40
    secrets.configure(old)
    with database.write() as session:
        a_webhook(session, "http://127.0.0.1:9/", secrets.seal("hook"))
        monitor = a_monitor(session, settings={"host": "db", "headers": {"a": secrets.seal("s")}})
        session.add(
            Heartbeat(monitor_id=monitor.id, token_hash="-", token_sealed=secrets.seal("token"))
        )
    secrets.configure(new, [old])

    result = run(args=["rekey"])

    assert (result.exit_code, result.stdout[:9]) == (0, "3 secrets")
    secrets.configure(new)
    with database.read() as session:
        assert secrets.unseal(session.scalars(select(Webhook.secret_sealed)).one()) == "hook"
        assert secrets.unseal(session.scalars(select(Heartbeat.token_sealed)).one()) == "token"
        settings = session.scalars(select(Monitor.settings)).one()
    assert settings["host"] == "db"
    assert secrets.unseal(settings["headers"]["a"]) == "s"


def test_rekeying_names_what_is_lost_and_keeps_it(run, database):
    secrets.configure("gone" * 10)
    with database.write() as session:
        a_monitor(session, settings={"password": secrets.seal("hunter2")})
    secrets.configure("n" * 40)

    result = run(args=["rekey"])

    assert result.exit_code == 1
    assert "lost: monitors 1, settings.password" in result.stderr
    with database.read() as session:
        assert secrets.is_sealed(session.scalars(select(Monitor.settings)).one()["password"])


def test_a_secret_is_stored_from_stdin_listed_and_deleted(run, database):
    made = run(args=["secrets", "set", "TOKEN", "--note", "of the shop"], input="line 1\nline 2\n")
    listed = run(args=["secrets", "list"])
    with database.read() as session:
        stored = session.scalars(select(Secret.value_sealed)).one()
    gone = run(args=["secrets", "delete", "TOKEN"])

    assert (made.exit_code, made.stdout) == (0, "stored the secret TOKEN\n")
    assert secrets.unseal(stored) == "line 1\nline 2"
    assert listed.stdout == "TOKEN\t0\tof the shop\n"
    assert (gone.exit_code, run(args=["secrets", "list"]).stdout) == (0, "")


def test_a_replaced_secret_keeps_its_note(run):
    run(args=["secrets", "set", "TOKEN", "--note", "of the shop"], input="one")
    again = run(args=["secrets", "set", "TOKEN"], input="two")

    assert again.stdout == "replaced the secret TOKEN\n"
    assert run(args=["secrets", "list"]).stdout == "TOKEN\t0\tof the shop\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [(["set", "NOT-A-NAME"], "x"), (["set", "TOKEN"], "\n"), (["delete", "TOKEN"], "")],
)
def test_a_secret_that_is_refused_is_one_line(run, arguments, value):
    result = run(args=["secrets", *arguments], input=value)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("kener: ")
    assert result.stderr.count("\n") == 1
