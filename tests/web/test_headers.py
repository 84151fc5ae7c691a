"""What every answer of the app says about itself."""

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATHS = ["/admin/sign-in", "/admin/nothing", "/healthz", "/static/admin/admin.js", "/static/no"]


def policy_of(answer):
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts) if words}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_hardened(app, path):
    answer = app.test_client().get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "strict-origin" in answer.headers["Referrer-Policy"]
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "default-src" in policy_of(answer)
    answer.close()


def test_script_and_style_come_from_our_files_alone(app):
    policy = policy_of(app.test_client().get("/admin/sign-in"))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["connect-src"] == policy["form-action"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert not any("unsafe" in word for words in policy.values() for word in words)
