"""All texts that visitors read, as they are written in templates and code."""

from functools import cache

from babel.messages.extract import extract_from_dir
from test_floors import ROOT

METHODS = [("kener/site/**.py", "python"), ("templates/site/**.*", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "NN_": (1, 2)}
OPTIONS = {"templates/site/**.*": {"trimmed": "true"}}


@cache
def texts():
    """All that visitors read, as it is asked for."""
    found = extract_from_dir(
        ROOT, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda path: "/.venv" not in path
    )
    return {message for _, _, message, _, _ in found}
