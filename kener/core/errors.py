"""The four ways in which a wish can be refused. Anything else that is raised is a bug."""

from collections.abc import Mapping


class Refused(Exception):
    """What all four share: one sentence for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(Refused):
    """The input is wrong. `problems` names each bad field and says what would be right."""

    def __init__(self, problems: Mapping[str, str], message: str = "") -> None:
        self.problems = dict(problems)
        super().__init__(message or "; ".join(f"{k}: {v}" for k, v in self.problems.items()))


class NotFound(Refused):
    """There is no such thing, or the asker may not know of it."""


class Conflict(Refused):
    """Somebody else was faster, or the thing is in the wrong state for this."""


class Forbidden(Refused):
    """The asker may not do this."""
