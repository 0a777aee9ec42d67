"""How receivers tell that a mail is the author's: SPF (RFC 7208), DKIM and DMARC (RFC 7489).

What the DNS says is asked for by a function that is handed in: it gives the TXT records of a
name, each in one piece, or None where no answer could be had.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Texts = Callable[[str], tuple[str, ...] | None]

MOST_LOOKUPS = 10  # RFC 7208, 4.6.4: a record that needs more is an error to receivers
_ASKS = ("include", "a", "mx", "ptr", "exists", "redirect")  # the mechanisms that are counted


class DnsSilent(Exception):
    """No name server gave an answer."""


@dataclass(frozen=True, slots=True)
class Dmarc:
    """What a domain's owner asks receivers to do with mails that are not shown to be theirs.

    `domain` is where the record stands: at the author's domain, or above it. `policy` is none,
    quarantine or reject, as it holds for the author's domain.
    """

    domain: str
    policy: str
    is_dkim_strict: bool
    is_spf_strict: bool

    def is_aligned(self, author: str, other: str, *, strict: bool) -> bool:
        """Whether the domain that a check was passed for counts as the author's (RFC 7489, 3.1)."""
        if strict:
            return author == other
        return _is_below(author, self.domain) and _is_below(other, self.domain)


def dmarc_of(author: str, texts: Texts) -> Dmarc | None:
    """What holds for mails from that domain; None: there is no record that receivers would take.

    The domain's own record counts, else that of the domain above it that is nearest to the root of
    those that have one, as receivers find it who know no list of public suffixes. Two records at
    one name count as none. Raises DnsSilent.
    """
    found = {name: tags for name in _upwards(author) if (tags := _dmarc_at(name, texts))}
    if not found:
        return None
    above = [*found][-1]
    own = found.get(author)
    tags = own or found[above]
    policy = tags.get("p", "") if own else tags.get("sp") or tags.get("p", "")
    strict = {tag: tags.get(tag, "r").lower() == "s" for tag in ("adkim", "aspf")}
    return Dmarc(above, policy.lower() or "none", strict["adkim"], strict["aspf"])


def spf_faults(domain: str, texts: Texts) -> tuple[str, ...]:
    """What is wrong with who may send for the domain, each in words; empty: nothing.

    Raises DnsSilent.
    """
    records = _spf_at(domain, texts)
    if not records:
        return (f"{domain} has no SPF record: write one that names your mail server",)
    if len(records) > 1:
        return (f"{domain} has {len(records)} SPF records, and so none that counts: make them one",)
    faults = []
    terms = records[0].lower().split()[1:]
    if {"all", "+all"} & set(terms):
        faults.append(f"the SPF record of {domain} lets anybody send for it: end it in ~all")
    elif not any(t.lstrip("-~?") == "all" or t.startswith("redirect=") for t in terms):
        faults.append(f"the SPF record of {domain} says nothing of all others: end it in ~all")
    if (asked := _lookups(domain, texts, MOST_LOOKUPS + 1)) > MOST_LOOKUPS:
        faults.append(
            f"the SPF record of {domain} has receivers ask the DNS more than {MOST_LOOKUPS} times, "
            f"at which they give up (RFC 7208, 4.6.4); it is {asked} or more: take includes out"
        )
    return tuple(faults)


def _spf_at(domain: str, texts: Texts) -> list[str]:
    return [text for text in _asked(domain, texts) if text.lower().split(" ")[0] == "v=spf1"]


def _lookups(domain: str, texts: Texts, most: int) -> int:
    """How often a receiver asks the DNS for the record, and for those that it takes in."""
    count = 0
    for term in _spf_at(domain, texts)[:1]:
        for name, inner in _terms(term):
            if count >= most:
                return count
            count += 1
            if name in {"include", "redirect"} and inner and "%" not in inner:
                count += _lookups(inner, texts, most - count)
    return count


def _terms(record: str) -> Iterator[tuple[str, str]]:
    """The mechanisms that ask the DNS, each with the domain it names."""
    for term in record.lower().split()[1:]:
        plain = term.lstrip("+-~?").replace("=", ":", 1)
        name, _, inner = plain.partition(":")
        if name.partition("/")[0] in _ASKS:
            yield name, inner.partition("/")[0]


def _dmarc_at(domain: str, texts: Texts) -> dict[str, str]:
    """The tags of the one record there; none where there is none, or more than one."""
    records = [_tags(text) for text in _asked(f"_dmarc.{domain}", texts)]
    records = [tags for tags in records if next(iter(tags.items()), None) == ("v", "DMARC1")]
    return records[0] if len(records) == 1 else {}


def _tags(record: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in record.split(";") if "=" in tag)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _upwards(domain: str) -> Sequence[str]:
    """The domain and those above it, but for the last, which is nobody's."""
    labels = domain.split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]


def _is_below(domain: str, above: str) -> bool:
    return domain == above or domain.endswith(f".{above}")


def _asked(name: str, texts: Texts) -> tuple[str, ...]:
    found = texts(name)
    if found is None:
        raise DnsSilent
    return found
