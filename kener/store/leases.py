"""Names for leases, by which it can be told that their holder died."""

import hashlib
import os
import secrets
import socket


def new_holder() -> str:
    """A new name: of this machine and process."""
    return f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:12]


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine and is no more."""
    machine, _, rest = holder.partition("-")
    if machine != _machine():
        return False
    try:
        os.kill(int(rest.partition("-")[0]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False
