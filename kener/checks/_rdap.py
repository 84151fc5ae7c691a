"""RDAP (RFC 9082, 9083): who keeps a name, until when. And IANA's list of who knows (RFC 9224)."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kener.checks._base import Context
from kener.checks._curl import Answer
from kener.checks._failures import Failure, Unsupported
from kener.checks._http_request import Wish, next_hop
from kener.checks._web import REDIRECTS, place
from kener.core.instant import DAY, MINUTE, Instant, as_datetime, instant

ACCEPT = ("Accept: application/rdap+json, application/json",)
MOST_BYTES = 1_048_576
MOST_REDIRECTS = 5
LONGEST_TEXT, LONGEST_LIST = 200, 20
NOT_FOUND, TOO_MANY = 404, 429


class NoAnswer(Exception):
    """The registry could not be asked, or made no sense: that says nothing of the name."""


class NotRegistered(NoAnswer):
    """The registry answered, and does not know the name."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registry tells of a name; `expires_at` is None when it does not tell that."""

    expires_at: Instant | None
    registrar: str
    statuses: tuple[str, ...]
    nameservers: tuple[str, ...]


class Registries:
    """IANA's list of the RDAP services of top-level domains, kept for a day in the process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock: asyncio.Lock = asyncio.Lock()
        self._services: Mapping[str, str] = {}
        self._ask_again_at: Instant = 0
        self._trouble = ""

    async def lookup(self, name: str, context: Context) -> Registration:
        """Ask the registry of a name. Raises NoAnswer, NotRegistered, or Unsupported when there is
        none that can be asked."""
        base = await self._service_of(name, context)
        context.doing = "asking the registry"
        return _registration(await _fetch(f"{base}domain/{name}", context))

    async def _service_of(self, name: str, context: Context) -> str:
        context.doing = "waiting for the list of registries"
        async with self._lock:
            if context.now >= self._ask_again_at:
                await self._refresh(context)
        if not self._services:
            raise NoAnswer(f"the list of registries cannot be read: {self._trouble}")
        labels = name.split(".")
        for index in range(1, len(labels)):
            service = self._services.get(".".join(labels[index:]))
            if service is not None:
                return service
        raise Unsupported(f"the registry of .{labels[-1]} has no RDAP service to be asked")

    async def _refresh(self, context: Context) -> None:
        context.doing = "reading the list of registries"
        try:
            found = dict(_services(await _fetch(self._url, context)))
        except NoAnswer as error:
            self._trouble = str(error)
            self._ask_again_at = context.now + MINUTE  # until then yesterday's list will do
            return
        self._services, self._trouble = found or self._services, "it is empty"
        self._ask_again_at = context.now + (DAY if found else MINUTE)


def _services(document: Any) -> Iterator[tuple[str, str]]:
    """Each top-level domain and the address to ask, with a slash at its end."""
    for entry in _list(document, "services"):
        if not isinstance(entry, list) or len(entry) != 2:
            continue
        names, urls = (
            [each for each in part if isinstance(each, str)]
            for part in entry
            if isinstance(part, list)
        )
        urls.sort(key=lambda url: not url.startswith("https:"))
        for name in names:
            if urls:
                yield name.lower(), urls[0].rstrip("/") + "/"


async def _fetch(url: str, context: Context) -> Any:
    """The JSON at an address, redirects followed; NoAnswer or NotRegistered."""
    try:
        wish = Wish(place(url), headers=ACCEPT, limit=MOST_BYTES, keep=True)
        for _ in range(MOST_REDIRECTS + 1):
            answer = await context.services.transfers.fetch(wish.request, context)
            if answer.status not in REDIRECTS or not answer.redirect:
                return _document(answer)
            wish = next_hop(wish, answer.status, place(answer.redirect))
    except Failure as failure:
        raise NoAnswer(failure.detail) from failure
    except ValueError:
        raise NoAnswer("it leads to an address that makes no sense") from None
    raise NoAnswer(f"more than {MOST_REDIRECTS} redirects")


def _document(answer: Answer) -> Any:
    if answer.status == NOT_FOUND:
        raise NotRegistered("it answered 404")
    if answer.status == TOO_MANY:
        raise NoAnswer("it was asked too often (429)")
    if answer.status != 200:
        raise NoAnswer(f"it answered {answer.status}")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise NoAnswer("its answer is not JSON, or too long") from None


def _registration(document: Any) -> Registration:
    if not isinstance(document, dict):
        raise NoAnswer("its answer makes no sense")
    servers = [_text(each.get("ldhName")).lower() for each in _objects(document, "nameservers")]
    statuses = [_text(each) for each in _list(document, "status")]
    return Registration(
        expires_at=_expiry(document),
        registrar=_registrar(document),
        statuses=tuple(filter(None, statuses))[:LONGEST_LIST],
        nameservers=tuple(filter(None, servers))[:LONGEST_LIST],
    )


def _expiry(document: Mapping[str, Any]) -> Instant | None:
    for event in _objects(document, "events"):
        if event.get("eventAction") == "expiration":
            try:
                moment = datetime.fromisoformat(event["eventDate"])
                at = instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
                return instant(as_datetime(at))  # which must be within our calendar in UTC, too
            except (KeyError, TypeError, ValueError, OverflowError):
                continue
    return None


def _registrar(document: Mapping[str, Any]) -> str:
    """The name on the registrar's jCard (RFC 7095)."""
    for entity in _objects(document, "entities"):
        card = _list(entity, "vcardArray")
        if "registrar" not in _list(entity, "roles") or len(card) != 2:
            continue
        for field in card[1] if isinstance(card[1], list) else ():
            if isinstance(field, list) and len(field) == 4 and field[0] == "fn":
                return _text(field[3])
    return ""


def _list(holder: Any, name: str) -> list[Any]:
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def _objects(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in _list(holder, name) if isinstance(each, dict)]


def _text(value: Any) -> str:
    return " ".join(value.split())[:LONGEST_TEXT] if isinstance(value, str) else ""
