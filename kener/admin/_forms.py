"""Forms: fields with what was typed and what is wrong with it, ready for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from kener.admin._fields import Attributes, Field, id_of
from kener.admin._rows import completed

__all__ = ["Attributes", "Field", "Form", "filled", "sentence", "version_typed"]


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in their order, and what is wrong: `problems` by field, `trouble` as a whole."""

    fields: Sequence[Field]
    problems: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    def __getitem__(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)

    def __contains__(self, name: str) -> bool:
        return any(each.name == name for each in self.fields)

    def label_of(self, name: str) -> str:
        """The label of a field; of something unknown, its bare name."""
        _, label = self._place(name)
        return label or name.removeprefix("settings.").replace("_", " ")

    def id_of(self, name: str) -> str:
        """Where the summary leads for a problem."""
        found, _ = self._place(name)
        return id_of(found or name)

    def _place(self, name: str) -> tuple[str, str]:
        """The innermost place of a problem: one inside a field (tags.1) belongs to the field."""
        places = [place for each in self.fields for place in each.places()]
        fits = [(at, label) for at, label in places if name == at or name.startswith(f"{at}.")]
        return max(fits, key=lambda place: len(place[0]), default=("", ""))


def filled(
    fields: Sequence[Field],
    typed: Mapping[str, Any],
    problems: Mapping[str, str] | None = None,
    trouble: str = "",
) -> Form:
    """A form of these fields with what was typed, and with what is wrong at its place."""
    spoken = {name: sentence(text) for name, text in (problems or {}).items()}
    texts = {name: str(value) for name, value in typed.items()}
    return Form([completed(each, texts, spoken) for each in fields], spoken, trouble)


def sentence(text: str) -> str:
    """A problem as a sentence: "must be a number" becomes "Must be a number."."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "…")) else f"{text}."


def version_typed() -> int:
    """The version of the thing that the form was opened with; 0, which nothing has, without one."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
