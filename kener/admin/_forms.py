"""Forms: fields with what was typed and what is wrong with it, ready for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

Attributes = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `widget` is an input's type, or select, textarea, checkbox; `value` its text."""

    name: str
    label: str
    widget: str = "text"
    value: str = ""
    hint: str = ""
    unit: str = ""
    problem: str = ""
    required: bool = False
    advanced: bool = False
    choices: Sequence[tuple[str, str]] = ()
    rows: int = 3
    attributes: Attributes = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The element's id; a name may have dots, an id is easier without."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in their order, and what is wrong: `problems` by field, `trouble` as a whole."""

    fields: Sequence[Field]
    problems: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    def __getitem__(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)

    def label_of(self, name: str) -> str:
        """The label of a field; of something unknown, its bare name."""
        found = self._find(name)
        return found.label if found else name.removeprefix("settings.").replace("_", " ")

    def id_of(self, name: str) -> str:
        """Where the summary leads for a problem."""
        found = self._find(name)
        return found.id if found else f"f-{name}"

    def _find(self, name: str) -> Field | None:
        """A problem inside a field (tags.1) belongs to the field."""
        return next(
            (each for each in self.fields if name == each.name or name.startswith(f"{each.name}.")),
            None,
        )


def filled(
    fields: Sequence[Field],
    typed: Mapping[str, Any],
    problems: Mapping[str, str] | None = None,
    trouble: str = "",
) -> Form:
    """A form of these fields with what was typed, and with what is wrong at its place."""
    spoken = {name: sentence(text) for name, text in (problems or {}).items()}
    complete = [_with(each, typed, _problem_at(each.name, spoken)) for each in fields]
    return Form(complete, spoken, trouble)


def sentence(text: str) -> str:
    """A problem as a sentence: "must be a number" becomes "Must be a number."."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "…")) else f"{text}."


def _problem_at(name: str, problems: Mapping[str, str]) -> str:
    mine = [text for at, text in problems.items() if at == name or at.startswith(f"{name}.")]
    return " ".join(dict.fromkeys(mine))


def _with(each: Field, typed: Mapping[str, Any], problem: str) -> Field:
    value = str(typed[each.name]) if each.name in typed else each.value
    return replace(each, value=value, problem=problem)


def version_typed() -> int:
    """The version of the thing that the form was opened with; 0, which nothing has, without one."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
