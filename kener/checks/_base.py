"""The one interface that every check type implements."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, SecretStr, ValidationError

from kener.checks._hiding import forms
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.core.outcome import Fact, Outcome
from kener.core.references import filled, secrets_in
from kener.core.status import Status

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from kener.checks._services import Services

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LastPing:
    """What a target reported last (`last_ping`); the instants are None when it never did.

    `running_since` is its first start after which it did not report an end; `run_ms` how long the
    run took that ended last, `ping_ms` what it measured itself, where they are known.
    """

    pinged_at: Instant | None = None
    failed: bool = False
    message: str = ""
    started_at: Instant | None = None
    running_since: Instant | None = None
    run_ms: int | None = None
    exit_code: int | None = None
    ping_ms: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """How a member of a group is (`member_statuses`, by public id). `status` is the confirmed one,
    unknown when nobody looked lately; `name` is empty when visitors may not read it."""

    name: str
    status: Status
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PushedStatus:
    """What somebody said last (`pushed_status`). `expires_at` None: it holds until the next."""

    status: Status
    message: str
    pushed_at: Instant
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Cached:
    """The facts of the probe before this one (`cache`), and the slot of that probe."""

    facts: Mapping[str, Any]
    at: Instant


class Context:
    """What one probe may use: the clock's word, its time left, the data it declared to need in
    `needs` (in `extra`), and the engine's services. What was found out so far stands in `doing`,
    `facts` and `phases` (ms): they are told when the probe fails and does not tell better."""

    __slots__ = ("deadline", "doing", "extra", "facts", "in_queue", "now", "phases", "services")

    def __init__(
        self, services: "Services", now: Instant, deadline: float, extra: Mapping[str, Any]
    ) -> None:
        self.services = services
        self.now = now
        self.deadline = deadline
        self.extra = extra
        self.doing = ""
        self.facts: dict[str, Fact] = {}
        self.phases: dict[str, float] = {}
        self.in_queue = False

    def remaining(self) -> float:
        """Seconds until the deadline, never less than none."""
        return max(0.0, self.deadline - self.services.loop.time())

    async def blocking(self, work: Callable[[], T]) -> T:
        """Run what blocks in a thread of the bounded pool; past the deadline it is written off."""
        self.in_queue = True
        return await self.services.blocking.run(work, self._out_of_queue)

    def _out_of_queue(self) -> None:
        self.in_queue = False


class Check(BaseModel, ABC):
    """Settings of one check type, and how to run it.

    The fields are the settings: their order, titles, descriptions and bounds give the form, the
    API schema and the validation. `needs` names what the shift must hand over in the context.
    With `is_settled` its outcomes were confirmed before it saw them: one is enough. In the choice
    of kinds it stands among its `family`; `how` tells who makes one what else there is to do.
    """

    # A secret that was refused must not come back in the error.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str] = ""
    family: ClassVar[str] = "Services"
    how: ClassVar[str] = ""
    needs: ClassVar[frozenset[str]] = frozenset()
    has_latency: ClassVar[bool] = True
    is_settled: ClassVar[bool] = False

    _referred: tuple[str, ...] = PrivateAttr(())

    @classmethod
    def parse(cls, settings: Mapping[str, Any]) -> Self:
        """The check of these settings; Invalid names each bad field and says what is wrong."""
        try:
            return cls.model_validate(dict(settings))
        except ValidationError as error:
            raise Invalid(
                {_at(_place(e)): _plain(e["type"], e["msg"]) for e in error.errors()}
            ) from None

    @classmethod
    def opened(cls, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Self:
        """The check of settings in which the secrets they refer to are put: it tells none of
        them. Invalid as `parse`."""
        check = cls.parse(cls.filled(settings, secrets))
        names = sorted(cls.refers_to(settings))
        check._referred = tuple(secrets[name] for name in names)  # noqa: SLF001 - one of our own
        return check

    @classmethod
    @cache
    def secret_fields(cls) -> frozenset[str]:
        """The names of the fields that are sealed at rest and masked on the way out."""
        return frozenset(
            name for name, field in cls.model_fields.items() if field.annotation is SecretStr
        )

    @classmethod
    def reference_fields(cls) -> frozenset[str]:
        """The fields in which `{{ secret.NAME }}` may stand: the secret ones, and those marked
        with MAY_REFER, which are never shown in a target, a detail or a fact."""
        marked = {
            name
            for name, field in cls.model_fields.items()
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("refers")
        }
        return cls.secret_fields() | marked

    @classmethod
    def refers_to(cls, settings: Mapping[str, Any]) -> set[str]:
        """The names of the stored secrets that settings of this kind refer to."""
        return secrets_in(_some(settings, cls.reference_fields()))

    @classmethod
    def filled(cls, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
        """The settings with the secrets they refer to in their places."""
        some: dict[str, Any] = filled(_some(settings, cls.reference_fields()), secrets)
        return {**settings, **some}

    def settings(self) -> dict[str, Any]:
        """All fields as JSON values, secrets in plain text: what is to be sealed and stored."""
        values = self.model_dump(mode="json")
        for name in self.secret_fields():
            values[name] = getattr(self, name).get_secret_value()
        return values

    @cached_property
    def hidden(self) -> list[str]:
        """What is in no outcome, in all its forms: secrets that were referred to, wherever they
        stand, and secret settings. Kinds know best what else a server hears of theirs."""
        own = (getattr(self, name).get_secret_value() for name in self.secret_fields())
        return forms([*self._referred, *own])

    @abstractmethod
    def target(self) -> str:
        """What is checked, in one short line for lists; never a secret."""

    def server(self) -> tuple[str, int] | None:
        """The host and port that are called: so few probes of one run at once. None: nobody is."""
        return None

    def destination(self) -> object:
        """Who is told the secrets: two checks with the same destination trust the same server, and
        make as sure that it is the one."""
        return self.target()

    @abstractmethod
    async def probe(self, context: Context) -> Outcome | Mapping[str, Fact]:
        """Facts about a healthy target, or a whole outcome; raises a Failure if it is sick."""


def _some(settings: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name in names}


def _place(error: "ErrorDetails") -> tuple[int | str, ...]:
    """Where pydantic found it, or the entry of a list that the error itself names."""
    entry = error.get("ctx", {}).get("entry")
    return error["loc"] if entry is None else (*error["loc"], entry)


def _at(loc: tuple[int | str, ...]) -> str:
    """Where a problem is: dotted inside lists and models, without pydantic's names of types."""
    names = [each for each in loc if isinstance(each, int) or re.fullmatch(r"[a-z0-9_]+", each)]
    return ".".join(str(each) for each in names) or "settings"


PLAIN = {
    "missing": "is needed",
    "extra_forbidden": "there is no such setting",
}


def _plain(kind: str, message: str) -> str:
    return PLAIN.get(kind) or message.removeprefix("Value error, ")
