"""How this machine reaches the internet, as its environment says: through which proxy, and whose certificates it trusts."""

import os
import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa")


def authorities() -> str:
    """The PEM file of the authorities to trust instead of the usual ones, whichever variable names it; empty for none."""
    return next((value for name in BUNDLES if (value := os.environ.get(name, ""))), "")


def trust() -> ssl.SSLContext | bool:
    """The same for httpx, which by itself knows one of the variables only. Raises OSError for a file that cannot be read."""
    found = authorities()
    return ssl.create_default_context(cafile=found) if found else True


def told() -> dict[str, str]:
    """The same as variables for a program of its own, in which each library looks at another one."""
    found = authorities()
    return dict.fromkeys(BUNDLES, found) if found else {}


def proxies(url: str) -> dict[str, str]:
    """The proxies for an address by scheme, by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY; empty for the direct way."""
    from requests.utils import get_environ_proxies, select_proxy

    found: dict[str, str] = get_environ_proxies(url)
    return found if select_proxy(url, found) else {}


def place(url: str) -> str:
    """HOST:PORT of an address of the web; empty for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""


def proxy_hosts(environment: Mapping[str, str]) -> list[str]:
    """HOST:PORT of every proxy that an environment names, without the passwords in it."""
    names = ("http_proxy", "https_proxy", "all_proxy")
    told = {value for name, value in environment.items() if name.lower() in names and value}
    return sorted({urlsplit(one if "://" in one else f"//{one}").netloc.rpartition("@")[2] for one in told})


def numeric(host: str) -> str:
    """The address that a host is written as, in its usual form ("127.1" is 127.0.0.1); empty for a name."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""


def is_inside(name: str) -> bool:
    """Whether a host's very name says that it is not on the internet at large. What others are, only a look-up would tell."""
    bare = name.rstrip(".").lower()
    return "." not in bare or bare.endswith(INSIDE)
