"""Articles that are there, cleaned again with what is remembered of their site by now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from partwork.actions.filing import inbox_by_hash, is_as_made, load_record, read_again
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article
from partwork.actions.remembering import Memories, demanded_site
from partwork.assembly import Press, Progress
from partwork.cleaning.counting import COMES_BACK
from partwork.library import LibraryError
from partwork.manuscript.record import Record
from partwork.model.article import Article
from partwork.model.errors import PartworkError
from partwork.model.memory import NOTHING, site_of


@dataclass(frozen=True, slots=True)
class CleanedAgain:
    """What became of articles that were to be cleaned again, by name.

    `changed` read otherwise now, `same` as before. `edited` were left as they are, since a hand
    has changed them; so were the `lost`, whose raw text is gone or cannot be read. `empty` are
    those of the first two of which nothing is left.
    """

    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


def clean_site(
    press: Press, name: str, progress: Progress = lambda _done, _of: None
) -> CleanedAgain:
    """Cleans every article of a site again from its raw text, those excepted that a hand edited.

    So each loses what later articles of the site showed to be boilerplate, and obeys rules that
    were made since. Raises AlreadyIngesting, and LibraryError where no article is of that site.
    """
    with holding_articles(press):
        memories = Memories(press)
        memories.learn_all()
        site = demanded_site(name)
        slugs = memories.articles_of(site) if site else ()
        if not slugs:
            raise LibraryError(
                f"there is no article of the site {name!r}; name one by "
                "`partwork ingest SOURCE --site NAME`, or ingest its web addresses"
            )
        return clean_again(press, memories, slugs, progress)


def clean_again(
    press: Press,
    memories: Memories,
    slugs: Collection[str],
    progress: Progress = lambda _done, _of: None,
) -> CleanedAgain:
    """Cleans these articles again; `memories` have learnt all articles of the home."""
    inbox = inbox_by_hash(press)
    counts = dict(memories.of_places(slugs))
    fates: dict[str, list[str]] = {field.name: [] for field in fields(CleanedAgain)}
    for done, slug in enumerate(slugs):
        progress(done, len(slugs))
        match _as_read(press, slug, inbox):
            case Article() as read, Record() as record:
                before = press.library.read(press.library.article_file(slug))
                result = memories.clean(read, record, counts.get(slug, NOTHING))
                if not result.article.blocks:
                    fates["empty"].append(slug)
                after = press.library.read(press.library.article_file(slug))
                fates["same" if after == before else "changed"].append(slug)
            case "edited" | "lost" as fate:
                fates[fate].append(slug)
    memories.save_applied()
    return CleanedAgain(**{fate: tuple(found) for fate, found in fates.items()})


def would_be_cleaner(
    press: Press, memories: Memories, *, new: Collection[str], made: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """The articles that would lose more since `new` ones count with their site; by site.

    Those that were just `made` have lost it. What a hand has edited is none of them, for it is
    not cleaned again. Each is told once, when a line of it first stands in enough others.
    """
    found: dict[str, list[str]] = {}
    inbox: Mapping[str, Path] = {}
    for slug, counts in memories.newly_repeated(new):
        if slug in made:
            continue
        inbox = inbox or inbox_by_hash(press)
        match _as_read(press, slug, inbox):
            case Article() as read, Record() as record:
                gone = {removal.block.digest for removal in record.removals}
                removals = memories.judged(read, record, counts).removals
                if any(r.rule == COMES_BACK and r.block.digest not in gone for r in removals):
                    found.setdefault(record.site or site_of(read.source), []).append(slug)
    return {site: tuple(sorted(slugs)) for site, slugs in found.items()}


def _as_read(
    press: Press, slug: str, inbox: Mapping[str, Path]
) -> tuple[Article, Record] | Literal["edited", "lost"]:
    """An article that may be cleaned again as its raw text is read now, or why it may not be."""
    try:
        article, record = load_article(press, slug), load_record(press, slug)
    except PartworkError:
        return "edited"  # so that it cannot be read
    if not is_as_made(press, slug, record):
        return "edited"
    read = read_again(press, article, inbox)
    return "lost" if read is None else (read, record)
