"""Articles → the instalments of a series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from partwork.actions.check import faults_of
from partwork.actions.loading import load_article, load_articles, load_newsletter
from partwork.actions.planning import limits_of, load_plan, plan_of, save_plan
from partwork.actions.quoting import within_rights
from partwork.actions.revising import ids_of_lost_parts, parts_on_file, save_parts
from partwork.actions.turns import Work, taking_turn
from partwork.assembly import Press, Progress
from partwork.composing.rewriting import Rewriting, rewritten
from partwork.composing.series import Composition, composed
from partwork.language_model.model import LanguageModel
from partwork.library import LibraryError
from partwork.manuscript.series import parse_series, print_series
from partwork.model.article import Article
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault
from partwork.model.series import Division, Kind, Series


@dataclass(frozen=True, slots=True)
class ComposeReport:
    """The series as it was composed, with what editors changed where that fits.

    `kept` are parts that editors changed or that are published, each with what that means;
    `conflicts` have places in which an editor and composing changed the same lines; `removed`
    are files of parts whose theme is gone. `left_out` is what could not be used, and why.
    `quoted` says what rights kept out, and in how few parts that ended. `rewording` says what a
    language model did and cost, if there is one; `fell_back` which sentences stand as extracted
    all the same, and why. `sources` are the articles by name.
    """

    series: Series
    written: tuple[str, ...]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]
    quoted: tuple[str, ...] = ()
    rewording: tuple[str, ...] = ()
    fell_back: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    sources: Mapping[str, Article] = field(default_factory=dict)


class IsALetter(PartworkError):
    """A series that a person writes was to be composed."""

    def __init__(self, series: str, file: str) -> None:
        self.series, self.file = series, file
        super().__init__(
            f"{series} is a letter, written by hand ({file} says so): edit its parts, or begin "
            f"another with `partwork compose {series} --letter`"
        )


def compose(
    press: Press,
    series: str,
    articles: Sequence[str],
    *,
    title: str,
    newsletter: str,
    division: Division | None,
    parts: int | None,
    anew: bool = False,
    who: str = "",
    progress: Progress = lambda _done, _of: None,
) -> ComposeReport:
    """Writes the parts of a series; without articles, of those it already names, else of all.

    Composed again, it is divided as before where `division` is None, its themes stay as they were
    and get what is new; `anew` finds them afresh. What editors changed is merged in; published
    parts stay as they are. Where the settings name a language model it rewords what is new;
    `progress` is told of its parts, and `who` composes to whoever wants to meanwhile. What is
    refused is refused before anything is written. Raises TurnTaken while another run composes it.
    """
    writer = press.writer()
    press.library.series_folder(series)
    with taking_turn(press, Work.COMPOSED, series, who):
        known = _known(press, series)
        wanted = _wanted(press, series, known, articles, title=title, newsletter=newsletter)
        return _Task(press, known, wanted, writer).done(
            division, parts, anew=anew, progress=progress
        )


@dataclass(frozen=True, slots=True)
class _Task:
    """One series to be composed, and as it is `known` if it is."""

    press: Press
    known: Series | None
    series: Series
    writer: LanguageModel | None

    def done(
        self, division: Division | None, parts: int | None, *, anew: bool, progress: Progress
    ) -> ComposeReport:
        """Composes, has it reworded, and writes it."""
        slug = self.series.slug
        sources = load_articles(self.press, self.series.articles)
        limits = load_newsletter(self.press, self.series.newsletter).quotation
        may_be_quoted = limits_of(sources, limits)
        plan = load_plan(self.press, self.known, self.series, may_be_quoted)
        division = division or (plan.division if plan else Division.THEME)
        on_file = parts_on_file(self.press, slug)

        def compose_in(parts: int | None) -> Composition:
            return composed(
                list(sources.values()),
                language=self.series.language,
                division=division,
                parts=parts,
                new_id=self.press.new_id,
                standing=[one.standing for one in on_file],
                plan=plan,
                anew=anew,
            )

        settled = [one.part for one in on_file if one.standing.is_settled]
        composition, quoted = within_rights(compose_in, parts, sources, limits, settled)
        ids = ids_of_lost_parts(self.press, slug, composition.instalments, on_file)
        composition = composition.under(ids)
        made = self._reworded(composition, sources, progress)
        if made:
            composition = replace(composition, instalments=made.instalments)
        _save_series(self.press, self.series)
        saved = save_parts(self.press, slug, composition.instalments, on_file)
        now = plan_of(self.press, division, composition, made, may_be_quoted)
        save_plan(self.press, slug, now, on_file, plan)
        return ComposeReport(
            replace(self.series, instalments=saved.parts),
            tuple(saved.written),
            tuple(saved.kept),
            composition.left_out,
            faults_of(self.press, slug),
            quoted,
            (f"{made}; {self.writer.spending}", *filter(None, (made.stopped,)))
            if made and self.writer
            else (),
            made.messages if made else (),
            tuple(saved.conflicts),
            tuple(saved.removed),
            sources,
        )

    def _reworded(
        self, composition: Composition, sources: Mapping[str, Article], progress: Progress
    ) -> Rewriting | None:
        """All parts, those reworded that say something new; None without a language model."""
        if not self.writer:
            return None
        new = [p for p in composition.instalments if p.id not in composition.unchanged]
        made = rewritten(
            new, sources, self.writer.ask, language=self.series.language, progress=progress
        )
        by_id = {part.id: part for part in made.instalments}
        parts = tuple(by_id.get(part.id, part) for part in composition.instalments)
        return replace(made, instalments=parts)


def _known(press: Press, slug: str) -> Series | None:
    """The series as its `series.toml` has it; None where there is none. A letter is refused."""
    file = press.library.series_folder(slug) / "series.toml"
    if not file.exists():
        return None
    series = parse_series(press.library.read(file), slug, press.library.shown(file))
    if series.kind is Kind.LETTER:
        raise IsALetter(slug, press.library.shown(file))
    return series


def _wanted(
    press: Press,
    slug: str,
    known: Series | None,
    articles: Sequence[str],
    *,
    title: str,
    newsletter: str,
) -> Series:
    """The series that is known, changed as asked, or a new one."""
    owner = newsletter or (known.newsletter if known else only_newsletter(press))
    load_newsletter(press, owner)
    sources = tuple(dict.fromkeys(articles)) or (known.articles if known else ())
    sources = sources or tuple(
        s for s in press.library.article_slugs() if not _is_withdrawn(press, s)
    )
    if not sources:
        raise LibraryError(
            "there are no articles to compose from; bring some in with `partwork ingest FILE …`"
        )
    if not articles and known:
        _refuse_gone(press, known)
    _refuse_withdrawn(press, sources)
    if known:
        _refuse_fewer(press, known, sources)
    base = known or Series(
        slug=slug,
        newsletter=owner,
        title=slug.replace("-", " ").capitalize(),
        language=_language(press, sources),
    )
    words = " ".join(title.split()) or base.title
    wanted = replace(base, newsletter=owner, title=words, articles=sources)
    toml = press.library.shown(press.library.series_folder(slug) / "series.toml")
    parse_series(print_series(wanted), slug, toml)  # refuses what could not be read again
    return wanted


def _refuse_fewer(press: Press, known: Series, sources: Sequence[str]) -> None:
    """Raises LibraryError where articles would be left out, and parts with them, unsaid."""
    fewer = [
        name
        for name in known.articles
        if name not in sources
        and press.library.article_file(name).exists()
        and not _is_withdrawn(press, name)
    ]
    if fewer:
        toml = press.library.shown(press.library.series_folder(known.slug) / "series.toml")
        raise LibraryError(
            f"{known.slug} also has {', '.join(fewer)}: name all that it is to have, or take out "
            f"of articles in {toml} what it is to lose"
        )


def _refuse_gone(press: Press, known: Series) -> None:
    """Raises LibraryError where an article that the series names is not there any more."""
    toml = press.library.shown(press.library.series_folder(known.slug) / "series.toml")
    for name in known.articles:
        if not press.library.article_file(name).exists():
            raise LibraryError(
                f"{toml} names the article {name}, which is not there any more; "
                "take it out of articles, or bring it back"
            )


def _refuse_withdrawn(press: Press, articles: Sequence[str]) -> None:
    """Raises LibraryError for an article that may be used no more."""
    for article in load_articles(press, articles).values():
        if article.withdrawn_on:
            raise LibraryError(
                f"{article.slug} was withdrawn on {article.withdrawn_on}; compose without it"
            )


def _is_withdrawn(press: Press, article: str) -> bool:
    return load_article(press, article).withdrawn_on is not None


def _save_series(press: Press, series: Series) -> None:
    """Writes `series.toml` where it says something else; an editor's comments stay."""
    file = press.library.series_folder(series.slug) / "series.toml"
    old = press.library.read(file) if file.exists() else ""
    if not old or parse_series(old, series.slug, press.library.shown(file)) != series:
        press.library.write(file, print_series(series, old))


def only_newsletter(press: Press) -> str:
    """The newsletter of a home that has one. Raises LibraryError where a choice is to be made."""
    slugs = press.library.newsletter_slugs()
    if len(slugs) != 1:
        there = ", ".join(slugs) if slugs else "none yet"
        raise LibraryError(
            f"say which newsletter the series belongs to (--newsletter); there are {there}"
        )
    return slugs[0]


def _language(press: Press, articles: Sequence[str]) -> str:
    """The language most of the articles are in, the first of several; English if none is known."""
    tags = [a.language for a in load_articles(press, articles).values() if a.language != "und"]
    return max(tags, key=tags.count) if tags else "en"
