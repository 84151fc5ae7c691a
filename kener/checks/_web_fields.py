"""Fields that the kinds which speak HTTP share, and how they are checked."""

from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from kener.checks import _fields, _pem
from kener.checks._fields import ADVANCED, MAY_REFER, TEXTAREA
from kener.checks._http_request import PLAIN, Transport
from kener.checks._proxies import proxy
from kener.checks._web import header_lines, place, status_ranges
from kener.checks._web_bodies import check_json, form_lines
from kener.core.references import secrets_in

NO_SECRET = SecretStr("")
# The folds of the form in which these stand.
REQUEST = ADVANCED | {"group": "The request"}
SIGNING_IN = ADVANCED | {"group": "Signing in"}
CERTIFICATES = ADVANCED | {"group": "Certificates"}
CONNECTION = ADVANCED | {"group": "Redirects, proxy, connection"}


def _address(value: str) -> str:
    place(value.strip())
    return value.strip()


def _ranges(value: str) -> str:
    status_ranges(value)
    return value


def _headers(value: str) -> str:
    header_lines(value)
    return value


def check_body(value: str, info: ValidationInfo) -> str:
    """Of the type that the field before it names."""
    kind = info.data.get("body_type")
    if kind == "form":
        form_lines(value)
    elif kind == "json" and value.strip():
        check_json(value)
    return value


def _authorities(value: str) -> str:
    if value.strip():
        _pem.certificates(value)
    return value


def _key(value: SecretStr, info: ValidationInfo) -> SecretStr:
    certificate, key = info.data.get("client_certificate"), value.get_secret_value().strip()
    if certificate is None or secrets_in(key):
        return value
    if bool(key) is not bool(certificate.strip()):
        raise ValueError("a client certificate and its key go together")
    if key:
        _pem.check_key(key, _pem.certificates(certificate)[0])
    return value


def _proxy(value: str) -> str:
    proxy(value)
    return value.strip()


WebAddress = Annotated[
    str,
    Field(title="Address", description="Begins with http:// or https://", max_length=2000),
    AfterValidator(_address),
]
Method = Annotated[
    Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], Field(title="Method")
]
AcceptedStatuses = Annotated[
    str,
    Field(
        title="Accepted statuses",
        description="Statuses and ranges, like 200-299,401",
        max_length=100,
    ),
    AfterValidator(_ranges),
]
Headers = Annotated[
    str,
    Field(
        title="Headers",
        description="One “Name: value” a line",
        max_length=8000,
        json_schema_extra=REQUEST | TEXTAREA | MAY_REFER,
    ),
    AfterValidator(_headers),
]
BodyKind = Annotated[
    Literal["raw", "json", "form"],
    Field(
        title="Type of the body",
        description="A form is written as one “name=value” a line",
        json_schema_extra=REQUEST,
    ),
]
Body = Annotated[
    str,
    Field(
        title="Body",
        description="Sent with the request",
        max_length=100_000,
        json_schema_extra=REQUEST | TEXTAREA | MAY_REFER,
    ),
    AfterValidator(check_body),
]
ClientCertificate = Annotated[
    str,
    Field(
        title="Client certificate",
        description="Ours, in PEM, with what belongs between it and its authority",
        max_length=30_000,
        json_schema_extra=CERTIFICATES | TEXTAREA,
    ),
    AfterValidator(_authorities),
]
ClientKey = Annotated[
    SecretStr,
    Field(
        title="Key of the client certificate",
        description="In PEM, without passphrase",
        max_length=20_000,
        validate_default=True,
        json_schema_extra=CERTIFICATES | TEXTAREA,
    ),
    AfterValidator(_key),
]
Authorities = Annotated[
    str,
    Field(
        title="Own certificate authority",
        description="In PEM; trusted instead of the public ones",
        max_length=100_000,
        json_schema_extra=CERTIFICATES | TEXTAREA,
    ),
    AfterValidator(_authorities),
]
ProxyAddress = Annotated[
    str,
    Field(
        title="Proxy",
        description="Like http://proxy.example:3128, socks5://… or socks5h://…",
        max_length=300,
        json_schema_extra=CONNECTION,
    ),
    AfterValidator(_proxy),
]
ProxyUsername = Annotated[
    str,
    Field(title="User name for the proxy", max_length=200, json_schema_extra=CONNECTION),
]
ProxyPassword = Annotated[
    SecretStr,
    Field(title="Password for the proxy", max_length=1000, json_schema_extra=CONNECTION),
]
FollowRedirects = Annotated[
    bool,
    Field(
        title="Follow redirects",
        description="If not, the status of the redirect itself is judged",
        json_schema_extra=CONNECTION,
    ),
]
MaxRedirects = Annotated[
    int, Field(ge=0, le=20, title="Most redirects to follow", json_schema_extra=CONNECTION)
]
VerifyTls = Annotated[_fields.VerifyTls, Field(json_schema_extra=CERTIFICATES)]
IpVersion = Annotated[_fields.IpVersion, Field(json_schema_extra=CONNECTION)]
CertificateDays = Annotated[
    int,
    Field(
        ge=0,
        le=365,
        title="Certificate warning",
        description="Degraded when fewer days are left; 0: never",
        json_schema_extra=CERTIFICATES | {"unit": "days"},
    ),
]
MaxKb = Annotated[
    int,
    Field(
        ge=1,
        le=1024,
        title="Read at most",
        description="What comes after is not read",
        json_schema_extra=CONNECTION | {"unit": "KB"},
    ),
]
Http2 = Annotated[
    bool,
    Field(
        title="Offer HTTP/2",
        description="Over TLS; the server chooses",
        json_schema_extra=CONNECTION,
    ),
]


class HasTransport(Protocol):
    """A check with the fields that say how to get there."""

    @property
    def verify_tls(self) -> bool: ...
    @property
    def http2(self) -> bool: ...
    @property
    def ip_version(self) -> IpVersion: ...
    @property
    def ca_certificate(self) -> str: ...
    @property
    def client_certificate(self) -> str: ...
    @property
    def client_key(self) -> SecretStr: ...
    @property
    def proxy(self) -> str: ...
    @property
    def proxy_username(self) -> str: ...
    @property
    def proxy_password(self) -> SecretStr: ...


def transport_of(check: HasTransport) -> Transport:
    """How to get there, by a check's fields."""
    client = None
    if check.client_certificate.strip():
        key = check.client_key.get_secret_value().strip()
        client = f"{check.client_certificate.strip()}\n".encode(), f"{key}\n".encode()
    made = Transport(
        verify=check.verify_tls,
        http2=check.http2,
        family=check.ip_version,
        ca=check.ca_certificate.strip().encode(),
        client=client,
        proxy=proxy(check.proxy, check.proxy_username, check.proxy_password.get_secret_value()),
    )
    return PLAIN if made == PLAIN else made  # most are, and there are many monitors
