"""Publish targets. Each public module here is one target; adding a file adds a target."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kener.targets._base import File, Published, Release, Target, TargetFailed

__all__ = ["File", "Published", "Release", "Target", "TargetFailed", "target_types"]


@cache
def target_types() -> dict[str, type[Target]]:
    """Every target by its kind."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names if not name.startswith("_")]
    return {module.TARGET.kind: module.TARGET for module in modules}
