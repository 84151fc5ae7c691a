"""What `static/site/status.js` says: handed to it in front of the script, in one language."""

import json
from typing import Any

from kener.locales import gettext, spoken
from kener.site.sentences import STATES
from kener.site.strips import LETTERS
from kener.site.wording import hours, minutes, seconds


def script_words() -> dict[str, Any]:
    """Patterns have {0} and {1}, those of dates {d} day, {m} and {M} month, {y} year, {w} weekday;
    ages are the browser's own words ("42 seconds ago")."""
    language, hole = spoken(), "{0}"
    forms = language.forms
    return {
        "lang": f"{language.tag}-u-nu-latn",
        "months": forms.months,
        "day": forms.day,
        "weekday": forms.weekday,
        "date": forms.date,
        "moment": forms.moment,
        "percent": forms.percent,
        "decimal": forms.decimal,
        "states": {LETTERS[status]: gettext(text) for status, text in STATES.items()},
        "h": hours(hole),
        "min": minutes(hole),
        "s": seconds(hole),
        "both": gettext("%(whole)s %(part)s", whole="{0}", part="{1}"),
        "ago": gettext(", %(ago)s", ago=hole),
        "checked": gettext("Checked %(ago)s", ago=hole),
        "published": gettext("Published %(ago)s", ago=hole),
        "late": gettext("Last published %(ago)s, later than usual", ago=hole),
        "offline": gettext("You appear to be offline."),
        "tired": gettext("This tab stopped asking after 12 hours: touch it."),
        "why": gettext("The publisher may be down, or your connection is."),
        "stale": gettext("Not current"),
        "uptimeSoFar": gettext("Uptime so far %(uptime)s", uptime=hole),
        "uptimeThatDay": gettext("Uptime that day %(uptime)s", uptime=hole),
        "fineSoFar": gettext("No problems so far"),
        "fineThatDay": gettext("No problems that day"),
    }


def script_with_words(script: str) -> str:
    """The script with a line before it that says what it knows."""
    words = json.dumps(script_words(), ensure_ascii=False, separators=(",", ":"))
    return f"const SAYS={words};\n{script}"
