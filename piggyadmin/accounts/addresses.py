"""From where a request comes."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Who has one IPv6 address has a whole network of this size.
IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """Give the address of the person's own machine or line, past as many proxies as are trusted.

    Each proxy appends whom it heard from, so we count from the right: what stands further left is
    whatever the person sent.
    """
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = min(settings.TRUSTED_PROXIES, len(heard))
    own = heard[-proxies] if proxies else ""
    return _line(own or request.META.get("REMOTE_ADDR", ""))


def _line(text: str) -> str:
    """Write an address as all are written that belong to the same line."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return text[:64]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), IPV6_PREFIX), strict=False).network_address)
    return str(address)
