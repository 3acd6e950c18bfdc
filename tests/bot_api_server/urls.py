"""Which web addresses Telegram takes in links and buttons."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"^(?!-)[^\s.@:/?#_]+(\.[^\s.@:/?#]+)*\.[^\W\d_]{2,}$")
_USER = re.compile(r"^tg://user\?id=(\d+)$")


def mentioned_user(url: str) -> int | None:
    """The user that `url` (tg://user?id=...) stands for, if it is such an address."""
    found = _USER.match(url)
    return int(found[1]) if found else None


def checked_url(url: str) -> str | None:
    """The address as Telegram keeps it (scheme and path filled in); None where Telegram takes it for no address."""
    url = url.strip()
    if re.search(r"[\s<>\"\x00-\x1f]", url):
        return None
    if url.startswith(("tg://", "ton://")):
        return url if len(url) > len("ton://") else None
    full = url if _SCHEME.match(url) and "://" in url else f"http://{url}"
    try:
        parts = urlsplit(full)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not (_HOST.match(host) or _is_address(host)):
        return None
    return full if parts.path else full.replace(parts.netloc, f"{parts.netloc}/", 1)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
