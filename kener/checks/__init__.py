"""Check types. Each public module here is one type; adding a file adds a type."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kener.checks._base import Cached, Check, Context, LastPing, MemberStatus, PushedStatus
from kener.checks._cron import check_cron, next_cron
from kener.checks._engine import Engine, ProbeJob
from kener.checks._failures import Degraded, Failure, Mismatch, server_of
from kener.checks._once import probe_once
from kener.checks._references import misplaced
from kener.checks._services import EngineConfig, engine_config

__all__ = [
    "Cached",
    "Check",
    "Context",
    "Degraded",
    "Engine",
    "EngineConfig",
    "Failure",
    "LastPing",
    "MemberStatus",
    "Mismatch",
    "ProbeJob",
    "PushedStatus",
    "check_cron",
    "check_types",
    "engine_config",
    "misplaced",
    "next_cron",
    "probe_once",
    "server_of",
]


@cache
def check_types() -> dict[str, type[Check]]:
    """Every check type by its kind, in the order of their names."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names if not name.startswith("_")]
    return {module.TYPE.kind: module.TYPE for module in modules}
