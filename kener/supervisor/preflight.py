"""What can be known to go wrong is said in one line, before anything is started."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kener.config import Config
from kener.core.errors import Conflict, Invalid


@contextmanager
def alone(config: Config) -> Iterator[int]:
    """Hold the data folder, made when missing: one supervisor a folder, Conflict for the second.

    The lock is the folder's own, so there is no file to leave behind; it ends with us, however.
    Yields its descriptor, which no child may keep.
    """
    folder = config.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise Invalid({"KENER_DATA_DIR": f"cannot use {folder}: {error.strerror}"}) from None
    try:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Invalid({"KENER_DATA_DIR": f"may not write into {folder}"})
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Kener is already running on {folder}") from None
        yield descriptor
    finally:
        os.close(descriptor)


def check_port(config: Config) -> None:
    """Invalid when we could not listen where we shall."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
            probe.listen(1)
        except OSError as error:
            raise Invalid(_problem(config, error)) from None


def _problem(config: Config, error: OSError) -> dict[str, str]:
    if error.errno == errno.EADDRINUSE:
        return {"KENER_PORT": f"{config.port} on {config.host} is in use; choose another"}
    if error.errno == errno.EACCES:
        return {
            "KENER_PORT": f"{config.port} may not be opened by this user; choose one above 1023"
        }
    return {"KENER_HOST": f"cannot listen on {config.host}: {error.strerror}"}
