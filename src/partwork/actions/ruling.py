"""The rules of sites: how editors' decisions grow into them, and how they end."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from partwork.actions.filing import (
    is_as_made,
    load_record,
    load_rules,
    read_again,
    save_rules,
)
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article
from partwork.actions.remembering import Memories
from partwork.assembly import Clock, Press
from partwork.cleaning.memory import BY_RULE
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.memory import NOTHING, EditorVerdict, SiteRule, site_of


@dataclass(frozen=True, slots=True)
class Grown:
    """All rules after a decision, and which of them are new; `ended` said the contrary."""

    rules: tuple[SiteRule, ...]
    made: tuple[SiteRule, ...] = ()
    ended: tuple[SiteRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Revoked:
    """A rule that ended, and the articles it had touched.

    `cleaned` were cleaned again without it; `edited` were not, since a hand has changed them;
    `lost` were not, since their raw text is gone or cannot be read.
    """

    rule: SiteRule
    cleaned: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


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


def revoke(press: Press, name: str, clock: Clock) -> Revoked:
    """Ends a rule; what it touched is cleaned again from the raw text, hand edits excepted.

    The decisions that it was made from still bind their own articles. Raises LibraryError for a
    name that no rule has.
    """
    with holding_articles(press, clock) as hold_on:
        memories = Memories(press)
        rule = next((rule for rule in memories.rules if rule.name == name), None)
        if rule is None:
            names = ", ".join(rule.name for rule in memories.rules) or "none yet"
            raise LibraryError(f"there is no rule {name!r}; there are {names}")
        memories.rules = tuple(other for other in memories.rules if other is not rule)
        memories.learn_all()
        fates: dict[str, list[str]] = {"cleaned": [], "edited": [], "lost": []}
        for slug in _touched_by(press, rule):
            hold_on()
            fates[_cleaned_again(press, memories, slug)].append(slug)
        save_rules(press, memories.rules)
        memories.save_applied()
        return Revoked(rule, *(tuple(fates[fate]) for fate in ("cleaned", "edited", "lost")))


def _decided_elsewhere(
    press: Press, slug: str, site: str, verdict: EditorVerdict, words: Collection[str]
) -> dict[str, list[str]]:
    """The other articles of the site in which such words were judged so, by words."""
    found: dict[str, list[str]] = {}
    for other in press.library.article_slugs():
        try:
            record = load_record(press, other)
            if other == slug or not record.decisions:
                continue
            if (record.site or site_of(load_article(press, other).source)) != site:
                continue
        except PartworkError:
            continue  # `check` reports it
        for decision in record.decisions:
            if decision.verdict is verdict and decision.words in words:
                found.setdefault(decision.words, []).append(other)
    return found


def _free_name(verdict: EditorVerdict, words: str, taken: Collection[str]) -> str:
    """A name that says what the rule is: `drop-follow-us-on`."""
    said = re.findall(r"[a-z0-9]+", words)[:4] or ["rule"]
    stem = "-".join((verdict.value, *said))[:60].strip("-")
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    return name


def _touched_by(press: Press, rule: SiteRule) -> tuple[str, ...]:
    """The articles in which the rule did something, by its own list and by their records."""
    found = dict.fromkeys(rule.applied_to)
    for slug in press.library.article_slugs():
        try:
            removals = load_record(press, slug).removals
        except PartworkError:
            continue  # `check` reports it
        if any(removal.rule == BY_RULE + rule.name for removal in removals):
            found[slug] = None
    return tuple(slug for slug in found if press.library.article_file(slug).exists())


def _cleaned_again(press: Press, memories: Memories, slug: str) -> str:
    """What became of an article that should be cleaned again: a field of `Revoked`."""
    try:
        article, record = load_article(press, slug), load_record(press, slug)
    except PartworkError:
        return "edited"  # so that it cannot be read
    if not is_as_made(press, slug, record):
        return "edited"
    read = read_again(press, article)
    if read is None:
        return "lost"
    counts = dict(memories.of_places([slug]))
    memories.clean(read, record, counts.get(slug, NOTHING))
    return "cleaned"
