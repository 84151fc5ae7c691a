"""Checks of kind http, in few words."""

from kener.checks.http import HttpCheck


def check(url: str, **settings) -> HttpCheck:
    return HttpCheck.parse({"url": url, **settings})
