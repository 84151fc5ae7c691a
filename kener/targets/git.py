"""A branch of a git repository: GitHub Pages, GitLab Pages, Codeberg Pages and others."""

import base64
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from kener.targets._base import TargetFailed
from kener.targets._mirror import Site, WholeMirror
from kener.targets._ssh import (
    HOST_KEY_HINT,
    KEY_HINT,
    TEXTAREA,
    PrivateKey,
    clean_host_key,
    run,
    ssh_command,
)

SCP = re.compile(r"^(?P<user>[A-Za-z0-9_][\w.-]*)@(?P<host>[A-Za-z0-9][\w.-]*):(?P<path>[^/:-].*)$")
CALM: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "https:ssh",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Kener",
    "GIT_AUTHOR_EMAIL": "kener@localhost",
    "GIT_COMMITTER_NAME": "Kener",
    "GIT_COMMITTER_EMAIL": "kener@localhost",
}
"""Nothing of whoever runs us is read, and nobody is asked for a password."""


def _address(text: str) -> str:
    text = text.strip()
    parts = urlsplit(text)
    is_url = parts.scheme in {"https", "ssh"} and parts.hostname and parts.path.strip("/")
    if not text.isprintable() or " " in text or not (is_url or SCP.match(text)):
        raise ValueError("must be like https://host/owner/name.git or git@host:owner/name.git")
    if parts.password or (parts.scheme == "https" and parts.username):
        raise ValueError("must not hold a name or password; there is a field for the token")
    return text


def _optional_host_key(text: str) -> str:
    return clean_host_key(text) if text.strip() else ""


class GitMirror(WholeMirror):
    """One commit without a past, put in the place of the one before: a page is no history, and a
    repository with a commit every minute would grow for ever."""

    kind: ClassVar[str] = "git"
    label: ClassVar[str] = "A git branch (GitHub, GitLab, Codeberg Pages)"
    pause: ClassVar[int] = 900

    repository: Annotated[str, AfterValidator(_address)] = Field(
        title="Repository", examples=["git@github.com:example/status.git"], max_length=500
    )
    branch: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_-]+)*$"
        ),
    ] = Field("gh-pages", title="Branch", description="Its content is replaced", max_length=100)
    domain: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^([A-Za-z0-9.-]+)?$")
    ] = Field("", title="Own domain", description="Written to the file CNAME", max_length=253)
    token: SecretStr = Field(
        SecretStr(""), title="Token", description="For https addresses", max_length=500
    )
    private_key: PrivateKey = Field(
        SecretStr(""),
        title="Private key",
        description=f"For ssh addresses. {KEY_HINT}",
        json_schema_extra=TEXTAREA,
        max_length=10_000,
    )
    host_key: Annotated[str, AfterValidator(_optional_host_key)] = Field(
        "", title="Key of the host", description=f"For ssh addresses. {HOST_KEY_HINT}"
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self._is_https:
            if not self.token.get_secret_value():
                raise ValueError("an https address needs a token")
        elif not (self.private_key.get_secret_value() and self.host_key):
            raise ValueError("an ssh address needs a private key and the key of the host")
        return self

    @property
    def _is_https(self) -> bool:
        return self.repository.startswith("https://")

    def place(self) -> str:
        return f"{self.repository} ({self.branch})"

    def hosts(self) -> list[str]:
        found = SCP.match(self.repository)
        return [found["host"] if found else str(urlsplit(self.repository).hostname)]

    def test(self) -> str:
        with self._env() as env:
            self._git(["ls-remote", "--heads", self.repository], env)
        return "The repository can be read; whether we may write shows the first sending."

    def show(self, site: Site) -> None:
        site.cache.mkdir(parents=True, exist_ok=True)
        with self._env() as env:
            here = {**env, "GIT_DIR": str(site.cache), "GIT_WORK_TREE": str(site.folder)}
            if not (site.cache / "HEAD").exists():
                self._git(["init", "--quiet", "--bare", str(site.cache)], env)
            tree = self._tree(site, here)
            commit = self._git(["commit-tree", tree, "-m", f"Status page, build {site.seq}"], here)
            branch = f"refs/heads/{self.branch}"
            self._git(["push", "--quiet", "--force", self.repository, f"{commit}:{branch}"], here)
            self._git(["update-ref", branch, commit], here)
            self._git(["gc", "--quiet", "--auto", "--prune=now"], here)

    def _tree(self, site: Site, env: Mapping[str, str]) -> str:
        """The id of the site as git keeps it: its files, and what makes hosts serve all of them."""
        self._git(
            ["add", "--all", "--force", "--", ".", ":(exclude,glob)**/*.gz"], env, site.folder
        )
        more = {each.path: each.read() for each in site.files.values() if each.body is not None}
        more |= {".nojekyll": b""} | ({"CNAME": f"{self.domain}\n".encode()} if self.domain else {})
        for path, body in more.items():
            blob = self._git(["hash-object", "-w", "--stdin"], env, given=body)
            self._git(["update-index", "--add", "--cacheinfo", f"100644,{blob},{path}"], env)
        return self._git(["write-tree"], env)

    @contextmanager
    def _env(self) -> Iterator[dict[str, str]]:
        home = {"HOME": os.devnull, **CALM}
        if self._is_https:
            basic = base64.b64encode(f"kener:{self.token.get_secret_value()}".encode()).decode()
            # In the environment, not on the command line: that everybody on the machine can read.
            yield home | {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self.repository}.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
            }
            return
        with ssh_command(self.private_key, self.host_key) as ssh:
            yield home | {"GIT_SSH_COMMAND": shlex.join(ssh), "GIT_SSH_VARIANT": "ssh"}

    def _git(
        self,
        command: list[str],
        env: Mapping[str, str],
        cwd: Path | None = None,
        given: bytes = b"",
    ) -> str:
        try:
            return run(["git", *command], self.place(), env=env, given=given, cwd=cwd).strip()
        except TargetFailed as error:
            for seen, words in SAID.items():
                if seen in error.message:
                    raise TargetFailed(f"{self.place()}: {words}.") from None
            raise


SAID = {
    "Authentication failed": "the token is refused",
    "could not read": "the token is refused",
    "not found": "there is no such repository, or the token may not see it",
    "protected branch": "the branch is protected: nobody may replace it",
    "returned error: 403": "the token may not write there",
}
TARGET = GitMirror
