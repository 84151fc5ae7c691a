"""What every refusal of the API looks like."""


def assert_refused(response, status, code):
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert response.json["success"] is False
    assert response.json["error"]["code"] == code
    assert response.json["error"]["message"]
    assert response.headers["X-Request-Id"]
