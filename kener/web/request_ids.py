"""The id by which a request is known, in its answer and in the log."""

import re

from kener.core.ids import public_id

SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def id_of(given: str) -> str:
    """The sender's own if it is a sane one."""
    return given if given and SANE.fullmatch(given) else public_id(20)
