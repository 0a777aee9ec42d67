"""Suppression keys: an address on the suppression list is known by its hash alone."""

import hmac

from partwork.subscribing.addresses import address_key, mailbox_of


def suppression_key(address: str, hash_key: bytes) -> str:
    """HMAC-SHA-256 of the address as addresses are compared: 64 hexadecimal digits.

    Without the key nobody can try addresses against the list. Raises ValueError for what is no
    address, and for an empty key.
    """
    return _digest(hash_key, address_key(address))


def mailbox_key(address: str, hash_key: bytes) -> str:
    """What mails to one mailbox are counted by: the suppression key of its plainest address.

    Raises as `suppression_key`.
    """
    return suppression_key(mailbox_of(address), hash_key)


def network_key(network: str, hash_key: bytes) -> str:
    """What tells one network from another without naming it; empty for the empty one."""
    return _digest(hash_key, f"network {network}") if network else ""  # no @, as below


def fingerprint(hash_key: bytes) -> str:
    """What tells one hash key from another without giving it away: 16 hexadecimal digits."""
    return _digest(hash_key, "fingerprint")[:16]  # holds no @, so it is nobody's suppression key


def _digest(hash_key: bytes, words: str) -> str:
    if not hash_key:
        raise ValueError("the hash key is empty")
    return hmac.digest(hash_key, words.encode(), "sha256").hex()
