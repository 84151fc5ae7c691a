"""Filling in the admin's forms without a browser."""

import re

EMAIL, PASSWORD = "owner@example.org", "correct horse battery"
HTMX = {"HX-Request": "true"}


class Browser:
    """A client that sends a form as a browser does: with the token of the page it saw last."""

    def __init__(self, client):
        self.client = client
        self.token = ""

    def get(self, path, **options):
        return self._seen(self.client.get(path, **options))

    def post(self, path, data=None, **options):
        data = {"csrf_token": self.token} | (data or {})
        return self._seen(self.client.post(path, data=data, **options))

    def sign_in(self, email=EMAIL, password=PASSWORD, **more):
        self.get("/admin/sign-in")
        return self.post("/admin/sign-in", {"email": email, "password": password} | more)

    def _seen(self, response):
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
        self.token = found[1] if found else self.token
        return response
