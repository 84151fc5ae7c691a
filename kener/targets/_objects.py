"""Object storage, by obstore: what S3, Google and Azure have in common."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from kener.targets._base import TargetFailed
from kener.targets._files import FileMirror
from kener.targets._mirror import Item

Store = S3Store | GCSStore | AzureStore
WRONG = (BaseError, OSError, ValueError)
"""What obstore raises; some of it are Python's own errors."""
PATIENCE = timedelta(seconds=30)
RETRIES: Any = {"max_retries": 4, "retry_timeout": PATIENCE}
"""A store that is busy for a moment is asked again, with longer and longer pauses."""
TRIAL = ".kener-trial.txt"
SAID = (
    (r"NoSuchBucket|ContainerNotFound", "there is no {what} of this name"),
    (r"InvalidAccessKeyId", "it does not know this access key"),
    (r"SignatureDoesNotMatch|AuthenticationFailed|invalid_grant", "it refuses this secret"),
    (r"AccessDenied|AuthorizationFailure|status: 403|403 Forbidden", "the key may not write there"),
    (r"status: 401|401 Unauthorized", "it refuses this key"),
    (
        r"PermanentRedirect|AuthorizationHeaderMalformed|301 Moved",
        "the {what} is in another region",
    ),
    (r"SlowDown|ServerBusy|status: 429|429 Too|503 ", "it is too busy to take files now"),
    (r"dns error|failed to lookup", "the name of its server could not be resolved"),
    (r"certificate|UnknownIssuer", "the certificate of its server is not trusted"),
    (r"kind: Connect|Connection refused", "its server does not answer"),
    (r"imed ?out|kind: Timeout", "its server did not answer in time"),
    (r"NoSuchKey|404 Not Found", "there is no {what} of this name"),
)


class ObjectMirror(FileMirror):
    """One object a file, each with its type and its caching."""

    container: ClassVar[str] = "bucket"

    @abstractmethod
    def store(self) -> Store:
        """What the settings mean; one of WRONG for what can not be."""

    @contextmanager
    def opened(self) -> Iterator["Objects"]:
        try:
            store = self.store()
        except WRONG as error:
            raise self.failed(error) from None
        yield Objects(store, self)

    def test(self) -> str:
        with self.opened() as door:
            try:
                obstore.put(door.store, TRIAL, b"Kener can write here.\n")
                obstore.delete(door.store, [TRIAL])
            except WRONG as error:
                raise self.failed(error) from None
        return "A small file was written and deleted again."

    def failed(self, error: Exception) -> TargetFailed:
        """The store's error in plain words, without anything of what was sent."""
        text = str(error)
        why = next((said for seen, said in SAID if re.search(seen, text)), "")
        if not why:
            status = re.search(r"status: (\d{3})", text)
            why = f"it answered {status[1]}" if status else f"it failed ({type(error).__name__})"
        return TargetFailed(f"{self.place()}: {why.format(what=self.container)}.")


@dataclass(frozen=True, slots=True)
class Objects:
    """The door of a store."""

    store: Store
    mirror: ObjectMirror

    def put(self, item: Item) -> None:
        about: Any = {"Content-Type": item.content_type, "Cache-Control": item.cache_control}
        try:
            obstore.put(self.store, item.path, item.read(), attributes=about, use_multipart=False)
        except WRONG as error:
            raise self.mirror.failed(error) from None

    def remove(self, paths: Sequence[str]) -> None:
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self.store, list(paths))  # in one request, where there is one for it
                return
            for each in paths:
                with suppress(FileNotFoundError):
                    obstore.delete(self.store, [each])
        except WRONG as error:
            raise self.mirror.failed(error) from None


def client_options(endpoint: str = "") -> Any:
    """Deadlines; plain HTTP only where the owner wrote it."""
    return {
        "timeout": timedelta(seconds=30),
        "connect_timeout": timedelta(seconds=5),
        "allow_http": endpoint.startswith("http://"),
    }


def clean_folder(text: str) -> str:
    """A folder in a bucket, without slashes at its ends."""
    if any(part in {"", ".", ".."} for part in text.strip("/").split("/")) and text.strip("/"):
        raise ValueError("must be folders like status or sites/status")
    return text.strip("/")


def clean_endpoint(text: str) -> str:
    """An address of a server, or nothing."""
    text = text.strip().rstrip("/")
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be an address like https://storage.example.org")
    return text


def host_of(endpoint: str) -> list[str]:
    """Who would be asked."""
    host = urlsplit(endpoint).hostname
    return [host] if host else []
