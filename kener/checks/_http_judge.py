"""Whether an answer is a good one."""

from dataclasses import dataclass

from kener.checks._assertions import NONE, Assertions, failing
from kener.checks._base import Context
from kener.checks._certificates import end_of
from kener.checks._curl import Answer
from kener.checks._failures import Expired, Expiring, Failure, Mismatch
from kener.checks._http_answer import Trail, charset_of
from kener.core.outcome import Outcome
from kener.core.status import Status


@dataclass(frozen=True, slots=True)
class Rules:
    """What a good answer is; of a certificate, below how many days left it is not."""

    accepted: tuple[tuple[int, int], ...]
    keyword: str = ""
    present: bool = True
    assertions: Assertions = NONE
    degraded_days: int = 0
    down_days: int = 0

    @property
    def needs_body(self) -> bool:
        """Whether the body must be kept."""
        return bool(self.keyword) or any(each.name in {"body", "json"} for each in self.assertions)

    @property
    def needs_headers(self) -> bool:
        """Whether the headers must be kept."""
        return any(each.name == "header" for each in self.assertions)


async def judge(trail: Trail, rules: Rules, context: Context) -> Outcome:
    """The outcome of a good answer; raises the worst Failure with what is wrong in all, and with
    the facts. An answer of a status that is not accepted is judged no further."""
    facts = trail.facts(context.now)
    problems = await _problems(trail, rules, context)
    if not problems:
        total = trail.phases["total"]
        return Outcome(Status.UP, latency_ms=total, phases=trail.phases, facts=facts)
    worst = next((each for each in problems if each.status is Status.DOWN), problems[0])
    worst.detail = "; ".join(each.detail for each in problems)
    worst.facts = facts | worst.facts
    for each in problems:
        worst.facts |= each.facts
    worst.phases, worst.latency_ms = dict(trail.phases), trail.phases["total"]
    raise worst


async def _problems(trail: Trail, rules: Rules, context: Context) -> list[Failure]:
    answer = trail.answer
    if not any(low <= answer.status <= high for low, high in rules.accepted):
        return [Mismatch(f"answered {answer.status}; expected {_told(rules)}")]
    found = [
        _keyword(rules, answer) if rules.keyword else None,
        await failing(rules.assertions, trail.look(context.now), context)
        if rules.assertions
        else None,
        _certificate(rules, answer, context),
    ]
    return [each for each in found if each is not None]


def _told(rules: Rules) -> str:
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in rules.accepted)


def _keyword(rules: Rules, answer: Answer) -> Failure | None:
    found = _encoded(rules.keyword, answer) in answer.body
    if found is rules.present:
        return None
    shown = rules.keyword if len(rules.keyword) <= 60 else rules.keyword[:59] + "…"
    return Mismatch(f"the answer {'contains' if found else 'does not contain'} “{shown}”")


def _encoded(keyword: str, answer: Answer) -> bytes:
    """As it would stand in the answer; UTF-8 if the charset it names is none that we know."""
    try:
        return keyword.encode(charset_of(answer), errors="replace")
    except (LookupError, UnicodeError):
        return keyword.encode(errors="replace")


def _certificate(rules: Rules, answer: Answer, context: Context) -> Failure | None:
    """One that has expired was refused already, unless nobody wants it verified."""
    if answer.certificate is None:
        return None
    left = answer.certificate.days_left(context.now)
    if rules.down_days and left < rules.down_days:
        return Expired(f"the certificate {end_of(left)}")
    if rules.degraded_days and left < rules.degraded_days:
        return Expiring(f"the certificate {end_of(left)}")
    return None
