"""Schedules by cron expression, in the time zone of whoever wrote it.

Daylight saving as Debian's cron has it: what would fire in the hour that is skipped fires when the
clocks have jumped; what would fire in the hour that comes twice fires the first time only, unless
minute or hour is a `*`.
"""

from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from kener.core.errors import Invalid
from kener.core.instant import Instant, as_datetime, instant

CRON = "must be five fields (minute, hour, day, month, day of week), like 0 9 * * MON-FRI"
NEVER = "never happens: there is no such day"
ZONE = "must be a time zone like UTC or Europe/Berlin"


@lru_cache(10_000)
def next_cron(expression: str, time_zone: str, after: Instant) -> Instant:
    """The first slot after an instant; Invalid as `check_cron`."""
    zone = _zone(time_zone)
    # To the second, for the library ignores what is finer; and the slot is later all the same.
    begin = as_datetime(after).astimezone(zone)
    try:
        for moment in CronSim(_five_fields(expression), begin):
            if instant(moment) > after:
                return instant(moment)
    except CronSimError:
        raise Invalid({"cron": CRON}) from None
    raise Invalid({"cron": NEVER})


def check_cron(expression: str, time_zone: str) -> None:
    """Raise Invalid, keyed `cron` or `time_zone`, when the two make no schedule."""
    next_cron(expression, time_zone, 0)


def _five_fields(expression: str) -> str:
    # The library would take a sixth field for seconds: far more often than anything may be probed.
    if len(expression.split()) != 5:
        raise Invalid({"cron": CRON})
    return expression


def _zone(time_zone: str) -> tzinfo:
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        # OSError: a folder's name, like "Europe", or one too long for a file.
        raise Invalid({"time_zone": ZONE}) from None
