"""Network addresses, no nearer than they are needed."""

from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network


class Kept(StrEnum):
    """How much of a visitor's network address the consent record keeps."""

    FULL = "full"
    TRUNCATED = "truncated"
    NONE = "none"


def network_of(host: str) -> str:
    """The network that an address is in, such as `192.0.2.0/24`; empty for what is no address.

    /24 and /48 are what one site usually has (RFC 6177, 2), so that an address is one of some
    hundred people's or of one house, and no machine's.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def kept_of(host: str, how: Kept) -> str:
    """What the consent record keeps of a visitor's address; empty for what is none."""
    network = network_of(host)
    match how:
        case Kept.FULL:
            return host if network else ""
        case Kept.TRUNCATED:
            return network
        case Kept.NONE:
            return ""
