"""/admin/sign-in, /admin/sign-out, and who is let in."""

import io
from datetime import timedelta

import pytest
import servers
from forms import EMAIL, HTMX, PASSWORD, Browser

from kener.actions.members import WRONG
from kener.store.clock import now
from kener.store.keys import impatient_write
from kener.store.tables import Location, SignIn
from kener.web.throttle import NO_REDIS, TOO_OFTEN

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(stranger, owner):
    sent = stranger.get("/admin/monitors?state=trouble")

    assert sent.status_code == 303
    assert sent.location == "/admin/sign-in?next=/admin/monitors?state%3Dtrouble"
    stranger.get(sent.location)
    back = stranger.sign_in(next="/admin/monitors?state=trouble")
    assert (back.status_code, back.location) == (303, "/admin/monitors?state=trouble")
    assert stranger.get(back.location).status_code == 200


def test_htmx_is_sent_to_sign_in_as_a_whole_page(stranger, owner):
    shown = HTMX | {"HX-Current-URL": "http://localhost/admin/monitors"}

    answer = stranger.get("/admin/monitors/live", headers=shown)

    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["HX-Redirect"] == "/admin/sign-in?next=/admin/monitors"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/admin",
        "//evil.test/admin",
        "/\\evil.test",
        "/admin\\@evil.test",
        "/admin//evil.test",
        "javascript:alert(1)",
        "/admin\r\nSet-Cookie: kener=x",
        "/admin/\t/evil.test",
        "/admin\0",
        "",
    ],
)
@ONE_DATABASE
def test_signing_in_leads_nowhere_else(stranger, owner, wanted):
    assert stranger.sign_in(next=wanted).location == "/admin/monitors"


@ONE_DATABASE
@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong horse battery"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_account_and_a_wrong_password_look_the_same(stranger, owner, email, password):
    answer = stranger.sign_in(email, password)

    assert answer.status_code == 409
    assert WRONG in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert stranger.get("/admin/monitors").status_code == 303


def test_the_cookie_is_for_us_alone_and_the_token_is_new_each_time(stranger, owner, rows):
    stranger.get("/admin/sign-in")
    before = stranger.client.get_cookie("kener").value
    answer = stranger.sign_in()
    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert stranger.client.get_cookie("kener").value != before
    first = rows.query(SignIn).one().token_hash
    rows.rollback()
    stranger.get("/admin/settings/page")
    stranger.post("/admin/sign-out")
    stranger.sign_in()
    assert rows.query(SignIn).one().token_hash != first


@ONE_DATABASE
def test_over_https_the_cookie_never_travels_in_the_clear(another_app, owner):
    app = another_app(url="https://status.example.org")
    answer = app.test_client().get("/admin/sign-in", base_url="https://status.example.org")

    assert "Secure" in answer.headers["Set-Cookie"]


def test_signing_out_ends_the_session_in_the_database_too(browser, rows):
    kept = browser.client.get_cookie("kener").value

    assert browser.post("/admin/sign-out").location == "/admin/sign-in"
    assert rows.query(SignIn).count() == 0
    browser.client.set_cookie("kener", kept)
    assert browser.get("/admin/monitors").status_code == 303


def test_a_session_ends_after_its_days(browser, database, config):
    with database.write() as session:
        session.query(SignIn).one().expires_at = now()

    assert browser.get("/admin/monitors").status_code == 303
    assert browser.client.application.permanent_session_lifetime == timedelta(
        days=config.session_days
    )


def test_being_seen_is_noted_at_most_once_a_minute(browser, database):
    def seen_after(age):
        with database.write() as session:
            session.query(SignIn).one().seen_at = then = now() - age
        assert browser.get("/admin/settings/sessions").status_code == 200
        with database.read() as session:
            return session.query(SignIn).one().seen_at - then

    assert seen_after(30_000) == 0
    assert seen_after(90_000) >= 90_000


