"""Every setting, read once from the environment (and `.env`), refused when it makes no sense."""

import ipaddress
import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from kener.core.errors import Invalid
from kener.core.networks import Network

Networks = Annotated[tuple[Network, ...], NoDecode]

NOT_OURS = frozenset({"KENER_CI"})
"""Variables that look like settings, and are for our tests."""


def _outside(name: str) -> AliasChoices:
    """The setting's name without our prefix, as every host of Python programs sets it."""
    return AliasChoices(name, name.lower())


class Config(BaseSettings):
    """One frozen object. `docs/settings.md` lists each field; a test holds the two together."""

    model_config = SettingsConfigDict(
        env_prefix="KENER_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", pattern=r"^\S+$")
    port: int = Field(3000, ge=1, le=65535)
    data_dir: Path = Path("data")
    database_url: str = Field("", validation_alias=_outside("DATABASE_URL"), repr=False)
    redis_url: str = Field("", validation_alias=_outside("REDIS_URL"), repr=False)
    secret_key: SecretStr = SecretStr("")
    previous_secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    url: str = ""
    page_url: str = ""
    trusted_proxies: Networks = ()
    private_networks: Networks = ()
    private_targets: Annotated[tuple[Network, ...] | None, NoDecode] = None
    probe_denied_networks: Networks = ()
    sqlite_folders: Annotated[tuple[str, ...], NoDecode] = ()
    location: str = Field("default", pattern=r"^[a-z0-9-]{1,40}$")
    probes_in_flight: int = Field(500, ge=1, le=10_000)
    probes_per_host: int = Field(32, ge=1, le=10_000)
    canaries: Annotated[tuple[tuple[str, int], ...] | None, NoDecode] = None
    deadman_url: str = Field("", repr=False)
    publish_every: int = Field(60, ge=10, le=3600)
    results_days: int = Field(90, ge=1, le=3650)
    history_days: int = Field(730, ge=1, le=3650)
    session_days: int = Field(14, ge=1, le=365)
    rate_limit: int = Field(100, ge=1, le=1_000_000)
    web_threads: int = Field(8, ge=1, le=64)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @field_validator("trusted_proxies", "private_networks", "probe_denied_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "none":
            return ()
        return tuple(_network(each.strip()) for each in value.split(",") if each.strip())

    @field_validator("sqlite_folders", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        folders = tuple(each.strip() for each in value.split(",") if each.strip())
        if not all(Path(each).is_absolute() for each in folders):
            raise ValueError("must be folders like /srv/data, separated by commas")
        return folders

    @field_validator("private_targets", mode="before")
    @classmethod
    def _targets(cls, value: object) -> object:
        """None allows all private networks, and no networks allow none."""
        if not isinstance(value, str):
            return value
        word = value.strip().lower()
        if word in {"allow", "deny"}:
            return None if word == "allow" else ()
        networks = tuple(_network(each.strip()) for each in value.split(",") if each.strip())
        if not networks:
            raise ValueError("must be allow, deny, or the private networks that are allowed")
        return networks

    @field_validator("canaries", mode="before")
    @classmethod
    def _canaries(cls, value: object) -> object:
        """None: the built-in ones."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "none":
            return ()
        return tuple(_server(each.strip()) for each in value.split(",") if each.strip())

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("previous_secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(SecretStr(each.strip()) for each in value.split(",") if each.strip())

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("must be at least 32 characters, or empty to have one made")
        if "," in value.get_secret_value():
            raise ValueError("must not have a comma: that separates the previous keys")
        return value

    @field_validator("url", "page_url")
    @classmethod
    def _public_address(cls, value: str) -> str:
        parts = _parts(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be the public address, like https://status.example.org")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("must be a host alone: Kener lives at the root of its own name")
        return value.rstrip("/")

    @field_validator("deadman_url")
    @classmethod
    def _deadman(cls, value: str) -> str:
        parts = _parts(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an address to call, like https://example.org/ping/…")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and _parts(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        scheme = value.split(":", 1)[0].split("+", 1)[0] if value else "sqlite"
        if scheme in {"mysql", "mariadb"}:
            raise ValueError("MySQL and MariaDB are not supported yet; use PostgreSQL or SQLite")
        if scheme in {"postgres", "postgresql"}:
            _parts(value)
            return "postgresql+psycopg://" + value.partition("://")[2]
        if scheme != "sqlite":
            raise ValueError("must begin with postgresql:// or sqlite:///")
        path = value.partition("sqlite:///")[2] if value else "the default"
        if not path or path.startswith((":memory:", "file:")):
            raise ValueError("needs a file that all our processes share: sqlite:///kener.sqlite")
        return value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: the given one, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'kener.sqlite'}"

    @property
    def private_paths(self) -> tuple[str, ...]:
        """Folders and files with secrets of ours, which no check may read."""
        ours = [str(self.data_dir.absolute())]
        if self.database_url.startswith("sqlite:"):
            ours.append(str(Path(self.database_url.partition("sqlite:///")[2]).absolute()))
        return tuple(ours)

    @property
    def public_url(self) -> str:
        """Where visitors find us, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"http://{host}:{self.port}"

    @property
    def page_address(self) -> str:
        """Where visitors find the status page, without a slash at the end."""
        return self.page_url or self.public_url

    @property
    def site_dir(self) -> Path:
        """Where the folder target keeps the public page."""
        return self.data_dir.absolute() / "site"

    def site_folder(self, name: str) -> Path:
        """Where a site's releases lie: of the main one, without a name, or of a page that is a site
        by itself, by its public id. Never in each other: not all are for everybody."""
        return self.data_dir.absolute() / "sites" / name if name else self.site_dir

    def target_dir(self, name: str) -> Path:
        """Where the way of sending to a target, by its public id, keeps what it wants to keep."""
        return self.data_dir.absolute() / "targets" / name


def load(**given: Any) -> Config:
    """The configuration of this process; Invalid names every bad setting by its variable."""
    try:
        config = Config(**given)
    except ValidationError as error:
        raise Invalid(
            {_variable(each["loc"]): _plain(each["type"], each["msg"]) for each in error.errors()}
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid({".env": f"cannot be read: {error}"}) from None
    _refuse_unknown(
        {*os.environ, *(name.upper() for name in DotEnvSettingsSource(Config).env_vars)}
    )
    return config


def variables() -> dict[str, str]:
    """The environment variable of each field."""
    return {_variable((name,)): name for name in Config.model_fields}


def _refuse_unknown(names: Iterable[str]) -> None:
    """A setting that is misspelt would silently not be set."""
    known = {*variables(), *NOT_OURS}
    unknown = {name for name in names if name.startswith("KENER_")} - known
    if unknown:
        raise Invalid({name: _no_such(name, known) for name in sorted(unknown)})


def _no_such(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), 1)
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"{error}; write networks like 10.0.0.0/8, separated by commas") from None


def _server(text: str) -> tuple[str, int]:
    """The host and port of a text like example.org:443 or [2001:db8::1]:53."""
    parts = urlsplit(f"//{text}")
    bare = parts.netloc == text and "@" not in text and " " not in text
    try:
        if bare and parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:
        pass
    raise ValueError("must be hosts with ports, like 192.0.2.1:443,[2001:db8::1]:53, or none")


def _parts(url: str) -> SplitResult:
    """The URL, taken apart; ValueError when its port is none."""
    parts = urlsplit(url)
    _ = parts.port
    return parts


def _variable(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0]).upper()
    return name if name in {"DATABASE_URL", "REDIS_URL"} else f"KENER_{name}"


def _plain(kind: str, message: str) -> str:
    if kind in {"int_parsing", "int_from_float"}:
        return "must be a whole number"
    return message.removeprefix("Value error, ")
