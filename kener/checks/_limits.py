"""Room for many sockets: the soft limit of open files is 256 on some systems."""

import contextlib
import resource

WANTED = 65_536


def raise_open_files() -> int:
    """Raise the soft limit as far as we may and need; returns what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):  # a system may forbid it all the same
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
