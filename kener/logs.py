"""Logs: one line a record on stderr, as text or JSON, with what looks like a secret taken out."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

HIDDEN = "***"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(kener_[0-9a-z]+_)[\w-]+"), rf"\1{HIDDEN}"),  # an API key
    (re.compile(r"\bwhsec_[\w+/=-]+"), f"whsec_{HIDDEN}"),  # a webhook's secret
    (
        re.compile(
            r"""(?ix)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)
            (["']?\s*[:=]\s*["']?) [^"'\r\n]+"""
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]*@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"(?i)\b(token|password|secret|api_key)=[^\s&\"']+"), rf"\1={HIDDEN}"),
    (re.compile(r"(/api/(?:heartbeat|push)/)[\w-]+"), rf"\1{HIDDEN}"),
)


def redact(text: str) -> str:
    """The text without what has the shape of a key, a password or a token."""
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


class TextFormatter(logging.Formatter):
    """`2026-01-31T10:30:00.123Z warning kener.jobs: …`, line breaks written as two signs."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_moment(record)} {record.levelname.lower()} {record.name}: {_whole(record, self)}"
        return redact(line).replace("\r", "\\r").replace("\n", "\\n")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, process, message, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line)


def configure(level: str, form: Literal["text", "json"]) -> None:
    """Send this process's logs, and its children's after a fork, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    # What RQ and Alembic tell daily is no news; what goes wrong in them is a warning at least.
    # urllib3 tells the path of every request, and that of a webhook may be a secret; websockets
    # tells the headers, psycopg what a server says of a login.
    for chatty in ("rq", "alembic", "urllib3", "websockets", "psycopg"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _whole(record: logging.LogRecord, formatter: logging.Formatter) -> str:
    text = record.getMessage()
    return f"{text}\n{formatter.formatException(record.exc_info)}" if record.exc_info else text
