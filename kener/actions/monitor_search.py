"""Which monitors are meant: the one search of admin and API, and of actions on many."""

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, one_of
from kener.checks import check_types
from kener.core.errors import Refused
from kener.core.instant import Instant
from kener.core.status import Status
from kener.store.settings import open_settings
from kener.store.standing import standings
from kener.store.stored_secrets import Values, all_values
from kener.store.tables import Monitor

UNREADABLE = "settings cannot be read"


def _tags(value: Any) -> Any:
    """Tags in one text are separated by commas, which no tag has."""
    if not isinstance(value, str):
        return value
    return [each.strip() for each in value.split(",") if each.strip()]


class MonitorFilter(Fields):
    """What monitors have to be like; what is not said does not matter. `tag`: all of these,
    `status`: as displayed, `q`: every word of it occurs in what one sees of the monitor."""

    kind: str = ""
    paused: bool | None = None
    status: Annotated[Status, one_of(Status)] | None = None
    tag: Annotated[list[str], BeforeValidator(_tags)] = Field(
        default_factory=list, max_length=20, json_schema_extra={"explode": False}
    )
    q: Annotated[str, Field(max_length=200)] = ""

    @property
    def is_empty(self) -> bool:
        """Whether it fits every monitor."""
        return not (self.kind or self.paused is not None or self.is_searching)

    @property
    def is_searching(self) -> bool:
        """Whether it asks for what only a look at each monitor tells."""
        return bool(self.status or self.tag or self.q.split())


def matching(session: Session, wanted: MonitorFilter, now: Instant) -> list[Monitor]:
    """Every monitor that fits, in the order of their making: at most six queries."""
    return _fitting(session, wanted, now, session.scalars(_asked(select(Monitor), wanted)))


def matching_ids(session: Session, wanted: MonitorFilter, now: Instant) -> list[int]:
    """The same by number. Of very many monitors no more is read than it takes to tell."""
    columns: list[Any] = [Monitor.id, Monitor.paused, Monitor.position, Monitor.name]
    if wanted.tag or wanted.q:
        columns.append(Monitor.tags)
    if wanted.q:
        columns += [Monitor.slug, Monitor.kind, Monitor.settings]
    rows = session.execute(_asked(select(*columns), wanted))
    return [each.id for each in _fitting(session, wanted, now, rows)]


def _asked(question: Select[Any], wanted: MonitorFilter) -> Select[Any]:
    if wanted.kind:
        question = question.where(Monitor.kind == wanted.kind)
    if wanted.paused is not None:
        question = question.where(Monitor.paused.is_(wanted.paused))
    return question.order_by(Monitor.id)


def _fitting(
    session: Session, wanted: MonitorFilter, now: Instant, monitors: Iterable[Any]
) -> list[Any]:
    """Those of the monitors, or of rows with what is asked about, that fit."""
    targets, tags = Targets(session), set(wanted.tag)
    found = [
        each
        for each in monitors
        if (not tags or tags <= set(each.tags)) and is_found(each, wanted.q, targets)
    ]
    return found if wanted.status is None else _shown_as(session, wanted.status, found, now)


def _shown_as(session: Session, status: Status, monitors: Sequence[Any], now: Instant) -> list[Any]:
    shown = standings(session, now, monitors=monitors, facts=False)
    ids: Collection[int] = {each.monitor.id for each in shown if each.displayed is status}
    return [each for each in monitors if each.id in ids]


def is_found(monitor: Monitor, words: str, targets: "Targets") -> bool:
    """Whether each word occurs in its name, slug, kind, tags or target, in whatever case."""
    wanted = words.lower().split()
    if not wanted:
        return True
    text = " ".join([monitor.name, monitor.slug, label_of(monitor), *monitor.tags]).lower()
    if all(word in text for word in wanted):
        return True
    text += f" {targets.of(monitor).lower()}"
    return all(word in text for word in wanted)


def label_of(monitor: Monitor) -> str:
    """What the kind is called; a kind of a newer version keeps its bare name."""
    kind = check_types().get(monitor.kind)
    return kind.label if kind else monitor.kind


class Targets:
    """What monitors check, in one line each. The secrets that settings refer to are asked for
    once, by the first that does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._values: Values | None = None

    def of(self, monitor: Monitor) -> str:
        """What one monitor checks."""
        kind = check_types().get(monitor.kind)
        if kind is None:
            return "unknown kind"
        try:
            settings = open_settings(monitor.settings, kind.secret_fields())
            if kind.refers_to(settings):
                settings = kind.filled(settings, self._secrets())
            return kind.parse(settings).target()
        except Refused:
            return UNREADABLE

    def _secrets(self) -> Values:
        if self._values is None:
            self._values = all_values(self._session)
        return self._values
