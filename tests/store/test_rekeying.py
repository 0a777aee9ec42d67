"""Another rule for comparing addresses, over people who are there already."""

from sqlalchemy import Engine, select

from partwork.model.audience import SuppressionReason
from partwork.store.audience import is_suppressed, load_subscriber, save_suppression
from partwork.store.consents import last_consent
from partwork.store.engine import read_only
from partwork.store.rekeying import Keys, rekey
from partwork.store.schema import subscribers
from tests.conftest import NOW


def by_length(address: str) -> Keys:
    """A rule under which ada and bob are one, for whom grace is nobody, and eve stays."""
    if address.startswith("grace"):
        raise ValueError("not a name")
    if address.startswith("eve"):
        return Keys(address, "hash of eve")
    return Keys(f"{len(address)} letters", f"hash of {len(address)} letters")


def keys(engine: Engine) -> list[str]:
    with read_only(engine) as conn:
        query = select(subscribers.c.address_key).order_by(subscribers.c.id)
        return list(conn.execute(query).scalars())


def test_keys_follow_the_new_rule_once(town) -> None:
    town.join("ada", "bob", "eve", "grace", "hypatia")

    assert rekey(town.engine, "length", by_length) == 2
    assert keys(town.engine) == [
        "15 letters",
        "bob@example.org",  # one with ada by this rule, and so left as it was
        "eve@example.org",
        "grace@example.org",
        "19 letters",
    ]
    town.join("newton")
    assert rekey(town.engine, "length", by_length) == 0
    assert rekey(town.engine, "another rule", by_length) == 1


def test_suppression_and_departure_follow_the_person(town) -> None:
    (ada,) = town.join("ada")
    town.leave(ada)
    with town.engine.begin() as conn:
        save_suppression(conn, "hash of ada", SuppressionReason.COMPLAINT, NOW)

    rekey(town.engine, "length", by_length)

    with read_only(town.engine) as conn:
        assert is_suppressed(conn, "hash of 15 letters")
        assert is_suppressed(conn, "hash of ada")
        assert last_consent(conn, "hash of 15 letters", "daily") is not None
        assert load_subscriber(conn, "15 letters") is not None


def test_more_people_than_are_read_at_once(town) -> None:
    with town.engine.begin() as conn:
        rows = [
            {
                "address": f"reader-{n}@example.org",
                "address_key": f"{n}",
                "suppression_key": "",
                "name": "",
                "language": "",
                "created_at": NOW,
            }
            for n in range(2_500)
        ]
        conn.execute(subscribers.insert(), rows)

    changed = rekey(town.engine, "words", lambda a: Keys(a.removesuffix("@example.org"), "hash"))

    assert changed == 2_500
