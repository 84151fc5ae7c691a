"""What a page in Atlassian's form says of itself in /api/v2/summary.json."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kener.checks._failures import Mismatch
from kener.core.outcome import Fact

COMPONENTS = {
    "operational": "up",
    "degraded_performance": "degraded",
    "partial_outage": "partial",
    "major_outage": "down",
    "under_maintenance": "maintenance",
}
INDICATORS = {
    "none": "up",
    "minor": "degraded",
    "major": "partial",
    "critical": "down",
    "maintenance": "maintenance",
}
MOST = 20
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the page; `status` is its own word."""

    id: str
    name: str
    status: str

    def is_called(self, wanted: str) -> bool:
        """By its id, or by its name in whatever case."""
        return wanted == self.id or wanted.casefold() == self.name.casefold()

    @property
    def words(self) -> str:
        """Like "API: partial outage"."""
        return f"{self.name}: {self.status.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The page; `incidents` are those that are open, `maintenances` those going on."""

    name: str
    updated_at: str
    indicator: str
    description: str
    components: tuple[Component, ...]
    incidents: tuple[str, ...]
    maintenances: tuple[str, ...]

    def facts(self) -> dict[str, Fact]:
        """For an outcome."""
        unwell = [each.words for each in self.components if each.status != "operational"]
        facts: dict[str, Fact] = {
            "page": self.name,
            "page_updated_at": self.updated_at,
            "indicator": self.indicator,
            "description": self.description,
            "components_not_well": unwell[:MOST],
            "incidents": list(self.incidents[:MOST]),
            "maintenances": list(self.maintenances[:MOST]),
        }
        return {name: fact for name, fact in facts.items() if fact not in ("", [])}


def summary(document: Any) -> Summary:
    """The page that a JSON value tells of; Mismatch when it tells of none."""
    status = _object(_object(document).get("status"))
    if not isinstance(status.get("indicator"), str):
        raise Mismatch("the answer is not the summary of a status page")
    page = _object(document["page"]) if "page" in document else {}
    return Summary(
        name=_text(page, "name"),
        updated_at=_text(page, "updated_at"),
        indicator=_text(status, "indicator"),
        description=_text(status, "description"),
        components=tuple(_components(document)),
        incidents=tuple(_text(each, "name") for each in _objects(document, "incidents")),
        maintenances=tuple(
            _text(each, "name")
            for each in _objects(document, "scheduled_maintenances")
            if each.get("status") in {"in_progress", "verifying"}
        ),
    )


def _components(document: Mapping[str, Any]) -> Iterator[Component]:
    for each in _objects(document, "components"):
        yield Component(_text(each, "id"), _text(each, "name"), _text(each, "status"))


def _objects(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = document.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(told: Mapping[str, Any], name: str) -> str:
    """What somebody else wrote, on one line and at a sane length."""
    value = told.get(name)
    text = " ".join(value[: 4 * LONGEST].split()) if isinstance(value, str) else ""
    text = text.encode(errors="replace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
