"""`make bench`: measures everything, prints it beside its limit, and writes docs/benchmarks.md.

`python -m bench.run [--quick] [name …]`: only some of it; the document is then left alone. Ends
with 1 when a figure falls short.
"""

import argparse
import sys
import time
from collections.abc import Callable

from bench import api, detection, endtoend, engine, lighthouse, names, packing, site, storage
from bench.figures import Figure, table, write_document

BENCHES: dict[str, Callable[..., list[Figure]]] = {
    "engine": engine.plain,
    "tls": engine.tls,
    "names": names.unique,
    "steady": endtoend.steady_on_sqlite,
    "steady-postgresql": endtoend.steady_on_postgresql,
    "small": endtoend.small,
    "timeouts": endtoend.timeouts,
    "start": endtoend.start,
    "packing": packing.on_both,
    "storage": storage.ninety_days,
    "site": site.on_disk,
    "lighthouse": lighthouse.of_pages,
    "detection": detection.on_the_page,
    "detection-s3": detection.in_a_bucket,
    "api": api.on_sqlite_alone,
    "api-postgresql": api.on_postgresql_too,
    "api-10000": api.ten_thousand,
}


def main() -> int:
    """Run what was asked for; 1 if something falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="name")
    parser.add_argument("--quick", action="store_true", help="only whether they run at all")
    asked = parser.parse_args()
    begun = time.monotonic()
    figures: list[Figure] = []
    for name in asked.names or BENCHES:
        print(f"{name} …", flush=True)
        found = BENCHES[name](quick=asked.quick)
        for each in found:
            print("  " + "  ".join(filter(None, each.row())), flush=True)
        figures += found
    print("\n" + table(figures))
    if not asked.names and not asked.quick:
        write_document(figures, time.monotonic() - begun)
    return int(not asked.quick and not all(each.is_good for each in figures))


if __name__ == "__main__":
    sys.exit(main())
