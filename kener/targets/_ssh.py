"""What hosts reached over SSH share: who we are, and by which key we know the host."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from kener.targets._base import TargetFailed
from kener.targets._mirror import Mirror

ALIAS = "kener-target"
MINUTES = 15
"""A program that takes longer than this is ended."""
SAID = (
    ("Host key verification failed", "the host showed another key than the one that is set here"),
    ("Permission denied", "the host does not let this key in, or not write there"),
    ("Could not resolve hostname", "the host's name could not be resolved"),
    ("Connection refused", "the host does not take SSH connections at this port"),
    ("Connection timed out", "the host does not answer"),
    ("Connection closed", "the host closed the connection"),
    ("invalid format", "the private key cannot be read"),
    ("error in libcrypto", "the private key cannot be read"),
    ("No space left", "the host's disk is full"),
    ("No such file or directory", "the folder is not there and could not be made"),
)


def clean_host_key(text: str) -> str:
    parts = text.split()
    kinds = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-")
    if len(parts) < 2 or not parts[0].startswith(kinds):
        raise ValueError("must be a line like ssh-ed25519 AAAAC3…; ssh-keyscan shows it")
    return f"{parts[0]} {parts[1]}"


def _private_key(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().replace("\r\n", "\n").strip()
    if text and ("PRIVATE KEY-----" not in text or not text.startswith("-----BEGIN ")):
        raise ValueError("must be a private key, from -----BEGIN to -----END")
    return SecretStr(f"{text}\n" if text else "")


Host = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")
]
User = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$")
]
Folder = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9/_.][A-Za-z0-9/_. -]{0,499}$"),
]
HostKey = Annotated[str, AfterValidator(clean_host_key)]
PrivateKey = Annotated[SecretStr, AfterValidator(_private_key)]
KEY_HINT = "One without a passphrase, made for this alone: ssh-keygen -t ed25519"
HOST_KEY_HINT = "What ssh-keyscan prints of it, without the name: ssh-ed25519 AAAA…"
TEXTAREA: dict[str, Any] = {"widget": "textarea"}


class SshFolder(Mirror):
    """A folder on a machine that takes SSH."""

    host: Host = Field(title="Host", examples=["web.example.org"])
    port: int = Field(22, ge=1, le=65535, title="Port")
    user: User = Field(title="User")
    folder: Folder = Field(title="Folder", examples=["/var/www/status"])
    private_key: PrivateKey = Field(
        title="Private key", description=KEY_HINT, json_schema_extra=TEXTAREA, max_length=10_000
    )
    host_key: HostKey = Field(title="Key of the host", description=HOST_KEY_HINT, max_length=2000)

    def place(self) -> str:
        return f"{self.user}@{self.host}:{self.folder}"

    def hosts(self) -> list[str]:
        return [self.host]


@contextmanager
def ssh_command(key: SecretStr, host_key: str, port: int | None = None) -> Iterator[list[str]]:
    """The command of an `ssh` that trusts this host and shows this key, and reads nothing that
    belongs to whoever runs us. The files for it are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kener-ssh-") as name:
        folder = Path(name)
        known, identity = folder / "known_hosts", folder / "key"
        known.write_text(f"{ALIAS} {host_key}\n")
        identity.touch(mode=0o600)
        identity.write_text(key.get_secret_value())
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": "10",
            "GlobalKnownHostsFile": "/dev/null",
            "HostKeyAlias": ALIAS,
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "ServerAliveInterval": "10",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(known),
        }
        command = ["ssh", "-F", "/dev/null", "-i", str(identity)]
        command += [part for one in options.items() for part in ("-o", "=".join(one))]
        yield [*command, *(["-p", str(port)] if port else [])]


def run(
    command: Sequence[str],
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    given: bytes = b"",
    cwd: Path | None = None,
) -> str:
    """What a program printed; TargetFailed begins with `what` and says in plain words why not."""
    if not shutil.which(command[0]):
        raise TargetFailed(f"{what}: {command[0]} is not installed on this machine.")
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every part was checked
            command,
            input=given,
            capture_output=True,
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **(env or {})},
            timeout=MINUTES * 60,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise TargetFailed(f"{what}: not done after {MINUTES} minutes.") from None
    except subprocess.CalledProcessError as error:
        raise TargetFailed(f"{what}: {plain(error.stderr.decode(errors='replace'))}.") from None
    return done.stdout.decode(errors="replace")


def plain(said: str) -> str:
    """What a program said as it failed, in words for the admin."""
    known = next((words for seen, words in SAID if seen in said), "")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return known or (lines[-1][:200].rstrip(".") if lines else "it failed without a word")
