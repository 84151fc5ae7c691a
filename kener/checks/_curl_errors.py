"""libcurl's error codes in our words."""

import errno
import os
import socket
from typing import Any

import pycurl

from kener.checks._failures import (
    CERTIFICATE,
    Exhausted,
    Failure,
    Mismatch,
    TimedOut,
    TlsFailed,
    Unreachable,
    Unsupported,
    of_errno,
)

HUNG_UP = {
    pycurl.E_GOT_NOTHING: "closed the connection without an answer",
    pycurl.E_PARTIAL_FILE: "closed the connection in the middle of the answer",
    pycurl.E_SEND_ERROR: "closed the connection",
    pycurl.E_RECV_ERROR: "closed the connection",
    pycurl.E_HTTP2: "broke the HTTP/2 connection",
    92:  # E_HTTP2_STREAM, which pycurl does not name
    "broke the HTTP/2 connection",
}
BAD_ANSWER = {
    pycurl.E_FTP_WEIRD_SERVER_REPLY:  # since HTTP/0.9 was given up, of HTTP as well
    "did not answer in HTTP",
    pycurl.E_UNSUPPORTED_PROTOCOL: "did not answer in HTTP",
    pycurl.E_BAD_CONTENT_ENCODING: "compressed the answer in a way that cannot be read",
    100:  # E_TOO_LARGE, which pycurl does not name
    "sent more than 64 KB of headers",
}
OURS: dict[int, tuple[type[Failure], str]] = {
    pycurl.E_OPERATION_TIMEDOUT: (TimedOut, "no answer in time"),
    pycurl.E_OUT_OF_MEMORY: (Exhausted, "this machine is out of memory"),
    pycurl.E_SSL_CERTPROBLEM: (Unsupported, "the client certificate or its key cannot be used"),
}
TLS = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
    pycurl.E_SSL_INVALIDCERTSTATUS,
}
E_PROXY = 97
HTTP_OK = 200
# CURLPX_… numbers, of what SOCKS proxies answer, that need a plain word.
SOCKS = {
    12: "accepts none of our ways to log in",
    18: "knows no CONNECT",
    19: "says that the target refused the connection",
    20: "says that it failed",
    21: "says that the target cannot be reached",
    22: "says that the target's network cannot be reached",
    23: "does not allow the target",
    24: "says that the target did not answer",
    33: "refused the user name or password",
}


class BadCertificate(Exception):
    """Verification failed and the certificate was not read: ask once more."""


def failure_of(code: int, curl: Any, where: str, problem: OSError | None) -> Failure:
    """The failure for a libcurl error; `problem` is what hindered us from opening a socket.

    A code that only a bug of ours can cause raises RuntimeError: an internal error.
    """
    if code == pycurl.E_COULDNT_CONNECT:
        number = problem.errno if problem else curl.getinfo(pycurl.OS_ERRNO)
        return of_errno(number or _silent_errno(), where)
    if code in OURS:
        meant, detail = OURS[code]
        return meant(detail)
    if code in TLS or (code in HUNG_UP and " alert " in curl.errstr()):
        return TlsFailed(_tls(code, curl))
    if code in HUNG_UP:
        return Unreachable(f"{where} {HUNG_UP[code]}")
    if code in BAD_ANSWER:
        return Mismatch(f"{where} {BAD_ANSWER[code]}")
    raise RuntimeError(f"libcurl error {code}: {curl.errstr()}")


def proxy_failure(code: int, curl: Any, where: str) -> Failure | None:
    """What a proxy has against us, if it is the proxy; `where` names it."""
    if code == E_PROXY:
        told = SOCKS.get(curl.getinfo(pycurl.PROXY_ERROR), "did not do what was asked of it")
        return Unreachable(f"{where} {told}")
    answered = curl.getinfo(pycurl.HTTP_CONNECTCODE)
    if answered and not HTTP_OK <= answered < HTTP_OK + 100:
        return Unreachable(f"{where} answered {answered} to CONNECT")
    return None


def _alert(error: str) -> str:
    """TLS 1.3 refuses a client's certificate only after the handshake."""
    if "certificate required" in error:
        return "the server wants a client certificate"
    return f"the server ended TLS: {error.rpartition('alert ')[2][:80]}"


def _silent_errno() -> int:
    """Libcurl gave no reason. One it never gives is that it could not copy our socket, so see
    whether two files can be opened now."""
    try:
        with socket.socket() as first:
            os.close(os.dup(first.fileno()))
    except OSError as error:
        return error.errno or errno.EHOSTUNREACH
    return errno.EHOSTUNREACH


def _tls(code: int, curl: Any) -> str:
    if code in HUNG_UP:
        return _alert(curl.errstr())
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        why = CERTIFICATE.get(curl.getinfo(pycurl.SSL_VERIFYRESULT))
        told = curl.errstr()
        if why is None and "subject name" in told:  # libcurl compares names by itself
            why = "it is for another name"
        return f"the certificate is not valid: {why or _told(told)}"
    return f"the TLS handshake failed: {_told(curl.errstr())}"


def _told(error: str) -> str:
    """The library's words without its prefix; they name hosts and codes, never what we send."""
    return error.removeprefix("SSL certificate ").removeprefix("SSL: ")[:160]


def doing_of(curl: Any, *, tls: bool) -> str:
    """What a transfer was doing when its time was up. Libcurl tells nothing of a connection
    before its TLS handshake is done."""
    if not curl.getinfo(pycurl.CONNECT_TIME_T):
        return "connecting or in the TLS handshake" if tls else "connecting"
    if curl.getinfo(pycurl.STARTTRANSFER_TIME_T):
        return "reading the answer"
    return "waiting for the answer"
