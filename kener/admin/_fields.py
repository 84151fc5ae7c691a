"""The fields of a form, ready for a template."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kener.core.references import is_reference

Attributes = dict[str, str | int | float | None]
MOST_ENTRIES = 30
IN_ONE_LINE = 4
"""So many small fields of an entry stand beside one another."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `widget` is an input's type, or select, textarea, checkbox, picks (some of the
    choices), rows; `value` its text, of rows what they hold in short lines.

    A field of rows has `parts`, the fields of each entry by their names within it, and when it is
    filled its `entries`. `focus`: the cursor goes there.
    """

    name: str
    label: str
    widget: str = "text"
    value: str = ""
    hint: str = ""
    unit: str = ""
    problem: str = ""
    required: bool = False
    advanced: bool = False
    group: str = ""
    choices: Sequence[tuple[str, str]] = ()
    rows: int = 3
    attributes: Attributes = field(default_factory=dict)
    suggestions: Sequence[str] = ()
    parts: Sequence["Field"] = ()
    entries: Sequence["Entry"] = ()
    most: int = MOST_ENTRIES
    focus: bool = False

    @property
    def id(self) -> str:
        """The element's id; a name may have dots, an id is easier without."""
        return id_of(self.name)

    @property
    def shown_as(self) -> str:
        """The input's type. A reference to a secret is none: it may be read."""
        return "text" if is_reference(self.value) else self.widget

    @property
    def is_compact(self) -> bool:
        """Whether an entry of these rows fits into one line."""
        small = all(each.widget not in {"textarea", "rows", "picks"} for each in self.parts)
        return small and len(self.parts) <= IN_ONE_LINE

    @property
    def picked(self) -> Sequence[str]:
        """Of picks: the values chosen."""
        return self.value.split("\n") if self.value else ()

    def places(self, before: str = "") -> Iterator[tuple[str, str]]:
        """Where a problem may be, in this field and in those within: name and label."""
        label = f"{before}{self.label}"
        yield self.name, label
        for entry in self.entries:
            yield entry.name, f"{before}{entry.label}"
            for each in entry.fields:
                yield from each.places(f"{before}{entry.label}: ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a field's rows, like Step 2 of Steps; `problem` is what is wrong with it as a whole.
    The last ones are empty, for more."""

    name: str
    label: str
    fields: Sequence[Field]
    problem: str = ""
    is_empty: bool = False

    @property
    def id(self) -> str:
        """The element's id."""
        return id_of(self.name)


def id_of(name: str) -> str:
    """The id of the element for a field of this name."""
    return "f-" + name.replace(".", "-")
