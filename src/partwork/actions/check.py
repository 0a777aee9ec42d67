"""What is wrong with a series: evidence, rights, voice, and what its mails would look like."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from partwork.actions.approval_state import said
from partwork.actions.clicks import as_mailed
from partwork.actions.loading import (
    load_article,
    load_articles,
    load_newsletter,
    load_parts,
    load_series,
)
from partwork.actions.logo import logo_of
from partwork.actions.media import album_of
from partwork.actions.preview import site_of
from partwork.actions.segments import segment_faults
from partwork.actions.signing import marks_in, signing_faults, unsigned
from partwork.actions.unreadable import (
    FORMAT,
    unreadable_in_home,
    unreadable_in_series,
    unreadable_records_of,
)
from partwork.assembly import Press
from partwork.composing.faults import faults as evidence_faults
from partwork.composing.rights import rights_faults
from partwork.composing.series_faults import analysis_of, differing, lost_caveats, repeated
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Article, Rights
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault, Severity
from partwork.model.newsletter import Newsletter
from partwork.model.series import Instalment, Kind, Series
from partwork.rendering.bundle import is_bundleable
from partwork.rendering.crisis import calls_for_notice, knows_words_for_it
from partwork.rendering.issue import rendered
from partwork.rendering.layout import look_of
from partwork.rendering.preflight import faults_in, preflight
from partwork.rendering.templates import TemplateError
from partwork.store.engine import read_only
from partwork.store.reviews import notes_on


def check(press: Press, paths: Sequence[Path]) -> tuple[Fault, ...]:
    """Every fault and notice of the series that the paths name or lie in; without paths, of all.

    A path is a part's file, a series' folder or a series' name. With a series come its articles'
    records of cleaning, without paths all that the home has, as far as it cannot be read.
    """
    found: dict[Fault, None] = {}
    for path in paths or map(Path, press.library.series_slugs()):
        slug, file = _series_of(press, path)
        for fault in faults_of(press, slug):
            if file is None or fault.file == press.library.shown(file) or fault.rule == FORMAT:
                found[fault] = None
        if file is None:
            found |= dict.fromkeys(unreadable_records_of(press, slug))
    if not paths:
        found |= dict.fromkeys(unreadable_in_home(press))
    return tuple(found)


def faults_of(press: Press, slug: str) -> tuple[Fault, ...]:
    """Every fault and notice of one series, by file and line.

    Raises LibraryError where there is no such series; what is wrong with its files is a fault.
    """
    toml = press.library.series_folder(slug) / "series.toml"
    if not toml.exists():
        load_series(press, slug)
    if broken := unreadable_in_series(press, slug):
        return broken
    try:
        series = load_series(press, slug)
        loaded = load_parts(press, slug)
        there = [name for name in series.articles if press.library.article_file(name).exists()]
        desk = _Desk(
            series,
            load_newsletter(press, series.newsletter),
            load_articles(press, there),
            tuple(press.library.shown(path) for _, path in loaded),
            press.library.shown(toml),
        )
    except LibraryError as error:
        return (Fault(press.library.shown(toml), 0, FORMAT, str(error)),)
    parts = [part for part, _ in loaded]
    found = set(_written_faults(desk, parts))
    if any(map(marks_in, parts)):
        without = set(_written_faults(desk, [unsigned(part) for part in parts]))
        for part, file in zip(parts, desk.files, strict=True):
            found.update(signing_faults(part, file, without))
    found.update(_withdrawn_faults(press, desk, parts))
    found.update(_mail_faults(press, desk, parts))
    found.update(_file_faults(press, desk))
    found.update(_unknown_words(desk))
    found.update(segment_faults(press, desk.newsletter, series))
    found.update(_said_faults(press, slug, loaded))
    return tuple(sorted(found))


def open_faults(press: Press, slug: str, numbers: Collection[int]) -> tuple[Fault, ...]:
    """What keeps the parts of these numbers from readers: their faults, and the whole series'."""
    others = {
        press.library.shown(path)
        for part, path in load_parts(press, slug)
        if part.number not in numbers
    }
    return tuple(
        fault
        for fault in faults_of(press, slug)
        if fault.severity is Severity.FAULT and fault.file not in others
    )


def words_for(faults: Sequence[Fault], slug: str) -> str:
    """How many faults are open, and the first of them, in one clause."""
    first = faults[0]
    line = f", line {first.line}" if first.line else ""
    count = "1 open fault" if len(faults) == 1 else f"{len(faults)} open faults, the first"
    return f"{count} in {first.file}{line}: {first.message}; `partwork check {slug}` lists all"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a series is checked with: `files` are its parts', in order, and `toml` its own."""

    series: Series
    newsletter: Newsletter
    articles: Mapping[str, Article]
    files: tuple[str, ...]
    toml: str


def _written_faults(desk: _Desk, parts: Sequence[Instalment]) -> Iterator[Fault]:
    """What is wrong with the words of the parts, whatever they are set in."""
    series = desk.series
    for part, file in zip(parts, desk.files, strict=True):
        yield from evidence_faults(
            part, desk.articles, file, language=series.language, kind=series.kind
        )
        yield from _crisis_faults(desk, part, file)
    yield from repeated(parts, desk.files)
    if series.kind is Kind.COMPOSED and parts:
        analysis = analysis_of(list(desk.articles.values()), series.language)
        yield from lost_caveats(parts, desk.files, analysis, desk.toml)
        yield from differing(parts, desk.files, analysis, desk.toml)
    yield from rights_faults(parts, desk.files, desk.articles, desk.newsletter.quotation)


