"""Checks of kind steps, in few words, and a shop to walk through."""

import json
from urllib.parse import parse_qs

from checks.servers import HttpServer, ok

from kener.checks.steps import StepsCheck


def check(*steps: dict, **settings) -> StepsCheck:
    return StepsCheck.parse({"steps": list(steps), **settings})


def take(name: str, source: str) -> dict:
    return {"name": name, "source": source}


def say(source: str, op: str, value=None, severity: str = "down") -> dict:
    return {"source": source, "op": op, "value": value, "severity": severity}


class Shop(HttpServer):
    """One logs in with a form, gets a cookie and a token, and buys."""

    def __init__(self, **options) -> None:
        self.token = options.pop("token", "t0ken-for-anna")
        super().__init__(self._shop, **options)

    def _shop(self, request) -> bytes:
        path = request.path.partition("?")[0]
        if path == "/login" and request.method == "POST":
            form = parse_qs(request.body.decode())
            if form.get("password") != ["pa ss&word"]:
                return ok("who?", "403 Forbidden")
            return ok(
                json.dumps({"token": self.token, "user": {"id": 17}}),
                headers="Set-Cookie: session=abc123; Path=/; HttpOnly\r\n",
            )
        if request.headers.get("cookie") != "session=abc123":
            return ok("log in first", "401 Unauthorized")
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return ok("no token", "403 Forbidden")
        if path == "/orders":
            return ok('<a href="/orders/o-99">order no. o-99</a>', "201 Created")
        return ok(json.dumps({"paid": True, "order": path.rpartition("/")[2]}))


def shopping(url: str, **changes) -> StepsCheck:
    log_in = {
        "name": "Log in",
        "method": "POST",
        "url": f"{url}/login",
        "body_type": "form",
        "body": "user={{ user }}\npassword={{ password }}",
        "captures": [take("token", "json:$.token"), take("id", "json:$.user.id")],
    }
    order = {
        "name": "Order",
        "method": "POST",
        "url": f"{url}/orders?user={{{{ id }}}}",
        "headers": "Authorization: Bearer {{ token }}",
        "body_type": "json",
        "body": '{"user": {{ id }}, "note": "for {{ user }}"}',
        "captures": [take("order", r"regex:order no\. (o-\d+)")],
    }
    paid = {
        "url": f"{url}/orders/{{{{ order }}}}",
        "headers": "Authorization: Bearer {{ token }}",
        "assertions": [say("json:$.paid", "equals", True), say("json:$.order", "equals", "o-99")],
    }
    settings = {"variables": 'user=An"na', "secret_variables": "password=pa ss&word"}
    return check(log_in, order, paid, **settings | changes)
