"""A check type of a test's own."""

from typing import ClassVar

from kener.checks import Check, ProbeJob


class Scripted(Check):
    """A check type of a test's own: calls what the job hands over."""

    kind: ClassVar[str] = "scripted"
    label: ClassVar[str] = "Scripted"

    def target(self) -> str:
        return ""

    async def probe(self, context):
        return await context.extra["do"](context)


def scripted(do, timeout_s: float = 5.0, **options) -> ProbeJob:
    return ProbeJob(Scripted(), timeout_s, {"do": do}, **options)
