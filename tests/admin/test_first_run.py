"""/admin/first-run: only who saw the start-up output becomes the owner."""

import threading

import pytest
from forms import PASSWORD, Browser

from kener.actions.members import first_run_token
from kener.store.tables import Member, Page
from kener.web.throttle import TOO_OFTEN

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {"email": "Ada@Example.org", "password": PASSWORD}


@pytest.fixture
def token(config, database):
    with database.read() as session:
        return first_run_token(config, session)


def test_the_owner_is_made_by_the_link_and_is_signed_in_at_the_end(stranger, token, config, rows):
    page = stranger.get(f"/admin/first-run?token={token}")
    assert page.status_code == 200

    made = stranger.post("/admin/first-run", FORM | {"token": token})

    assert (made.status_code, made.location) == (303, "/admin/first-run/page")
    assert rows.query(Member).one().email == "ada@example.org"
    assert not (config.data_dir / "first-run.token").exists()
    stranger.get(made.location)
    named = stranger.post(made.location, {"title": "Northwind", "time_zone": "Europe/Berlin"})
    assert named.location == "/admin/monitors"
    rows.rollback()
    stored = rows.query(Page).one()
    assert (stored.title, stored.time_zone) == ("Northwind", "Europe/Berlin")
    assert "Add the first monitor" in stranger.get("/admin/monitors").text


@ONE_DATABASE
@pytest.mark.parametrize("wrong", ["", "nonsense", "ä", "0" * 32])
def test_without_the_token_there_is_nothing_here(stranger, token, wrong, rows):
    assert stranger.get("/admin/first-run", query_string={"token": wrong}).status_code == 404

    stranger.get(f"/admin/first-run?token={token}")
    refused = stranger.post("/admin/first-run", FORM | {"token": wrong})

    assert refused.status_code == 404
    assert rows.query(Member).count() == 0


@ONE_DATABASE
def test_the_token_is_good_once(stranger, token, app):
    stranger.get(f"/admin/first-run?token={token}")
    stranger.post("/admin/first-run", FORM | {"token": token})
    late = Browser(app.test_client())
    late.get("/admin/sign-in")

    assert late.get(f"/admin/first-run?token={token}").status_code == 404
    assert late.post("/admin/first-run", FORM | {"token": token}).status_code == 404


def test_of_two_who_claim_at_once_one_becomes_the_owner(app, token, rows):
    claimants = [Browser(app.test_client()) for _ in range(4)]
    for each in claimants:
        each.get(f"/admin/first-run?token={token}")
    statuses = []

    def claim(number):
        own = {"email": f"ada{number}@example.org", "password": PASSWORD, "token": token}
        statuses.append(claimants[number].post("/admin/first-run", own).status_code)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 404, 409}
    assert rows.query(Member).count() == 1


@ONE_DATABASE
def test_a_mistake_comes_back_with_what_was_typed(stranger, token, rows):
    stranger.get(f"/admin/first-run?token={token}")

    answer = stranger.post("/admin/first-run", {"email": "ada@", "password": "x", "token": token})

    assert answer.status_code == 422
    assert 'value="ada@"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "At least 10 characters" in answer.text
    assert rows.query(Member).count() == 0
    # ... and can be sent again as it stands.
    assert stranger.post("/admin/first-run", FORM | {"token": token}).status_code == 303


@ONE_DATABASE
def test_guessing_the_token_is_slowed_down(stranger, token):
    for _ in range(30):
        stranger.get("/admin/first-run?token=guess")

    answer = stranger.get(f"/admin/first-run?token={token}")

    assert answer.status_code == 429
    assert TOO_OFTEN in answer.text


@ONE_DATABASE
def test_the_page_can_be_named_later(stranger, token):
    stranger.get(f"/admin/first-run?token={token}")
    stranger.post("/admin/first-run", FORM | {"token": token})
    page = stranger.get("/admin/first-run/page")

    bad = stranger.post("/admin/first-run/page", {"title": "", "time_zone": "Europe/Berlin"})

    assert 'href="/admin/monitors">Later' in page.text
    assert bad.status_code == 422
    assert '<option value="Europe/Berlin" selected' in bad.text
