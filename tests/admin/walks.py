"""A monitor of kind walk, as its form sends it and shows it."""

import re

from kener.store.tables import Monitor

WALK = {"kind": "walk", "shape": "walk", "name": "Walk", "interval": "60", "timeout": "10"}
IN = {"source": "status", "op": "in", "value": "200, 201", "severity": "down"}
EXISTS = {"source": "json:$.ok", "op": "exists", "value": "", "severity": "degraded"}
BLANK = {"source": "", "op": "equals", "value": "", "severity": "down"}


def rows(name, *entries):
    """As a form sends them."""
    return {
        f"settings.{name}.{number}.{key}": value
        for number, entry in enumerate(entries)
        for key, value in entry.items()
    }


def shown(html, name):
    """The value of each input of this ending, in order."""
    found = re.findall(r'<input [^>]*?value="([^"]*)"[^>]*? name="settings\.([^"]+)"', html)
    return [value for value, at in found if re.fullmatch(name, at)]


def stored(session):
    return session.query(Monitor).one().settings
