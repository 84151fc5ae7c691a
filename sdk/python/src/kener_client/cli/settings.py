"""Settings of a monitor as one types them: `port=5432 tls=true`."""

import json
from collections.abc import Mapping, Sequence
from typing import Literal, get_origin, get_type_hints

import click

from kener_client import types

KINDS: Mapping[str, type] = {
    "dns": types.DnsSettings,
    "domain": types.DomainSettings,
    "game": types.GameSettings,
    "group": types.GroupSettings,
    "grpc": types.GrpcSettings,
    "heartbeat": types.HeartbeatSettings,
    "http": types.HttpSettings,
    "manual": types.ManualSettings,
    "mongodb": types.MongoDbSettings,
    "mqtt": types.MqttSettings,
    "ntp": types.NtpSettings,
    "ping": types.PingSettings,
    "redis": types.RedisSettings,
    "smtp": types.SmtpSettings,
    "sql": types.SqlSettings,
    "ssh": types.SshSettings,
    "statuspage": types.StatusPageSettings,
    "steps": types.StepsSettings,
    "tcp": types.TcpSettings,
    "tls": types.TlsSettings,
    "udp": types.UdpSettings,
    "websocket": types.WebSocketSettings,
}


def settings_from(kind: str, given: Sequence[str]) -> dict[str, object]:
    """The settings in words like `url=https://…`. Texts are taken as they are; what is a number, a
    choice of yes or no, or a list, is JSON. UsageError when it cannot be read so; what there is not
    Kener will refuse."""
    known = get_type_hints(KINDS[kind]) if kind in KINDS else {}
    found: dict[str, object] = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not sign or not name:
            raise click.UsageError(f"A setting is like url=https://…, not “{each}”.")
        hint = known.get(name, str)
        is_text = hint is str or get_origin(hint) is Literal
        found[name] = text if is_text else _json(name, text)
    return found


def _json(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise click.UsageError(f"{name} takes a number, true, false or JSON.") from None
