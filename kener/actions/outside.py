"""Whether visitors see what was sent: published means seen from outside."""

import json
import time
from collections.abc import Callable

from kener.channels._http import Way, get
from kener.config import Config
from kener.targets import Site

LOOKS = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Seconds before each look: networks of caches keep `now.json` for five."""


def seen_from_outside(
    address: str, site: Site, config: Config, pause: Callable[[float], None]
) -> int | None:
    """How many ms it took until the host's public `now.json` told of this build or a later one;
    None when nobody knows where that is, or it did not within half a minute."""
    if not address:
        return None
    begun = time.monotonic()
    way = Way(private_networks=config.private_networks)
    for seconds in LOOKS:
        pause(seconds)
        reply = get(f"{address}/now.json?build={site.seq}", way)
        if reply.status == 200 and _tells(reply.body, site.seq):
            return round((time.monotonic() - begun) * 1000)
    return None


def _tells(body: str, seq: int) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    found = told.get("seq") if isinstance(told, dict) else None
    return isinstance(found, int) and found >= seq
