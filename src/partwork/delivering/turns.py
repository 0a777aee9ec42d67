"""The order in which a lane sends what it has claimed."""

from collections.abc import Iterable
from itertools import chain, zip_longest

from partwork.model.address import domain_of
from partwork.model.delivery import Delivery


def in_turn(rows: Iterable[Delivery]) -> list[Delivery]:
    """One of each recipients' domain, then a second of each, and so on.

    Where one provider is slow, the others' readers do not wait behind its own.
    """
    by_domain: dict[str, list[Delivery]] = {}
    for row in rows:
        by_domain.setdefault(domain_of(row.recipient), []).append(row)
    rounds = zip_longest(*by_domain.values())
    return [row for row in chain.from_iterable(rounds) if row is not None]
