"""References to stored secrets in settings: `{{ secret.NAME }}`, replaced by plain text only.

There are no expressions, attributes or filters: a name is looked up, and that is all.
"""

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_REFERENCE = re.compile(rf"\{{\{{\s*secret\.({NAME.pattern})\s*\}}\}}")


def secrets_in(value: Any) -> set[str]:
    """The names of all secrets that a JSON value refers to, at any depth."""
    if isinstance(value, str):
        return set(_REFERENCE.findall(value))
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return set().union(*(secrets_in(each) for each in value))
    return set()


def is_reference(value: object) -> bool:
    """Whether a value is one reference and nothing else: it names a secret, and holds none."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value.strip()) is not None


def filled(value: Any, secrets: Mapping[str, str]) -> Any:
    """The same JSON value with each reference replaced; KeyError names a secret that is missing.

    What a secret holds is never looked through for further references.
    """
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: secrets[match[1]], value)
    if isinstance(value, Mapping):
        return {name: filled(each, secrets) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, secrets) for each in value]
    return value
