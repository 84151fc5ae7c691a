"""The ways in which a probe may fail, and the one table that turns any error into an outcome."""

import errno
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from kener.checks._addresses import any_route
from kener.checks._bugs import Bugs
from kener.core.outcome import Fact, Outcome, Reason
from kener.core.status import Status

if TYPE_CHECKING:
    from kener.checks._base import Check

bugs = Bugs()


class Failure(Exception):
    """The target is not healthy, or we cannot tell. `detail` is one plain sentence without
    secrets; facts, phases (ms) and latency (ms) are what was found out all the same."""

    status: ClassVar[Status] = Status.DOWN
    reason: Reason

    def __init__(
        self,
        detail: str,
        *,
        facts: Mapping[str, Fact] | None = None,
        phases: Mapping[str, float] | None = None,
        latency_ms: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = dict(facts or {})
        self.phases = dict(phases or {})
        self.latency_ms = latency_ms


class Mismatch(Failure):
    """The target answered, but not what was asked for: down."""

    reason = Reason.MISMATCH


class Degraded(Failure):
    """The target answered, and something is not as it should be: degraded."""

    status = Status.DEGRADED
    reason = Reason.MISMATCH


class Slow(Degraded):
    """The target answered well, but later than it should: degraded."""

    reason = Reason.SLOW


class Expiring(Degraded):
    """A certificate has few days left: degraded."""

    reason = Reason.EXPIRING


class Expired(Failure):
    """A certificate has fewer days left than is tolerable: down."""

    reason = Reason.EXPIRING


class TimedOut(Failure):
    """No answer in time: down."""

    reason = Reason.TIMEOUT


class DnsFailed(Failure):
    """The name has no address: down."""

    reason = Reason.DNS_FAILED


class ConnectionRefused(Failure):
    """Nobody listens there: down."""

    reason = Reason.REFUSED


class Unreachable(Failure):
    """No way to the target, or it hung up on us: down."""

    reason = Reason.UNREACHABLE


class TlsFailed(Failure):
    """The TLS handshake or the certificate is bad: down."""

    reason = Reason.TLS_FAILED


class Blocked(Failure):
    """The address is in a network that probes may not reach. We did not look: unknown."""

    status = Status.UNKNOWN
    reason = Reason.BLOCKED


class Unsupported(Failure):
    """Such a probe cannot run on this machine: unknown, never up or down."""

    status = Status.UNKNOWN
    reason = Reason.NOT_SUPPORTED


class Exhausted(Failure):
    """Our machine is at its end (files, ports, memory, network): unknown, never down."""

    status = Status.UNKNOWN
    reason = Reason.INTERNAL_ERROR


class Offline(Exhausted):
    """Our machine has no way out at all: unknown."""

    reason = Reason.OFFLINE


EXHAUSTION = {
    errno.EMFILE: "this machine has too many open files",
    errno.ENFILE: "this machine has too many open files",
    errno.ENOBUFS: "this machine is out of network buffers",
    errno.ENOMEM: "this machine is out of memory",
    errno.EADDRNOTAVAIL: "this machine has no free local port or no address of that family",
    errno.EAGAIN: "this machine is out of processes",
}
NO_NETWORK = "this machine has no network at the moment"
NO_WAY = {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
MEANINGS: dict[int, tuple[type[Failure], str]] = {
    errno.ECONNREFUSED: (ConnectionRefused, "refused the connection"),
    errno.ETIMEDOUT: (TimedOut, "did not answer the connection"),
    errno.ECONNRESET: (Unreachable, "closed the connection"),
    errno.ECONNABORTED: (Unreachable, "closed the connection"),
    errno.EPIPE: (Unreachable, "closed the connection"),
    errno.EACCES: (Unreachable, "is forbidden by a firewall of this machine"),
    errno.EPERM: (Unreachable, "is forbidden by a firewall of this machine"),
}

# OpenSSL's X509_V_ERR_… numbers that need a plainer word than OpenSSL's own.
CERTIFICATE = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its chain ends in an unknown authority",
    20: "its issuer is unknown or missing from the chain",
    21: "its issuer is unknown or missing from the chain",
    62: "it is for another name",
    64: "it is for another address",
}


def of_errno(code: int, where: str, routed: Callable[[], bool] = any_route) -> Failure:
    """What a socket's error number means for a target; `where` names it ("10.0.0.1 port 80"),
    `routed` tells whether this machine has any way out."""
    if code in NO_WAY and not routed():
        return Offline(NO_NETWORK)
    if code in EXHAUSTION:
        return Exhausted(EXHAUSTION[code])
    failure, said = MEANINGS.get(code, (Unreachable, "cannot be reached"))
    return failure(f"{where} {said}")


def refused_certificate(error: ssl.SSLCertVerificationError) -> TlsFailed:
    """Why a certificate was not believed, in a few plain words if there are some."""
    why = CERTIFICATE.get(error.verify_code) or error.verify_message
    return TlsFailed(f"the certificate is not valid: {why[:160]}")


def outcome_of(error: BaseException, kind: str) -> Outcome:
    """The outcome of a probe that raised. A sick target is an outcome; a bug of ours is never
    the target's fault: it is unknown, and the traceback is in the log, once."""
    for cause in _causes(error):
        failure = _failure(cause)
        if failure is not None:
            return _outcome(failure)
    bugs.tell(kind, error, f"the {kind} check is broken")
    detail = f"the {kind} check itself failed ({type(error).__name__}); see the log"
    return Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, detail)


def server_of(check: "Check") -> tuple[str, int] | None:
    """Whom a check calls. A bug in its answer must not keep others from their probes."""
    try:
        return check.server()
    except Exception as error:  # noqa: BLE001 - any kind's own code
        bugs.tell(check.kind, error, f"the {check.kind} check cannot say whom it calls")
        return None


def _failure(error: BaseException) -> Failure | None:
    if isinstance(error, Failure):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return refused_certificate(error)
    if isinstance(error, ssl.SSLError):
        why = getattr(error, "reason", None) or "the connection ended"
        return TlsFailed(f"the TLS handshake failed: {why}")
    if isinstance(error, TimeoutError) and error.errno is None:
        return TimedOut("no answer in time")
    if isinstance(error, OSError) and error.errno is not None:
        return of_errno(error.errno, "the target")
    return None


def _outcome(failure: Failure) -> Outcome:
    return Outcome(
        failure.status,
        failure.reason,
        failure.detail,
        failure.latency_ms,
        failure.phases,
        failure.facts,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from: libraries wrap, the socket tells."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
