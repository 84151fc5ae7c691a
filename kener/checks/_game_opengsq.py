"""The other games, by opengsq: in a thread, on a loop that reaches the one vetted address only."""

import asyncio
import contextlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import partial
from typing import Any

from kener.checks._base import Context
from kener.checks._failures import Mismatch, TimedOut, Unsupported, of_errno
from kener.checks._game_own import Game
from kener.checks._stopping import margin_s

MOST_BYTES = 1_000_000
PROTOCOLS = {
    "ase": ("ASE", "get_status"),
    "battlefield": ("Battlefield", "get_info"),
    "doom3": ("Doom3", "get_status"),
    "gamespy1": ("GameSpy1", "get_status"),
    "gamespy2": ("GameSpy2", "get_status"),
    "gamespy3": ("GameSpy3", "get_status"),
    "gamespy4": ("GameSpy4", "get_status"),
    "killingfloor": ("KillingFloor", "get_details"),
    "quake1": ("Quake1", "get_status"),
    "quake2": ("Quake2", "get_status"),
    "quake3": ("Quake3", "get_status"),
    "samp": ("Samp", "get_status"),
    "unreal2": ("Unreal2", "get_details"),
    "vcmp": ("Vcmp", "get_status"),
    "warfork": ("Warfork", "get_status"),
}
"""Those that ask the server itself, over one socket. Not those that ask a company's web service,
shout into the local network or bind a fixed port of ours."""
NUMBERS = ("num_players", "numplayers", "clients", "player_count")
MOST = ("max_players", "maxplayers", "sv_maxclients", "maxclients", "si_maxplayers")
NAMES = ("hostname", "sv_hostname", "server_name", "name", "si_name")
MAPS = ("map", "mapname", "map_name", "si_map")
VERSIONS = ("version", "gamever", "si_version")


async def ask(protocol: str, address: str, port: int, context: Context) -> Game:
    """What the server tells; raises a Failure."""
    context.doing = f"waiting for an answer from {address}"
    left = context.remaining()
    return await context.blocking(partial(_ask, protocol, address, port, left - margin_s(left)))


def _ask(protocol: str, address: str, port: int, seconds: float) -> Game:
    name, method = PROTOCOLS[protocol]
    try:
        module = importlib.import_module(f"opengsq.protocols.{protocol}")
    except ModuleNotFoundError:
        raise Unsupported(
            "this game needs opengsq of requirements-extra.txt: run make extras"
        ) from None
    client = getattr(module, name)(host=address, port=port, timeout=seconds)
    with contextlib.closing(OneAddress(address, port)) as loop:
        try:
            seen = loop.run_until_complete(asyncio.wait_for(getattr(client, method)(), seconds))
        except TimeoutError:
            raise TimedOut(f"{address} port {port} did not answer in {seconds:.2g} s") from None
        except OSError as error:
            raise of_errno(error.errno or 0, f"{address} port {port}") from None
        except Exception:  # noqa: BLE001 - what a library makes of nonsense can be anything
            raise Mismatch(f"the server does not speak the protocol {protocol}") from None
    return game_of(seen)


class OneAddress(asyncio.SelectorEventLoop):
    """A loop whose sockets go nowhere but to one address and port, and read MOST_BYTES."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__()
        self._only = (address, port)
        self._came = 0

    async def create_datagram_endpoint(
        self, protocol_factory: Callable[[], Any], *args: Any, **options: Any
    ) -> Any:
        """As asyncio, for that address."""
        self._vet(options.get("remote_addr"))
        if options.pop("allow_broadcast", None):
            raise PermissionError
        factory = partial(self._counted, protocol_factory)
        return await super().create_datagram_endpoint(factory, *args, **options)

    async def create_connection(
        self,
        protocol_factory: Callable[[], Any],
        host: Any = None,
        port: Any = None,
        **options: Any,
    ) -> Any:
        """As asyncio, for that address."""
        self._vet((host, port))
        factory = partial(self._counted, protocol_factory)
        return await super().create_connection(factory, host, port, **options)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """At once: the library looks up the address, which is one already."""
        future = self.create_future()
        if args == self._only[:1]:
            future.set_result(func(*args))
        else:
            future.set_exception(PermissionError())
        return future

    def _vet(self, where: Any) -> None:
        if where is None or tuple(where[:2]) != self._only:
            raise PermissionError

    def _counted(self, protocol_factory: Callable[[], Any]) -> Any:
        protocol = protocol_factory()
        for name in ("datagram_received", "data_received"):
            setattr(protocol, name, partial(self._take, getattr(protocol, name)))
        return protocol

    def _take(self, receive: Callable[..., None], data: bytes, *others: Any) -> None:
        """What is too much is dropped, and the answer never complete."""
        self._came += len(data)
        if self._came <= MOST_BYTES:
            receive(data, *others)


def game_of(seen: Any) -> Game:
    """The usual parts of an answer, under whatever name a protocol has for them."""
    answer = asdict(seen) if is_dataclass(seen) and not isinstance(seen, type) else seen
    top: dict[Any, Any] = answer if isinstance(answer, dict) else {}
    info = top.get("info")
    values = {
        str(name).lower(): value
        for part in (top, info if isinstance(info, dict) else {})
        for name, value in part.items()
    }
    listed = top.get("players")
    players = _number(_one(values, NUMBERS))
    if players is None:
        players = len(listed) if isinstance(listed, list | tuple) else None
    return Game(
        players,
        _number(_one(values, MOST)),
        str(_one(values, NAMES) or "")[:1000],
        str(_one(values, MAPS) or "")[:1000],
        str(_one(values, VERSIONS) or "")[:1000],
    )


def _one(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((values[name] for name in names if name in values), None)


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
