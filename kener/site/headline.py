"""The page's first sentence, and a service's: who is affected, in plain words.

In English the same as `core.words.headline`, which the API says; each is a whole sentence of its
own, so that any language can say it in its own order.
"""

from collections.abc import Sequence

from kener.core.status import Status, Verdict
from kener.locales import N_, NN_, gettext, ngettext
from kener.site.snapshot import Service, Snapshot

ONE: dict[Status, str] = {
    Status.DOWN: N_("%(name)s is down."),
    Status.PARTIAL: N_("%(name)s is partly down."),
    Status.DEGRADED: N_("%(name)s is degraded."),
    Status.MAINTENANCE: N_("%(name)s is under maintenance."),
}
"""Worst first: the sentence speaks of the worst there is."""
TWO: dict[Status, str] = {
    Status.DOWN: N_("%(name)s and %(other)s are down."),
    Status.PARTIAL: N_("%(name)s and %(other)s are partly down."),
    Status.DEGRADED: N_("%(name)s and %(other)s are degraded."),
    Status.MAINTENANCE: N_("%(name)s and %(other)s are under maintenance."),
}
MORE: dict[Status, tuple[str, str]] = {
    Status.DOWN: NN_("%(name)s and %(n)s more is down.", "%(name)s and %(n)s more are down."),
    Status.PARTIAL: NN_(
        "%(name)s and %(n)s more is partly down.", "%(name)s and %(n)s more are partly down."
    ),
    Status.DEGRADED: NN_(
        "%(name)s and %(n)s more is degraded.", "%(name)s and %(n)s more are degraded."
    ),
    Status.MAINTENANCE: NN_(
        "%(name)s and %(n)s more is under maintenance.",
        "%(name)s and %(n)s more are under maintenance.",
    ),
}
EVERYTHING: dict[Status, str] = {
    Status.DOWN: N_("Everything is down."),
    Status.PARTIAL: N_("Everything is partly down."),
    Status.DEGRADED: N_("Everything is degraded."),
    Status.MAINTENANCE: N_("Everything is under maintenance."),
}


def page_headline(seen: Snapshot) -> str:
    """How everything is, and why when there is no data at all.

    Two services are named, of more only the first. Those that nobody has watched are left out, but
    never called working.
    """
    if not seen.services:
        return gettext("Nothing is watched yet.")
    if seen.verdict is Verdict.UNKNOWN:
        return _no_data(seen)
    known = [each for each in seen.services if each.status is not Status.UNKNOWN]
    for status in ONE:
        names = [each.name for each in known if each.status is status]
        if names:
            return _of(status, names, everything=len(names) == len(known))
    if len(known) == len(seen.services):
        return gettext("Everything is working.")
    return gettext("Everything that we have data for is working.")


def service_headline(service: Service) -> str:
    """One service's state in a sentence."""
    name = {"name": service.name}
    if service.is_paused:
        return gettext("%(name)s is not checked at the moment.", **name)
    if service.status is Status.UP:
        return gettext("%(name)s is working.", **name)
    if service.status is Status.UNKNOWN:
        return gettext("There is no data on %(name)s at the moment.", **name)
    return gettext(ONE[service.status], **name)


def _no_data(seen: Snapshot) -> str:
    if all(each.is_paused for each in seen.services):
        return gettext("All checks are paused.")
    if seen.measured is None:
        return gettext("Nothing is confirmed yet.")
    return gettext("There is no data at the moment.")


def _of(status: Status, names: Sequence[str], *, everything: bool) -> str:
    if len(names) == 1:
        return gettext(ONE[status], name=names[0])
    if everything:
        return gettext(EVERYTHING[status])
    if len(names) == 2:
        return gettext(TWO[status], name=names[0], other=names[1])
    return ngettext(*MORE[status], len(names) - 1, name=names[0])
