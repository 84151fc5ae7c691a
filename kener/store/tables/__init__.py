"""Every table, so that one import gives the whole metadata."""

from kener.store.base import Base
from kener.store.tables.events import Attempt, Delivery, Event, Webhook
from kener.store.tables.history import Hour, Observation, Result, Span
from kener.store.tables.incidents import (
    Incident,
    IncidentMonitor,
    IncidentTemplate,
    TemplateMonitor,
    Update,
)
from kener.store.tables.maintenances import Maintenance, MaintenanceMonitor, Window
from kener.store.tables.members import ApiKey, Member, SignIn
from kener.store.tables.monitors import (
    GroupMember,
    Heartbeat,
    Location,
    Monitor,
    PushedStatus,
    Schedule,
)
from kener.store.tables.pages import Page, Publication, Section, SectionMonitor
from kener.store.tables.replays import Replay
from kener.store.tables.secrets import Secret
from kener.store.tables.targets import Target, TargetFile, TargetRun

__all__ = [
    "ApiKey",
    "Attempt",
    "Base",
    "Delivery",
    "Event",
    "GroupMember",
    "Heartbeat",
    "Hour",
    "Incident",
    "IncidentMonitor",
    "IncidentTemplate",
    "Location",
    "Maintenance",
    "MaintenanceMonitor",
    "Member",
    "Monitor",
    "Observation",
    "Page",
    "Publication",
    "PushedStatus",
    "Replay",
    "Result",
    "Schedule",
    "Secret",
    "Section",
    "SectionMonitor",
    "SignIn",
    "Span",
    "Target",
    "TargetFile",
    "TargetRun",
    "TemplateMonitor",
    "Update",
    "Webhook",
    "Window",
]
