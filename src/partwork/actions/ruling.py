"""The rules of sites: how editors' decisions grow into them, and how they end."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from partwork.actions.clean_again import CleanedAgain, clean_again
from partwork.actions.filing import load_record, load_rules, save_record, save_rules
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article, meant_by
from partwork.actions.remembering import Memories
from partwork.assembly import Press
from partwork.cleaning.memory import BY_RULE
from partwork.library import LibraryError
from partwork.manuscript.record import Record
from partwork.model.article import Removal
from partwork.model.errors import PartworkError
from partwork.model.memory import EditorVerdict, SiteRule, site_of, words_of
from partwork.model.slug import slug_of


@dataclass(frozen=True, slots=True)
class Grown:
    """All rules after a decision, and which of them are new; `ended` said the contrary."""

    rules: tuple[SiteRule, ...]
    made: tuple[SiteRule, ...] = ()
    ended: tuple[SiteRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """A block that an ended rule spoke of, by its number in the article as it was read, from 1.

    `is_in` says whether it stands in the article now; `why` tells why it is still out, or what
    takes it out now that no rule keeps it.
    """

    article: str
    number: int
    text: str
    is_in: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Revoked:
    """A rule that ended, what became of the articles that it had touched, and of each block.

    Of a rule that kept blocks, those that stay without it are not listed.
    """

    rule: SiteRule
    again: CleanedAgain
    blocks: tuple[Released, ...] = ()


def grown_rules(
    press: Press,
    slug: str,
    words: Sequence[str],
    *,
    site: str,
    verdict: EditorVerdict,
    for_site: bool,
    today: date,
) -> Grown:
    """The rules of the home once these words were judged in an article of `site`.

    They become a rule `for_site`, or where another article of the site has the same decision.
    Raises LibraryError where a rule is asked for and there is no site or there are no words.
    """
    if for_site and not site:
        raise LibraryError(
            f"{slug} is of no site, so it can make no rule; name its site with "
            "`partwork ingest SOURCE --site NAME`"
        )
    if for_site and not all(words):
        raise LibraryError(f"{slug}: a block without a word can make no rule for {site}")
    rules = list(load_rules(press))
    made: list[SiteRule] = []
    ended: list[SiteRule] = []
    others = _decided_elsewhere(press, slug, site, verdict, set(words)) if site else {}
    for said in dict.fromkeys(filter(None, words)):
        known = [rule for rule in rules if rule.site == site and rule.words == said]
        if any(rule.verdict is verdict for rule in known):
            continue
        if for_site or others.get(said):
            ended += known
            rules = [rule for rule in rules if rule not in known]
            name = _free_name(verdict, said, {rule.name for rule in rules})
            froms = tuple(sorted({*others.get(said, ()), slug}))
            made.append(SiteRule(name, site, verdict, said, today, froms))
            rules.append(made[-1])
    return Grown(tuple(rules), tuple(made), tuple(ended))


def revoke(press: Press, name: str) -> Revoked:
    """Ends a rule; what it touched is cleaned again from the raw text, hand edits excepted.

    The decisions of its kind still bind their own articles, and make no rule any more: see
    `uncount`. Raises LibraryError for a name that no rule has.
    """
    with holding_articles(press):
        memories = Memories(press)
        rule = next((rule for rule in memories.rules if rule.name == name), None)
        if rule is None:
            meant = meant_by(name, [rule.name for rule in memories.rules], "partwork rules")
            raise LibraryError(f"there is no rule {name!r}; {meant}")
        memories.rules = tuple(other for other in memories.rules if other is not rule)
        memories.learn_all()
        uncount(press, rule)
        touched = _touched_by(press, rule)
        held = {slug: _held_by(press, slug, rule) for slug in touched}
        again = clean_again(press, memories, touched)
        save_rules(press, [other for other in load_rules(press) if other.name != name])
        released = [
            block
            for slug in dict.fromkeys((*touched, *rule.made_from))
            for block in _released(press, slug, rule, held.get(slug, {}), again)
        ]
        return Revoked(rule, again, tuple(released))


def uncount(press: Press, rule: SiteRule) -> None:
    """Takes their words from the decisions that would make an ended rule again.

    They bind their articles by block as before; two new ones are needed to make the rule anew.
    """
    for slug, record in _records_of(press, rule.site):
        decisions = tuple(
            replace(d, words="") if (d.verdict, d.words) == (rule.verdict, rule.words) else d
            for d in record.decisions
        )
        if decisions != record.decisions:
            save_record(press, slug, replace(record, decisions=decisions))


def _decided_elsewhere(
    press: Press, slug: str, site: str, verdict: EditorVerdict, words: Collection[str]
) -> dict[str, list[str]]:
    """The other articles of the site in which such words were judged so, by words."""
    found: dict[str, list[str]] = {}
    for other, record in _records_of(press, site):
        for decision in record.decisions if other != slug else ():
            if decision.verdict is verdict and decision.words in words:
                found.setdefault(decision.words, []).append(other)
    return found


def _records_of(press: Press, site: str) -> Iterator[tuple[str, Record]]:
    """The articles of a site in which something was decided, and their records."""
    for slug in press.library.article_slugs():
        try:
            record = load_record(press, slug)
            if not record.decisions:
                continue
            if (record.site or site_of(load_article(press, slug).source)) == site:
                yield slug, record
        except PartworkError:
            continue  # `partwork report` lists it


def _free_name(verdict: EditorVerdict, words: str, taken: Collection[str]) -> str:
    """A name that says what the rule is: `drop-follow-us-on`."""
    said = slug_of(words).split("-")[:4]
    stem = f"{verdict}-{'-'.join(filter(None, said)) or 'rule'}"
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    return name


def _held_by(press: Press, slug: str, rule: SiteRule) -> dict[int, str]:
    """The blocks that the rule took out of an article, by position."""
    return {
        removal.position: removal.block.text
        for removal in _removals_of(press, slug)
        if removal.rule == BY_RULE + rule.name
    }


def _released(
    press: Press, slug: str, rule: SiteRule, held: Mapping[int, str], again: CleanedAgain
) -> Iterator[Released]:
    """What became of the blocks of an article that have the words of an ended rule."""
    why = ""
    if slug in again.edited:
        why = "the article was edited by hand"
    elif slug in again.lost:
        why = "the article's raw text is not in content/inbox any more"
    out = {r.position: r for r in _removals_of(press, slug) if words_of(r.block.text) == rule.words}
    for position, text in held.items():
        if position not in out:
            yield Released(slug, position + 1, text, is_in=True)
    for position, removal in out.items():
        is_free = removal.rule != BY_RULE + rule.name
        yield Released(
            slug, position + 1, removal.block.text, False, removal.reason if is_free else why
        )


def _removals_of(press: Press, slug: str) -> tuple[Removal, ...]:
    """What is removed from an article; nothing where that cannot be read."""
    try:
        return load_record(press, slug).removals
    except PartworkError:
        return ()  # `partwork report` lists it


def _touched_by(press: Press, rule: SiteRule) -> tuple[str, ...]:
    """The articles in which the rule did something, by its own list and by their records."""
    found = dict.fromkeys(rule.applied_to)
    for slug in press.library.article_slugs():
        if _held_by(press, slug, rule):
            found[slug] = None
    return tuple(slug for slug in found if press.library.article_file(slug).exists())
