"""Which answers the pages of other origins may read."""

import pytest

ORIGIN = {"Origin": "https://elsewhere.example"}
ASKS = ORIGIN | {
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match",
}


def cors_of(response):
    return {name for name, _ in response.headers if name.startswith("Access-Control-")}


def test_any_page_may_read_the_status(call):
    response = call("get", "/api/status", headers=ORIGIN)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Vary" not in response.headers


def test_any_page_may_ask_before(call):
    response = call("options", "/api/status", headers=ASKS)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in response.headers["Access-Control-Allow-Headers"]
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_options_tells_the_methods_of_an_address(call):
    told = call("options", "/api/monitors/x").headers["Allow"]

    assert told == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert call("options", "/api/nothing").status_code == 404


def test_a_page_may_read_what_is_wrong_and_that_nothing_is_new(call):
    wrong = call("get", "/api/status?x=1", headers=ORIGIN)
    assert (wrong.status_code, wrong.headers["Access-Control-Allow-Origin"]) == (400, "*")

    tag = call("get", "/api/status").headers["ETag"]
    same = call("get", "/api/status", headers=ORIGIN | {"If-None-Match": tag})
    assert (same.status_code, same.headers["Access-Control-Allow-Origin"]) == (304, "*")


@pytest.mark.parametrize("method", ["get", "post", "options"])
@pytest.mark.parametrize("path", ["/api/monitors", "/api/me", "/api/webhooks", "/api/nothing"])
def test_no_page_may_read_anything_else(call, admin, method, path):
    asks = {"Access-Control-Request-Method": "GET"} if method == "options" else {}

    response = call(method, path, admin, headers=ORIGIN | asks)

    assert cors_of(response) == set()


def test_no_page_may_write_where_it_may_read(call):
    response = call("post", "/api/status", headers=ORIGIN)

    assert (response.status_code, cors_of(response)) == (405, set())
