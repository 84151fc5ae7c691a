"""The OpenAPI document: gathered from the views by spectree, which checks nothing here.

Each guard of a view (`_keys.needs`, `_keys.anybody`) says what goes in and what comes out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.config import ModeEnum
from spectree.models import SecureType, SecuritySchemeData

from kener import __version__
from kener.actions.fields import Fields
from kener.api._shapes import ErrorAnswer

Gives = type[BaseModel] | Mapping[int, type[BaseModel]]

SCHEME = "key"
BROKEN = re.compile(r"[^A-Za-z]+")
RENAMED = (
    (re.compile(r"Document$"), ""),
    (re.compile(r"Fields$"), "Input"),
    (re.compile(r"Check$"), "Settings"),
)


def name_of(model: str | Any) -> str:
    """A component's name: MonitorDocument is Monitor, MonitorFields is MonitorInput, and
    Answer[MonitorDocument] is MonitorAnswer."""
    text = model if isinstance(model, str) else model.__name__
    words = [each for each in BROKEN.split(text) if each]
    for pattern, word in RENAMED:
        words = [pattern.sub(word, each) for each in words]
    return "".join(reversed(words))


spec = SpecTree(
    "flask",
    naming_strategy=name_of,
    nested_naming_strategy=lambda _parent, child: name_of(child),
    mode=ModeEnum.strict,
    annotations=False,
    title="Kener",
    version=__version__,
    validation_error_status=400,
    validation_error_model=ErrorAnswer,
    security_schemes=[
        SecurityScheme(name=SCHEME, data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
    ],
)


@dataclass(frozen=True, slots=True)
class Described:
    """What a view's guard says of it. `permission` None: any key; `is_open`: without a key."""

    permission: str | None
    is_open: bool
    refuses: tuple[int, ...]


MARK = "kener_described"
MODELS: dict[type[BaseModel], Literal["validation", "serialization"]] = {}
"""What goes in and what comes out."""


def describe(
    view: Callable[..., Any],
    told: Described,
    *,
    takes: type[Fields],
    sent: type[BaseModel] | None,
    gives: Gives,
) -> Callable[..., Any]:
    """Something to be put under `__wrapped__` of a view, where the document finds it. It is not
    called: a view's own guard reads and checks what comes in."""
    answers = gives if isinstance(gives, Mapping) else {200: gives}
    MODELS.update(dict.fromkeys(filter(None, (takes, sent)), "validation"))
    MODELS.update(dict.fromkeys(answers.values(), "serialization"))
    documented: Callable[..., Any] = spec.validate(
        query=takes if takes.model_fields else None,
        json=sent,
        resp=Response(**{f"HTTP_{status}": model for status, model in answers.items()}),
        security=[] if told.is_open else [{SCHEME: [told.permission] if told.permission else []}],
        skip_validation=True,
    )(view)
    setattr(documented, MARK, told)
    return documented


def described(view: Callable[..., Any]) -> Described | None:
    """What the guard of a view said of it; None when it has none."""
    found: Any = view
    while found is not None:
        if MARK in vars(found):
            told: Described = vars(found)[MARK]
            return told
        found = getattr(found, "__wrapped__", None)
    return None
