"""Articles → the instalments of a series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from partwork.actions.check import faults_of
from partwork.actions.loading import load_articles, load_newsletter, load_parts
from partwork.assembly import Press
from partwork.composing.series import composed
from partwork.library import LibraryError
from partwork.manuscript.instalment import print_instalment
from partwork.manuscript.series import parse_series, print_series
from partwork.model.fault import Fault
from partwork.model.series import Division, Instalment, Series
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts, published_instalments
from partwork.store.leases import holder_of, release_lease, take_lease

LEASE = timedelta(minutes=10)  # a compose takes seconds; what crashed must not block for long


@dataclass(frozen=True, slots=True)
class ComposeReport:
    """The series as it now stands. `kept` are parts left alone because a person edited them or
    they are published, each with the reason; `left_out` is what could not be used, and why.
    """

    series: Series
    written: tuple[str, ...]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]


class AlreadyComposing(LibraryError):
    """Another run holds the series."""


def compose(
    press: Press,
    series: str,
    articles: Sequence[str],
    *,
    title: str,
    newsletter: str,
    division: Division,
    parts: int | None,
    now: datetime,
) -> ComposeReport:
    """Writes the parts of a series; without articles, of those it already names, else of all.

    Hand-edited and published parts stay as they are, and say so.
    """
    press.library.series_folder(series)
    holder = press.new_id()
    with press.engine.begin() as connection:
        if not take_lease(connection, f"compose:{series}", holder, now, LEASE):
            other = holder_of(connection, f"compose:{series}", now)
            raise AlreadyComposing(
                f"{series} is already being composed by run {other}; wait for it to end"
            )
    try:
        plan = _plan(press, series, articles, title, newsletter)
        return _composed(press, plan, division, parts)
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, f"compose:{series}", holder)


def _composed(press: Press, plan: Series, division: Division, parts: int | None) -> ComposeReport:
    sources = load_articles(press, plan.articles)
    composition = composed(
        list(sources.values()),
        language=plan.language,
        division=division,
        parts=parts,
        new_id=press.new_id,
    )
    _save_plan(press, plan)
    written, kept = _save(press, plan, composition.instalments)
    series = replace(plan, instalments=tuple(part for part, _ in load_parts(press, plan.slug)))
    return ComposeReport(series, written, kept, composition.left_out, faults_of(press, plan.slug))


def _plan(press: Press, slug: str, articles: Sequence[str], title: str, newsletter: str) -> Series:
    """The series as `series.toml` has it, changed as asked; nothing is written yet."""
    library = press.library
    file = library.series_folder(slug) / "series.toml"
    old = library.read(file) if file.exists() else ""
    known = parse_series(old, slug, library.shown(file)) if old else None
    owner = newsletter or (known.newsletter if known else _only_newsletter(press))
    load_newsletter(press, owner)
    sources = tuple(dict.fromkeys(articles)) or (known.articles if known else ())
    sources = sources or library.article_slugs()
    if not sources:
        raise LibraryError(
            "there are no articles to compose from; bring some in with `partwork ingest FILE …`"
        )
    base = known or Series(
        slug=slug,
        newsletter=owner,
        title=slug.replace("-", " ").capitalize(),
        language=_language(press, sources),
    )
    return replace(base, newsletter=owner, title=title or base.title, articles=sources)


def _save_plan(press: Press, series: Series) -> None:
    """Writes `series.toml` where it says something else; an editor's comments stay."""
    file = press.library.series_folder(series.slug) / "series.toml"
    old = press.library.read(file) if file.exists() else ""
    if not old or parse_series(old, series.slug, press.library.shown(file)) != series:
        press.library.write(file, print_series(series, old))


def _only_newsletter(press: Press) -> str:
    slugs = press.library.newsletter_slugs()
    if len(slugs) != 1:
        there = ", ".join(slugs) if slugs else "none yet"
        raise LibraryError(
            f"say which newsletter the series belongs to (--newsletter); there are {there}"
        )
    return slugs[0]


def _language(press: Press, articles: Sequence[str]) -> str:
    """The language most of the articles are in; English where none is known."""
    tags = [a.language for a in load_articles(press, articles).values() if a.language != "und"]
    return max(sorted(set(tags)), key=tags.count) if tags else "en"


def _save(
    press: Press, series: Series, new: Sequence[Instalment]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Writes the new parts over the old ones of the same number, which keep their id.

    A part whose file is gone keeps the id that its number was last rendered under, so that
    nobody gets it again. Returns the names of what was written, and what was kept with its
    reason. Old parts beyond the new ones go, unless a person edited them or they are published.
    """
    library = press.library
    with read_only(press.engine) as connection:
        published = published_instalments(connection, series.slug)
        drafts = current_drafts(connection, series.slug)
    old = {part.number: (part, file) for part, file in load_parts(press, series.slug)}
    taken = {part.id for part, _ in old.values()}
    ids = {draft.number: draft.instalment for draft in drafts if draft.instalment not in taken}
    ids |= {number: id_ for id_, number in published.items() if id_ not in taken}
    written: list[str] = []
    kept: list[str] = []
    for composed_part in new:
        number = composed_part.number
        before, file = old.pop(number, (None, None))
        if (
            before
            and file
            and (reason := _reason_to_keep(press, series.slug, before, file, published))
        ):
            kept.append(f"{file.name}: {reason}")
            continue
        part = replace(composed_part, id=before.id if before else ids.get(number, composed_part.id))
        target = library.series_folder(series.slug) / _file_name(part)
        text = print_instalment(part)
        if target == file and library.read(target) == text:
            continue
        library.write(library.base_file(series.slug, part.id), text)
        library.write(target, text)
        if file and file != target:
            file.unlink()
        written.append(target.name)
    for before, file in old.values():
        if reason := _reason_to_keep(press, series.slug, before, file, published):
            kept.append(f"{file.name}: {reason}")
        else:
            file.unlink()
            library.base_file(series.slug, before.id).unlink(missing_ok=True)
    return tuple(written), tuple(kept)


def _reason_to_keep(
    press: Press, series: str, part: Instalment, file: Path, published: Mapping[str, int]
) -> str:
    if part.id in published:
        return "is published, and stays as it was sent"
    base = press.library.base_file(series, part.id)
    if not base.exists() or press.library.read(base) != press.library.read(file):
        return "was edited by hand; remove it to have it composed anew"
    return ""


def _file_name(part: Instalment) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in part.title.lower())
    slug = "-".join(filter(None, words.split("-")))[:50].strip("-") or "part"
    return f"{part.number:02d}-{slug}.md"
