"""Fields with rows, like assertions: entries named `settings.assertions.0.source`, in any number.

Empty ones do not count: what was typed moves up, so that the numbers of the entries shown are
those of the values read, and a problem with the third value stands at the third entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kener.admin._fields import Entry, Field

MORE, REMOVE = "more-rows", "remove-row"
"""The buttons: their value is the name of the field, or of the entry."""
MOST_READ = 200
SHOWN = 60

Texts = Mapping[str, str]


def completed(field: Field, typed: Texts, problems: Texts) -> Field:
    """A field with what was typed, by its full name, and with what is wrong at its place."""
    if field.widget == "rows":
        return _with_entries(field, typed, problems)
    problem = _problem(problems, field.name, ())
    if field.widget == "picks":
        chosen = picked(field.name, typed)
        value = field.value if chosen is None else "\n".join(chosen)
        return replace(field, value=value, problem=problem)
    value = str(typed[field.name]) if field.name in typed else field.value
    return replace(field, value=value, problem=problem)


def picked(name: str, typed: Texts) -> list[str] | None:
    """What was chosen: ticks of their own (`name.choice`), or one a line; None without any."""
    if name not in typed:
        return None
    ticks = [each.removeprefix(f"{name}.") for each in typed if each.startswith(f"{name}.")]
    return list(dict.fromkeys([*typed[name].split(), *ticks]))


def has_rows(name: str, typed: Texts) -> bool:
    """Whether a form had this field of rows at all."""
    return name in typed or any(each.startswith(f"{name}.") for each in typed)


def entries_typed(field: Field, typed: Texts) -> list[dict[str, str]]:
    """What was typed into each entry that is not empty and not to be removed, in order: texts by
    their names within the entry."""
    removed = typed.get(REMOVE, "")
    return [
        texts
        for number, texts in sorted(_numbered(field.name, typed).items())
        if removed != f"{field.name}.{number}" and not _is_blank(field.parts, texts)
    ]


def _numbered(name: str, typed: Texts) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for full, text in typed.items():
        number, _, rest = full.removeprefix(f"{name}.").partition(".")
        is_ours = full.startswith(f"{name}.") and rest and len(number) < 5
        if is_ours and number.isascii() and number.isdigit() and len(found) < MOST_READ:
            found.setdefault(int(number), {})[rest] = text
    for button in (MORE, REMOVE):
        number, _, rest = typed.get(button, "").removeprefix(f"{name}.").partition(".")
        if rest and number.isdigit() and int(number) in found:
            found[int(number)][button] = rest
    return found


def _is_blank(parts: Sequence[Field], texts: Texts) -> bool:
    """Whether nobody typed anything; a choice alone says nothing."""
    return MORE not in texts and all(_is_blank_part(each, texts) for each in parts)


def _is_blank_part(part: Field, texts: Texts) -> bool:
    if part.widget in {"select", "checkbox"}:
        return True
    if part.widget == "rows":
        return not entries_typed(part, texts)
    return texts.get(part.name, "").strip() in {"", part.value.strip()}


def _with_entries(field: Field, typed: Texts, problems: Texts) -> Field:
    typed_ones = entries_typed(field, typed)
    entries = [_entry(field, number, texts, problems) for number, texts in enumerate(typed_ones)]
    wants_more = typed.get(MORE) == field.name
    blank = len(_numbered(field.name, typed)) - len(entries) + 1 if wants_more else 0
    # Small entries have an empty one at hand always, large ones when it is asked for.
    at_hand = 1 if field.is_compact or not entries else 0
    room = max(0, field.most - len(entries))
    numbers = range(len(entries), len(entries) + min(room, max(at_hand, blank)))
    entries.extend(_entry(field, number, None, problems) for number in numbers)
    if wants_more and entries:
        entries[-1] = _begun(entries[-1])
    return replace(
        field,
        entries=entries,
        value="\n".join(_summary(field, each) for each in entries if not each.is_empty),
        problem=_problem(problems, field.name, [each.name for each in entries]),
        focus=typed.get(REMOVE, "").rpartition(".")[0] == field.name,
    )


def _entry(field: Field, number: int, texts: Texts | None, problems: Texts) -> Entry:
    name = f"{field.name}.{number}"
    typed = {
        each if each in {MORE, REMOVE} else f"{name}.{each}": (
            f"{name}.{text}" if each in {MORE, REMOVE} else text
        )
        for each, text in (texts or {}).items()
    }
    fields = []
    for part in field.parts:
        # In an empty entry nothing is asked for; a box that was sent unticked is not in a form.
        own = replace(part, name=f"{name}.{part.name}", required=False)
        if part.widget == "checkbox" and texts is not None:
            typed.setdefault(own.name, "false")
        fields.append(completed(own, typed, problems))
    problem = _problem(problems, name, [each.name for each in fields])
    label = f"{field.label.removesuffix('s')} {number + 1}"
    return Entry(name, label, fields, problem, is_empty=texts is None)


def _begun(entry: Entry) -> Entry:
    first, *others = entry.fields
    return replace(entry, fields=[replace(first, focus=True), *others])


def _problem(problems: Texts, name: str, but: Sequence[str]) -> str:
    """What is wrong at a name or deeper, but for what is told at one of the names within."""
    mine = [
        text
        for at, text in problems.items()
        if (at == name or at.startswith(f"{name}."))
        and not any(at == each or at.startswith(f"{each}.") for each in but)
    ]
    return " ".join(dict.fromkeys(mine))


def _summary(field: Field, entry: Entry) -> str:
    """In one line; of large entries only what is not as usual."""
    told = [
        _told(each)
        for part, each in zip(field.parts, entry.fields, strict=True)
        if field.is_compact or each.value != part.value
    ]
    texts = [" ".join(each.split()) for each in told if each]
    return " · ".join(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…" for text in texts)


def _told(field: Field) -> str:
    if field.widget == "checkbox":
        return field.label if field.value == "true" else f"not: {field.label}"
    return field.value
