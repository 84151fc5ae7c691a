"""Forward proxies: how they are written, and what libcurl is told of them."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pycurl

from kener.checks._addresses import clean_host
from kener.checks._curl_transfer import Option
from kener.checks._fields import host_and_port

PORTS = {"http": 3128, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Proxy:
    """Through whom requests go. `scheme` is http, socks5 (we look names up) or socks5h."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def looks_up(self) -> bool:
        """Whether it looks the target's name up itself."""
        return self.scheme != "socks5"

    @property
    def place(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port

    def options(self) -> list[Option]:
        """For libcurl; what the environment says of proxies counts for nothing."""
        address = f"{self.scheme}://{host_and_port(self.host, self.port)}"
        options: list[Option] = [
            (pycurl.PROXY, address),
            (pycurl.NOPROXY, ""),
            (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),
        ]
        if self.username:
            options += [
                (pycurl.PROXYUSERNAME, self.username.encode()),
                (pycurl.PROXYPASSWORD, self.password.encode()),
            ]
        return options


def proxy(url: str, username: str = "", password: str = "") -> Proxy | None:
    """The proxy at an address like http://proxy.example:3128, None for an empty one; ValueError
    says what is wrong."""
    if not url.strip():
        return None
    match = re.fullmatch(r"(http|socks5h?)://([^\s/?#\\]+)/?", url.strip())
    if match is None:
        raise ValueError("must look like http://host:port, socks5://host:port or socks5h://…")
    if "@" in match[2]:
        raise ValueError("must not hold a user name; use the fields for the proxy's")
    try:
        parts = urlsplit(f"//{match[2]}")
        host, port = clean_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValueError(f"has no valid host or port: {error}") from None
    return Proxy(match[1], host, port or PORTS[match[1]], username, password)
