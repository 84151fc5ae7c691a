"""Settings of the kinds of check that speak HTTP."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from kener_client.types.words import BodyType, IpVersion, Method, Severity


class Assertion(TypedDict):
    """`source` names what is looked at (`status`, `header:etag`, `json:$.a`); `op` how it is
    compared with `value`; `severity` what it means when it is not so."""

    source: str
    op: NotRequired[
        Literal[
            "equals",
            "not",
            "contains",
            "not_contains",
            "matches",
            "not_matches",
            "<",
            "<=",
            ">",
            ">=",
            "exists",
            "in",
        ]
    ]
    value: NotRequired[bool | int | float | str | Sequence[bool | int | float | str | None] | None]
    severity: NotRequired[Severity]


class Capture(TypedDict):
    """`source` names what of the answer becomes the variable."""

    name: str
    source: str


class Step(TypedDict):
    """One request, what its answer must be, and what is taken from it."""

    name: NotRequired[str]
    method: NotRequired[Method]
    url: str
    accepted_statuses: NotRequired[str]
    headers: NotRequired[str]
    body_type: NotRequired[BodyType]
    body: NotRequired[str]
    follow_redirects: NotRequired[bool]
    captures: NotRequired[Sequence[Capture]]
    assertions: NotRequired[Sequence[Assertion]]


class HttpSettings(TypedDict):
    """One request, redirects followed by us, the answer judged."""

    url: str
    method: NotRequired[Method]
    accepted_statuses: NotRequired[str]
    keyword: NotRequired[str]
    keyword_mode: NotRequired[Literal["present", "absent"]]
    assertions: NotRequired[Sequence[Assertion]]
    headers: NotRequired[str]
    secret_headers: NotRequired[str]
    body_type: NotRequired[BodyType]
    body: NotRequired[str]
    content_type: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    bearer_token: NotRequired[str]
    oauth_token_url: NotRequired[str]
    oauth_client_id: NotRequired[str]
    oauth_client_secret: NotRequired[str]
    oauth_scope: NotRequired[str]
    oauth_audience: NotRequired[str]
    oauth_method: NotRequired[Literal["basic", "post"]]
    client_certificate: NotRequired[str]
    client_key: NotRequired[str]
    ca_certificate: NotRequired[str]
    proxy: NotRequired[str]
    proxy_username: NotRequired[str]
    proxy_password: NotRequired[str]
    follow_redirects: NotRequired[bool]
    max_redirects: NotRequired[int]
    verify_tls: NotRequired[bool]
    certificate_days: NotRequired[int]
    certificate_down_days: NotRequired[int]
    max_kb: NotRequired[int]
    ip_version: NotRequired[IpVersion]
    http2: NotRequired[bool]


class StepsSettings(TypedDict):
    """HTTP requests in order, with values taken from one answer for the requests after it."""

    variables: NotRequired[str]
    secret_variables: NotRequired[str]
    steps: Sequence[Step]
    client_certificate: NotRequired[str]
    client_key: NotRequired[str]
    ca_certificate: NotRequired[str]
    proxy: NotRequired[str]
    proxy_username: NotRequired[str]
    proxy_password: NotRequired[str]
    max_redirects: NotRequired[int]
    verify_tls: NotRequired[bool]
    certificate_days: NotRequired[int]
    max_kb: NotRequired[int]
    ip_version: NotRequired[IpVersion]
    http2: NotRequired[bool]


class StatusPageSettings(TypedDict):
    """A page in Atlassian's form: the whole of it, or some components."""

    url: str
    components: NotRequired[str]
    partial: NotRequired[Literal["degraded", "down"]]
    maintenance: NotRequired[Literal["up", "degraded", "down"]]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class WebSocketSettings(TypedDict):
    """The opening handshake (RFC 6455); if wanted a message, an answer to it, and a ping."""

    url: str
    send: NotRequired[str]
    expect: NotRequired[str]
    expect_mode: NotRequired[Literal["contains", "equals", "matches"]]
    max_messages: NotRequired[int]
    ping: NotRequired[bool]
    subprotocols: NotRequired[str]
    headers: NotRequired[str]
    secret_headers: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    bearer_token: NotRequired[str]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]
