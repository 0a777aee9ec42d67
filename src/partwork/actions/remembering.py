"""What a home remembers: which articles belong to one place, and what editors decided."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from partwork.actions.filing import (
    load_rules,
    record_of,
    save_cleaned,
    save_rules,
    settle_record,
)
from partwork.actions.loading import load_article
from partwork.assembly import Press
from partwork.cleaning.cleaner import cleaned
from partwork.cleaning.counting import Trace, seen_in_others, trace_of
from partwork.cleaning.memory import rules_at_work
from partwork.library import LibraryError
from partwork.manuscript.record import Record
from partwork.model.article import Article, Cleaned
from partwork.model.errors import PartworkError
from partwork.model.memory import NOTHING, Memory, SiteRule, site_named, site_of, words_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where articles come from that may share boilerplate.

    A site; or, where that is not known, the ingest that brought them in together: then more of
    them must agree, since nothing says that they have one source (both numbers are guesses).
    """

    site: str = ""
    together: str = ""

    @property
    def needed(self) -> int:
        """The number of other articles in which a line must stand to be the place's."""
        return 2 if self.site else 3

    @property
    def shown(self) -> str:
        """Which articles those are, for a reason."""
        return f"of {self.site}" if self.site else "that came in together with this one"


def demanded_site(name: str) -> str:
    """The site of that name, see `site_named`. Raises LibraryError for what is no such name."""
    try:
        return site_named(name)
    except ValueError:
        raise LibraryError(
            f"{name!r} cannot name a site: use its host, such as example.org, or letters, "
            "digits, hyphens and dots"
        ) from None


class Memories:
    """All that a home remembers, and what a run learns on its way.

    `rules` are the home's as they were when it began. Raises what `load_rules` raises.
    """

    def __init__(self, press: Press) -> None:
        self.press = press
        self.rules = load_rules(press)
        self._traces: dict[Place, dict[str, Trace]] = defaultdict(dict)
        self._places: dict[str, Place] = {}
        self._applied: dict[str, list[str]] = defaultdict(list)

    def learn(self, article: Article, record: Record) -> None:
        """Counts an article with its place; one of no place, or without a record, is none's."""
        site = record.site or site_of(article.source)
        place = Place(site, "" if site else record.together)
        if article.slug in self._places:  # it may come from elsewhere by now
            self._traces[self._places.pop(article.slug)].pop(article.slug)
        if record.blocks and place != Place():
            removed = {removal.position for removal in record.removals}
            self._places[article.slug] = place
            self._traces[place][article.slug] = trace_of(record.blocks, removed, article.blocks)

    def learn_all(self) -> None:
        """Counts every article of the home; those that cannot be read are left out."""
        for slug in self.press.library.article_slugs():
            try:
                self.learn(load_article(self.press, slug), settle_record(self.press, slug))
            except PartworkError:
                continue

    def articles_of(self, site: str) -> tuple[str, ...]:
        """The articles of a site, in order."""
        return tuple(sorted(slug for slug, place in self._places.items() if place.site == site))

    def of_places(self, slugs: Collection[str]) -> Iterator[tuple[str, Memory]]:
        """The articles of which something stands in others of their place, and the counts."""
        for place, traces in list(self._traces.items()):
            seen = seen_in_others(traces, traces.keys() & set(slugs), place.needed)
            yield from (
                (slug, Memory(place.shown, lines, place.needed))
                for slug, lines in seen.items()
                if lines
            )

    def newly_repeated(self, new: Collection[str]) -> Iterator[tuple[str, Memory]]:
        """The articles of which a line stands in enough others since these are new; the counts."""
        for place, traces in self._traces.items():
            here = traces.keys() & set(new)
            theirs = Counter(line for slug in here for line in set(traces[slug].lines))
            all_seen = seen_in_others(traces, traces if here else (), place.needed)
            for slug, seen in all_seen.items():
                newly = (s.articles - theirs[line] < place.needed for line, s in seen.items())
                if (slug in here and seen) or any(newly):
                    yield slug, Memory(place.shown, seen, place.needed)

    def judged(self, article: Article, record: Record, counts: Memory = NOTHING) -> Cleaned:
        """The article, cleaned with what is remembered of it; nothing is filed.

        Of `record` site, company and decisions count. `counts` are what `of_places` gave.
        """
        return cleaned(article, self._memory_of(record, counts))

    def clean(self, article: Article, record: Record, counts: Memory = NOTHING) -> Cleaned:
        """Cleans an article as `judged` does and files what came of it."""
        memory = self._memory_of(record, counts)
        rules = memory.rules
        result = cleaned(article, memory)
        words = {words_of(block.text) for block in article.blocks} if rules else set()
        if any(words_of(rule.words) in words for rule in rules):
            without = cleaned(article, replace(memory, rules=()))
            for name in rules_at_work(article.blocks, rules, without, result):
                self._applied[name].append(article.slug)
        record = record_of(
            result, site=record.site, together=record.together, decisions=record.decisions
        )
        save_cleaned(self.press, result, record)
        self.learn(result.article, record)
        return result

    def _memory_of(self, record: Record, counts: Memory) -> Memory:
        rules = tuple(rule for rule in self.rules if record.site and rule.site == record.site)
        return replace(counts, decisions=record.decisions, rules=rules)

    def save_applied(self) -> None:
        """Adds what rules did to the rules as they are on file by now."""
        if self._applied:
            save_rules(
                self.press, [_with_applied(r, self._applied) for r in load_rules(self.press)]
            )


def _with_applied(rule: SiteRule, applied: Mapping[str, list[str]]) -> SiteRule:
    slugs = dict.fromkeys((*rule.applied_to, *applied.get(rule.name, ())))
    return replace(rule, applied_to=tuple(slugs))
