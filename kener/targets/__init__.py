"""Publish targets. Each public module here is one target; adding a file adds a target."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kener.targets._base import File, Published, Release, Target, TargetFailed
from kener.targets._mirror import Item, Memory, Mirror, Site, changes
from kener.targets._release import Entry

__all__ = [
    "Entry",
    "File",
    "Item",
    "Memory",
    "Mirror",
    "Published",
    "Release",
    "Site",
    "Target",
    "TargetFailed",
    "changes",
    "mirror_types",
]


@cache
def mirror_types() -> dict[str, type[Mirror]]:
    """Every host elsewhere, by its kind. Asked for late: their libraries are large."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names if not name.startswith("_")]
    found = [module.TARGET for module in modules if issubclass(module.TARGET, Mirror)]
    return {each.kind: each for each in found}