def _crisis_faults(desk: _Desk, part: Instalment, file: str) -> Iterator[Fault]:
    """A part that needs the crisis notice of a newsletter that has none."""
    language = desk.series.language
    if (
        knows_words_for_it(language)
        and not desk.newsletter.crisis_notice.strip()
        and calls_for_notice(part, language)
    ):
        message = "speaks of suicide, self-harm or overdose; write where help is into"
        yield Fault(file, 0, "crisis", f"{message} {_crisis_notice_of(desk)}")


def _unknown_words(desk: _Desk) -> Iterator[Fault]:
    """A series in a language in which no part can be told to need the crisis notice."""
    language = desk.series.language
    if not knows_words_for_it(language):
        message = (
            f"it cannot be told in {language!r} whether a part speaks of suicide, self-harm or "
            "overdose, so all parts show the crisis notice; write it for these readers into "
            f"{_crisis_notice_of(desk)}"
        )
        yield Fault(desk.toml, 0, "crisis", message, Severity.NOTICE)


def _crisis_notice_of(desk: _Desk) -> str:
    return f"crisis_notice in content/newsletters/{desk.newsletter.slug}.toml"


def _withdrawn_faults(press: Press, desk: _Desk, parts: Sequence[Instalment]) -> Iterator[Fault]:
    """Parts that draw on an article that may be used no more; nobody can sign that off."""
    for part, file in zip(parts, desk.files, strict=True):
        for name in part.articles:
            article = desk.articles.get(name)
            if article is None and press.library.article_file(name).exists():
                with suppress(PartworkError):  # one that cannot be read is a fault by itself
                    article = load_article(press, name)
            if article and article.withdrawn_on:
                message = f"draws on {name}, which was withdrawn on {article.withdrawn_on}"
                remedy = "take out what cites it, or compose the series again without it"
                yield Fault(file, 0, "withdrawn", f"{message}; {remedy}")


def _file_faults(press: Press, desk: _Desk) -> Iterator[Fault]:
    """Articles that are gone or of unknown rights, and files that look like parts and are none."""
    library = press.library
    for name in desk.series.articles:
        where = library.shown(library.article_file(name))
        if name not in desk.articles:
            message = f"names the article {name}, and {where} is not there; take it out of articles"
            yield Fault(desk.toml, 0, "article", f"{message}, or bring it back")
        elif desk.articles[name].rights is Rights.UNKNOWN:
            message = f"what {name} allows is not known; write rights: own, licensed or quotation"
            yield Fault(desk.toml, 0, "rights", f"{message} into {where}", Severity.NOTICE)
    for file in sorted(library.series_folder(desk.series.slug).glob("*.md")):
        if library.shown(file) not in desk.files:
            message = "is not read, for a part's name begins with its number: 01-….md"
            yield Fault(library.shown(file), 0, "name", message, Severity.NOTICE)


def _mail_faults(press: Press, desk: _Desk, parts: Sequence[Instalment]) -> Iterator[Fault]:
    """What is wrong with the parts as mails."""
    logo = None
    try:
        logo = logo_of(press, desk.newsletter, desk.series)
    except ManuscriptError as error:
        yield Fault(error.file, error.line, "logo", error.message)
    templates = press.library.templates()
    album = album_of(press, [name for part in parts for name in part.pictures])
    for part, file in zip(parts, desk.files, strict=True):
        yield from faults_in([look_of(part, album.left_out)], file)
        try:
            draft = rendered(
                part,
                desk.series,
                desk.newsletter,
                desk.articles,
                templates,
                site=site_of(press, desk.newsletter.slug),
                logo=logo,
                pictures=album.pictures,
            )
        except TemplateError as error:
            yield Fault(f"templates/{error.template}", error.line, "template", error.message)
        else:
            checks = preflight(
                draft.issue,
                desk.newsletter,
                notices=draft.notices,
                ending=draft.ending,
                mailed=as_mailed(press, draft.issue, desk.newsletter).html,
            )
            yield from faults_in(checks, file)
            if not is_bundleable(draft.issue, draft.marked):
                yield Fault("templates/email/issue.mjml", 0, "bundle", _UNMARKED, Severity.NOTICE)


def _said_faults(
    press: Press, slug: str, parts: Sequence[tuple[Instalment, Path]]
) -> Iterator[Fault]:
    """What reviewers have said against a part, until words of it are approved."""
    files = {part.id: press.library.shown(path) for part, path in parts}
    with read_only(press.engine) as connection:
        against = notes_on(connection, slug)
    for part, objection in against:
        if part in files:
            yield Fault(files[part], 0, "review", f"it {said(objection)}", Severity.NOTICE)


_UNMARKED = (
    "it and issue.txt do not both mark, once, what belongs to the part, so readers who want all "
    "parts of a week in one mail get each by itself; put bundle.part before it and bundle.part_end "
    "after it, as the package's templates have them"
)


def _series_of(press: Press, path: Path) -> tuple[str, Path | None]:
    """The series a path speaks of, and the one file where it names a file."""
    if path.suffix == ".md":
        file = path.absolute()
        if file.parent.parent != press.library.all_series or not file.exists():
            raise LibraryError(
                f"{path}: is not a part of a series; parts are "
                f"{press.library.shown(press.library.all_series)}/SERIES/NN-….md"
            )
        return file.parent.name, file
    return path.name, None