@ONE_DATABASE
def test_one_account_can_be_tried_ten_times_in_five_minutes(stranger, owner):
    answers = [stranger.sign_in(password="wrong password").text for _ in range(10)]

    assert all(WRONG in text for text in answers)
    assert TOO_OFTEN in stranger.sign_in(password="wrong password").text
    # Not even with the right one: a guess must not become worth more by being the last.
    assert TOO_OFTEN in stranger.sign_in().text


@ONE_DATABASE
def test_an_account_is_the_same_however_it_is_written(stranger, owner):
    wide = [EMAIL.replace(letter, chr(ord(letter) + 0xFEE0)) for letter in "owner"]
    for written in [EMAIL.upper(), f" {EMAIL} ", *wide, *wide[:3]]:
        assert WRONG in stranger.sign_in(written, password="wrong password").text

    assert TOO_OFTEN in stranger.sign_in().text


@ONE_DATABASE
def test_one_address_can_try_thirty_accounts_in_five_minutes(stranger, owner):
    for number in range(30):
        assert WRONG in stranger.sign_in(f"nobody{number}@example.org").text

    assert TOO_OFTEN in stranger.sign_in("another@example.org").text


@ONE_DATABASE
def test_a_forged_address_does_not_count_as_another(stranger, owner):
    for number in range(30):
        stranger.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        stranger.sign_in(f"nobody{number}@example.org")

    assert TOO_OFTEN in stranger.sign_in("another@example.org").text


def test_while_redis_is_away_nobody_signs_in_and_it_says_why(another_app, owner):
    with servers.a_short_folder("kener-none-") as folder:
        app = another_app(redis_url=f"unix://{folder}/nobody.sock")
        answer = Browser(app.test_client()).sign_in()

    assert answer.status_code == 409
    assert NO_REDIS in answer.text


def test_without_an_owner_the_page_says_how_to_get_one(stranger):
    assert "/admin/first-run?token=" in stranger.get("/admin/sign-in").text


def test_nothing_of_the_admin_is_kept_by_a_cache(browser):
    for path in ("/admin/monitors", "/admin/settings/sessions", "/admin/nothing-here"):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_stranger_comes_nowhere_near_the_write_lock(stranger, owner, database):
    with database.write():
        assert stranger.post("/admin/monitors/new", {"name": "x"}).status_code == 303
        assert stranger.post("/admin/nothing", {"name": "x"}).status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_that_comes_slowly_keeps_nobody_waiting(app, browser, database):
    class Slow(io.BytesIO):
        """A body of which every part takes so long that meanwhile somebody else wants to write."""

        wrote = 0

        def readinto(self, buffer):
            with impatient_write(database.engine) as session:
                session.add(Location(name=f"place-{self.wrote}"))
            self.wrote += 1
            return super().readinto(memoryview(buffer)[:20])

    body = f"csrf_token={browser.token}&title=x&time_zone=UTC&version=1".encode()
    slow = Slow(body)
    answer = browser.client.post(
        "/admin/settings/page",
        input_stream=slow,
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 303
    assert slow.wrote > 1


def test_no_screen_is_open_but_three(app):
    open_views = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        and getattr(app.view_functions[rule.endpoint], "is_open", False)
    }

    assert open_views == {"admin.sign_in", "admin.start", "admin.first_run", "admin.claim"}


@ONE_DATABASE
def test_every_address_of_the_admin_sends_strangers_away(app, stranger, owner):
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin."):
            continue
        if getattr(app.view_functions[rule.endpoint], "is_open", False):
            continue
        path = str(rule).replace("<path:nowhere>", "x")
        path = path.replace("<public_id>", "abc").replace("<delivery_id>", "abc")
        for method in rule.methods & {"GET", "POST"}:
            answer = stranger.client.open(path, method=method)
            assert answer.status_code in {303, 403}, path
            assert "/admin/sign-in" in (answer.location or ""), path
