"""Field types that several kinds share."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kener.checks._addresses import clean_host

Host = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=253), AfterValidator(clean_host)
]
Port = Annotated[int, Field(ge=1, le=65535)]

ADVANCED: dict[str, Any] = {"advanced": True}
TEXTAREA: dict[str, Any] = {"widget": "textarea"}
MAY_REFER: dict[str, Any] = {"refers": True}
"""`{{ secret.NAME }}` may stand in such a field."""

IpVersion = Annotated[
    Literal["auto", "ipv4", "ipv6"], Field(title="IP version", json_schema_extra=ADVANCED)
]
VerifyTls = Annotated[
    bool,
    Field(
        title="Verify the certificate",
        description="If not, an invalid certificate is accepted",
        json_schema_extra=ADVANCED,
    ),
]


def host_and_port(host: str, port: int) -> str:
    """Both in one, like example.org:443; with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
