"""By what the webhooks of a service are known, as an operator writes it."""

from partwork.model.feedback import Source
from partwork.returning.signatures.sendgrid import key_of
from partwork.returning.signatures.sns import topic_of

SHORTEST = 16  # characters of a password that the whole internet may try; a guess


def known_by(source: Source, words: str) -> tuple[str, ...]:
    """The topics of SES, logins of Postmark or keys in a list that commas part; maybe none.

    Raises ValueError, which repeats none of it, for one that cannot be.
    """
    known = tuple(filter(None, map(str.strip, words.split(","))))
    for one in known:
        match source:
            case Source.SES:
                topic_of(one)
            case Source.POSTMARK:
                name, _, password = one.partition(":")
                if not name or len(password) < SHORTEST:
                    raise ValueError(f"must be name:password, of {SHORTEST} characters or more")
            case Source.SENDGRID:
                key_of(one)
    return known
