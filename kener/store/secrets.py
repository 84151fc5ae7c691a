"""Secrets at rest: AES-GCM under a key derived from the secret key, whose id is in the value.

A sealed text looks like `enc:v1:<key id>:<base64 of nonce and ciphertext>`.
"""

import base64
import fcntl
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kener.config import Config
from kener.core.errors import Invalid, Refused

PREFIX = "enc:v1:"
NONCE = 12
SHORTEST_KEY = 32


class SecretLost(Refused):
    """A sealed text cannot be read: its key is gone, or somebody changed it."""


@dataclass(frozen=True, slots=True)
class _Ring:
    """The keys of this process: the one that seals, and all that can still read, by their id."""

    current: str = ""
    ciphers: Mapping[str, AESGCM] = field(default_factory=dict)


_ring = _Ring()


def configure(secret_key: str, previous: Sequence[str] = ()) -> None:
    """Set this process's keys: `secret_key` seals, the previous ones can still be read."""
    global _ring  # noqa: PLW0603 - one key ring a process, set once at its start
    every = (secret_key, *previous)
    _ring = _Ring(_key_id(secret_key), {_key_id(each): _cipher(each) for each in every})


def seal(text: str) -> str:
    """The text as it may be stored: `enc:v1:<key id>:<base64>`; never the same twice."""
    if not _ring.current:
        raise RuntimeError("kener.store.secrets.configure() was not called")
    head = f"{PREFIX}{_ring.current}"
    nonce = os.urandom(NONCE)
    body = nonce + _ring.ciphers[_ring.current].encrypt(nonce, text.encode(), head.encode())
    return f"{head}:{base64.urlsafe_b64encode(body).decode()}"


def unseal(value: str) -> str:
    """The text that was sealed; SecretLost when no key of ours can read it."""
    head, _, body = value.rpartition(":")
    cipher = _ring.ciphers.get(head.removeprefix(PREFIX))
    if not head.startswith(PREFIX) or cipher is None:
        raise SecretLost(
            "a stored secret cannot be read: it was sealed under a secret key that this "
            "installation no longer has. Enter the secret again, or put the old key into "
            "KENER_PREVIOUS_SECRET_KEYS"
        )
    try:
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
        return cipher.decrypt(raw[:NONCE], raw[NONCE:], head.encode()).decode()
    except (InvalidTag, ValueError):
        raise SecretLost(
            "a stored secret cannot be read: it was changed after it was sealed. "
            "Enter the secret again"
        ) from None


def is_sealed(value: object) -> bool:
    """True for what `seal` made, whether or not we can still read it."""
    return isinstance(value, str) and value.startswith(PREFIX)


def reseal(value: str) -> str:
    """The same secret under the current key; unchanged if it is already. SecretLost as above."""
    text = unseal(value)
    return value if value.startswith(f"{PREFIX}{_ring.current}:") else seal(text)


def secret_key_of(config: Config) -> str:
    """The secret key: the given one, else the one kept in the data folder, made when missing.

    Invalid when the file cannot be made or read, or holds no key.
    """
    given = config.secret_key.get_secret_value()
    if given:
        return given
    path = config.data_dir.absolute() / "secret.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = _read_or_make(path)
    except OSError as error:
        raise Invalid({"KENER_DATA_DIR": f"cannot keep {path}: {error.strerror}"}) from None
    if len(key) < SHORTEST_KEY:
        raise Invalid(
            {"KENER_SECRET_KEY": f"{path} holds no key of {SHORTEST_KEY} or more characters"}
        )
    return key


def _read_or_make(path: Path) -> str:
    """Two processes at once get the same key: who holds the lock of an empty file fills it."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read().strip()
        if not key:
            key = secrets.token_urlsafe(48)
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        return key


def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(_derived(secret_key, b"kener secrets v1", 32))


def _key_id(secret_key: str) -> str:
    return _derived(secret_key, b"kener key id v1", 4).hex()


def _derived(secret_key: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(secret_key.encode())
