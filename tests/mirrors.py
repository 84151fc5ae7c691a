"""Small sites, and what hosts are known to have: for tests of targets elsewhere."""

import json

from kener.config import Config
from kener.core.instant import iso
from kener.site.headers import cache_control, content_type
from kener.site.mirrored import release_for
from kener.targets import File, Release
from kener.targets.folder import FolderTarget

NOW = 1_773_144_000_000


class Remembered:
    """A memory that forgets nothing by itself."""

    def __init__(self):
        self.known = {}

    def forget(self, paths):
        for each in list(paths):
            self.known.pop(each, None)

    def remember(self, items):
        self.known |= {each.path: each.hash for each in items}


def publish(config, seq, state="up", **pages):
    """Build `seq` into the folder: `index.html`, `now.json` and more, by their paths with `__` for
    a dot and `_` for a slash, or as they are when they begin with `_`."""
    now = {"seq": seq, "generated": iso(NOW + seq * 1000), "every": 60, "state": state}
    files = {"a/site.css": "body{}", "index.html": f"<h1>build {seq}</h1>"}
    files |= {_path(name): text for name, text in pages.items()}
    files["now.json"] = json.dumps(now)
    there = {
        path: File(
            text.encode(), content_type(path), cache_control(path), lasting=path.startswith("a/")
        )
        for path, text in files.items()
    }
    FolderTarget(folder=config.site_dir).publish(Release(seq, NOW + seq * 1000, there))


def _path(name):
    return name if name.startswith("_") else name.replace("__", ".").replace("_", "/")


def a_site(config, seq, mirror):
    """That build as the host is to have it."""
    with release_for(config, seq, type(mirror), "target0000", "") as site:
        return site


def settings(folder):
    """A configuration with this folder for its data."""
    return Config(_env_file=None, data_dir=folder)
