"""The file with addresses and keys, which nobody else may read."""

import json
import os
import re
import stat
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kener_client._settings import settings_of

NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
DEFAULT = "default"


class ProfileProblem(ValueError):
    """There is no such profile, or the file is not as it must be."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a Kener is, and the key for it."""

    url: str
    key: str = field(repr=False)


def path_of_file() -> Path:
    """Below XDG_CONFIG_HOME, or else ~/.config."""
    home = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(home) if home else Path.home() / ".config"
    return folder / "kener" / "config.toml"


def read_profiles() -> dict[str, Profile]:
    """Every profile by its name; none when there is no file."""
    path = path_of_file()
    try:
        with path.open("rb") as file:
            _is_ours_alone(path, os.fstat(file.fileno()).st_mode)
            content = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ProfileProblem(f"{path} is not TOML.") from None
    except OSError as error:
        raise ProfileProblem(f"{path} cannot be read: {error.strerror}.") from None
    found = content.get("profiles", {})
    if not isinstance(found, dict):
        raise ProfileProblem(f"{path} has no profiles in it.")
    return {name: _profile(path, name, each) for name, each in found.items()}


def profile_named(name: str) -> Profile:
    """The profile of this name; ProfileProblem when there is none."""
    profiles = read_profiles()
    if name not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise ProfileProblem(f"There is no profile “{name}”. There are: {known}.")
    return profiles[name]


def keep_profile(name: str, profile: Profile) -> Path:
    """Write a profile into the file, which only its owner may read."""
    if not NAME.fullmatch(name):
        raise ProfileProblem("The name of a profile has letters, digits, “-” and “_”.")
    profiles = {**read_profiles(), name: profile}
    path = path_of_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made for its owner alone, and then put in the place of the old one.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_toml(profiles))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _is_ours_alone(path: Path, mode: int) -> None:
    # Windows has other rights than these, and shows none here.
    if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
        raise ProfileProblem(f"{path} holds keys, and others may read it. Run: chmod 600 {path}")


def _profile(path: Path, name: str, given: Any) -> Profile:
    url, key = (given.get("url"), given.get("key", "")) if isinstance(given, dict) else (None, "")
    if not isinstance(url, str) or not isinstance(key, str):
        raise ProfileProblem(f"The profile “{name}” in {path} needs a url and a key.")
    return Profile(url, key)


def _toml(profiles: dict[str, Profile]) -> str:
    """Addresses and keys are visible ASCII: what JSON makes of them is TOML, too."""
    text = "# Written by `kener login`. It holds keys: keep it to yourself.\n"
    for name, each in sorted(profiles.items()):
        checked = settings_of(each.url, each.key)
        text += f"\n[profiles.{json.dumps(name)}]\n"
        text += f"url = {json.dumps(checked.url)}\nkey = {json.dumps(checked.key or '')}\n"
    return text
