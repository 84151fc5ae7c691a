"""What one may send, as an example of each: the OpenAPI document shows them."""

from typing import Any

MONITOR = {
    "name": "Shop",
    "kind": "http",
    "settings": {"url": "https://shop.example/"},
    "interval": 60,
    "tags": ["production"],
}
INCIDENT = {
    "title": "Service Disruption",
    "status": "investigating",
    "impact": "major",
    "message": "We are investigating reports of service issues.",
}
MAINTENANCE = {
    "title": "Database upgrade",
    "message": "The shop is read-only meanwhile.",
    "time_zone": "Europe/Berlin",
    "starts": "2030-01-31T02:00",
    "duration": 60,
    "rrule": "FREQ=MONTHLY;COUNT=12",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "MonitorInput": MONITOR,
    "MonitorChange": {"interval": 30, "tags": ["production", "shop"]},
    "TrialInput": {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 5432}},
    "BulkInput": {"action": "pause", "filter": {"tag": ["production"]}},
    "StatusInput": {"status": "degraded", "message": "Slow since noon.", "expires_in": 3600},
    "IncidentInput": INCIDENT,
    "IncidentChange": {"impact": "minor"},
    "UpdateInput": {"status": "resolved", "message": "It works again."},
    "UpdateChange": {"message": "It works again since 12:40."},
    "AcknowledgeInput": {"note": "I am on it."},
    "TemplateInput": {"name": "Outage", **INCIDENT},
    "TemplateChange": {"name": "Big outage"},
    "MaintenanceInput": MAINTENANCE,
    "MaintenanceChange": {"duration": 90},
    "WindowChange": {"ends_at": "2030-01-31T03:00:00Z"},
    "ExtendInput": {"minutes": 30},
    "PageInput": {"title": "Our services", "sections": [{"name": "Shop", "monitors": []}]},
    "PageChange": {"description": "How our services are."},
    "KeyInput": {"name": "deploy", "permissions": ["read:monitors", "write:monitors"]},
    "KeyChange": {"rate_limit": 300},
    "KeyRotation": {"grace": 3600},
    "SecretInput": {"value": "correct horse battery staple", "note": "For the shop's API."},
    "WebhookInput": {
        "name": "Chat",
        "url": "https://chat.example/hook",
        "events": ["monitor.down"],
    },
    "WebhookChange": {"enabled": False},
    "SettingsChange": {"title": "Our services", "time_zone": "Europe/Berlin"},
}
