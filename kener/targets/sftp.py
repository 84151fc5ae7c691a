"""A folder on another machine, by SFTP: for web space that has nothing else."""

import asyncio
import posixpath
import secrets
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from kener.targets._base import TargetFailed
from kener.targets._files import FileMirror
from kener.targets._mirror import Item
from kener.targets._ssh import SshFolder

if TYPE_CHECKING:
    import asyncssh

PATIENCE = 60.0
"""Seconds for one file."""
TRIAL = ".kener-trial.txt"


class SftpMirror(SshFolder, FileMirror):
    """Each file under another name first, then renamed over the old one."""

    kind: ClassVar[str] = "sftp"
    label: ClassVar[str] = "A folder on a server, by SFTP"

    @contextmanager
    def opened(self) -> Iterator["Desk"]:
        desk = Desk(self)
        try:
            desk.connect()
            yield desk
        finally:
            desk.close()

    def test(self) -> str:
        with self.opened() as desk:
            desk.write(TRIAL, b"Kener can write here.\n")
            desk.remove([TRIAL])
        return "A small file was written and deleted again."


class Desk:
    """A connection, on a loop of its own: threads hand their files to it."""

    def __init__(self, mirror: SftpMirror) -> None:
        self._mirror = mirror
        self._loops: Queue[asyncio.AbstractEventLoop] = Queue()
        self._thread = Thread(target=asyncio.run, args=[self._serve()], name="sftp", daemon=True)
        self._thread.start()
        self._loop = self._loops.get()
        self._folders: set[str] = set()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient

    def connect(self) -> None:
        self._do(self._connect())

    def put(self, item: Item) -> None:
        self.write(item.path, item.read())

    def write(self, path: str, body: bytes) -> None:
        """Show this content at a path below the folder."""
        self._do(self._write(posixpath.join(self._mirror.folder, path), body))

    def remove(self, paths: Sequence[str]) -> None:
        for each in paths:
            self._do(self._remove(posixpath.join(self._mirror.folder, each)))

    def close(self) -> None:
        """Let the connection go, and what was going on over it."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        self._loops.put(asyncio.get_running_loop())
        await self._over.wait()
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            limited = asyncio.wait_for(work, PATIENCE)
            asyncio.run_coroutine_threadsafe(limited, self._loop).result()
        except TargetFailed:
            raise
        except Exception as error:  # noqa: BLE001 - asyncssh may not be there to name its own
            raise TargetFailed(f"{self._mirror.place()}: {_plain(error)}.") from None

    async def _connect(self) -> None:
        try:
            import asyncssh  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            raise TargetFailed(
                "SFTP needs asyncssh of requirements-extra.txt: run make extras"
            ) from None
        mirror = self._mirror
        self._connection = await asyncssh.connect(
            mirror.host,
            mirror.port,
            username=mirror.user,
            client_keys=[asyncssh.import_private_key(mirror.private_key.get_secret_value())],
            known_hosts=([asyncssh.import_public_key(mirror.host_key)], [], []),
            agent_path=None,
            config=[],
            connect_timeout=10,
        )
        self._sftp = await self._connection.start_sftp_client()

    async def _write(self, path: str, body: bytes) -> None:
        folder = posixpath.dirname(path)
        if folder not in self._folders:
            await self._sftp.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        draft = f"{path}.{secrets.token_hex(4)}.part"
        async with self._sftp.open(draft, "wb") as file:
            await file.write(body)
        await self._sftp.posix_rename(draft, path)

    async def _remove(self, path: str) -> None:
        import asyncssh  # noqa: PLC0415 - an extra

        with suppress(asyncssh.SFTPNoSuchFile):
            await self._sftp.remove(path)


def _plain(error: Exception) -> str:
    """By the names of asyncssh's errors: it may not be there."""
    words = {
        "HostKeyNotVerifiable": "the host showed another key than the one that is set here",
        "KeyImportError": "the private key cannot be read",
        "PermissionDenied": "the host does not let this key in",
        "SFTPPermissionDenied": "this user may not write there",
        "SFTPNoSuchFile": "the folder is not there and could not be made",
        "SFTPNoSpaceOnFilesystem": "the host's disk is full",
        "ConnectionRefusedError": "the host does not take SSH connections at this port",
        "gaierror": "the host's name could not be resolved",
        "TimeoutError": "the host did not answer in time",
    }
    name = type(error).__name__
    return words.get(name, f"the connection broke off ({name})")


TARGET = SftpMirror
