"""Which addresses may be fetched from: names on the web, on the public internet."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urldefrag, urlsplit

from partwork.fetching.errors import CHECK, NotFetched

SCHEMES = frozenset({"http", "https"})


def is_url(text: str) -> bool:
    """Whether `text` is meant as a URL of any scheme, and not as a file's name."""
    return re.match(r"\s*[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) is not None


def checked_url(url: str) -> str:
    """`url` without fragment and outer white space. Raises NotFetched for what is no web page's.

    Where it leads is decided later, by the address that is connected to: see `is_admitted`.
    """
    url = url.strip()
    if _UNPRINTABLE.search(url):
        raise NotFetched(url, "has spaces, backslashes or controls in it", CHECK)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotFetched(url, "is no web address", CHECK) from None
    if not is_url(url):
        raise NotFetched(url, "is no whole web address", "write it with https:// in front")
    if parts.scheme not in SCHEMES:
        raise NotFetched(url, "is no web page: only http and https are fetched", CHECK)
    if "@" in parts.netloc:
        raise NotFetched(url, "has a login in its address", "leave it out: it would be stored")
    if not host or _is_odd(host):
        raise NotFetched(url, "names no host in a usual spelling", CHECK)
    return urldefrag(url).url


def is_admitted(address: str, *, allows_private: bool) -> bool:
    """Whether an IP address may be connected to: a public one, or a private one where allowed.

    IPv4 inside IPv6, mapped (RFC 4291, 2.5.5.2) or behind NAT64 (RFC 6052), counts as that IPv4;
    6to4 and Teredo, which would tunnel to any, are refused. Link-local addresses, where clouds
    keep their metadata, multicast and reserved ones are refused even where private are allowed.
    """
    try:
        found = _unwrapped(ip_address(address))
    except ValueError:
        return False
    if any(found in network for network in _METADATA if network.version == found.version):
        return False
    if _is_public(found):
        return True
    private = (network for network in _PRIVATE if network.version == found.version)
    return allows_private and any(found in network for network in private)


# WHATWG URL, 3.2: a host whose last label is a number is an IPv4 address, however it is spelt.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2000-\u200f\u2028-\u202e]")

_NAT64 = ip_network("64:ff9b::/96")
_GLOBAL_IPV6 = ip_network("2000::/3")  # all that IANA has given out (RFC 4291, 2.4)

# Beyond what every Python from 3.11 on knows of IANA's special-purpose registries.
_SPECIAL: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments; holds Oracle's metadata
        "192.88.99.0/24",  # 6to4 relays, withdrawn (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
        "2002::/16",  # 6to4 (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_METADATA = (ip_network("168.63.129.16/32"), ip_network("fd00:ec2::254/128"))  # Azure, AWS
_PRIVATE = tuple(
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
)


def _is_odd(host: str) -> bool:
    """Whether the host is an IPv4 address in octal, hexadecimal, one number or with parts left out.

    No link that people share has one; resolvers differ in what they make of them.
    """
    if not _NUMERIC.fullmatch(host):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def _unwrapped(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if any(found in network for network in _SPECIAL if network.version == found.version):
        return False
    if isinstance(found, IPv6Address) and found not in _GLOBAL_IPV6:
        return False
    return found.is_global and not found.is_multicast
