"""Hosts, as far as where they are matters."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an IP address, is this machine for certain."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
