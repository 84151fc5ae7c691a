"""Build the status page: `python build_status.py [--out DIR] [--publish] [--strict]`, and more."""

import argparse
import logging
import sys
from pathlib import Path

from kener.config import load
from kener.core.errors import Refused
from kener.site.export import build_once, write_out
from kener.site.publish import publish_now
from kener.store.clock import now
from kener.store.engine import Database
from kener.targets.folder import FolderTarget

HELD = "The page was rolled back: this build is shown once it follows the newest again."


def main(arguments: list[str] | None = None) -> int:
    """0: done. 1: refused or, with --strict, warned. Without --out and --publish only checks."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        config = load()
        database = Database(config.database)
        release, warnings = build_once(database, config, now(), asked.page)
        for each in warnings:
            print(f"warning: {each}", file=sys.stderr)  # noqa: T201 - a program's output
        if warnings and asked.strict:
            return 1
        if asked.out:
            write_out(release, asked.out)
        if asked.publish:
            publish_now(database, config, now)
            if FolderTarget(folder=config.site_dir).is_held():
                print(HELD, file=sys.stderr)  # noqa: T201
    except Refused as error:
        print(error.message, file=sys.stderr)  # noqa: T201
        return 1
    size = sum(len(each.body) for each in release.files.values())
    print(f"{len(release.files)} files, {size // 1000} kB")  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build the public status page.")
    parser.add_argument("--out", type=Path, help="write the files to this folder")
    parser.add_argument(
        "--page", default="", metavar="SLUG", help="a page that is a site by itself"
    )
    parser.add_argument("--publish", action="store_true", help="show them to the world")
    parser.add_argument("--strict", action="store_true", help="warnings are errors")
    return parser


if __name__ == "__main__":
    sys.exit(main())
