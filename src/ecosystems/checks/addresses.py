"""Addresses of pages: which lead to a public host, and which lead to the same page."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
# Names that no public host has (RFC 6761, RFC 6762, RFC 8375, and the habits of offices and homes).
_PRIVATE = {"alt", "arpa", "corp", "home", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid?|mc_[ce]id|_ga|_gl|_hs\w+|mkt_tok)(=|$)")
# Of searches, mails and networks, and of those who shorten addresses.
DETOUR = re.compile(
    r"https?://(www\.)?(google\.[a-z.]+/(url|search|imgres|amp)\b|bing\.com/(ck|search)\b|duckduckgo\.com/(l/|\?)"
    r"|r\.search\.yahoo\.com/|lm?\.(facebook|instagram)\.com/"
    r"|(t\.co|lnkd\.in|bit\.ly|goo\.gl|tinyurl\.com|is\.gd|ow\.ly)/"
    r"|\w+\.safelinks\.protection\.outlook\.com/|urldefense\.(com|proofpoint\.com)/)",
    re.IGNORECASE,
)
"""An address that leads to a page by way of another site, which may stop to do so."""


@lru_cache(10_000)
def host(url: str) -> str:
    """The host of an address, without ``www.``; an empty text if it has none."""
    try:
        return (urlsplit(url).hostname or "").removesuffix(".").removeprefix("www.")
    except ValueError:
        return ""


def public(url: str) -> bool:
    """Whether an address can be of a page that anybody can open: a public host, a possible port, no user name."""
    try:
        parts = urlsplit(url)
        port, name = parts.port, (parts.hostname or "").removesuffix(".")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or port == 0:
        return False
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        pass
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return False
    return labels[-1] not in _PRIVATE and not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1])


def same_page(url: str) -> str:
    """What addresses of one page have in common: no scheme, ``www.``, last slash, place in the page, tracking."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    query = "&".join(q for q in parts.query.split("&") if q and not _TRACKING.match(q))
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""  # a page drawn by a script
    return f"{host(url)}{port}{parts.path.rstrip('/')}{'?' if query else ''}{query}{route}"
