"""What is wrong with a series: evidence, rights, and what its mails would look like."""

from collections.abc import Sequence
from pathlib import Path

from partwork.actions.loading import load_articles, load_newsletter, load_parts, load_series
from partwork.assembly import Press
from partwork.composing.faults import faults as evidence_faults
from partwork.composing.faults import repeated
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Rights
from partwork.model.fault import Fault, Severity
from partwork.model.series import Instalment
from partwork.rendering.faults import faults as mail_faults
from partwork.rendering.issue import rendered
from partwork.rendering.templates import TemplateError


def check(press: Press, paths: Sequence[Path]) -> tuple[Fault, ...]:
    """Every fault and notice of the series that the paths name or lie in; without paths, of all.

    A path is a part's file, a series' folder or a series' name.
    """
    if not paths:
        return tuple(f for slug in press.library.series_slugs() for f in faults_of(press, slug))
    found: dict[Fault, None] = {}
    for path in paths:
        slug, file = _series_of(press, path)
        for fault in faults_of(press, slug):
            if file is None or fault.file == press.library.shown(file):
                found[fault] = None
    return tuple(found)


def faults_of(press: Press, slug: str) -> tuple[Fault, ...]:
    """Every fault and notice of one series, by file and line."""
    try:
        series = load_series(press, slug)
        parts = load_parts(press, slug)
        articles = load_articles(press, series.articles)
        newsletter = load_newsletter(press, series.newsletter)
    except ManuscriptError as error:
        place = f"{error.file}, line {error.line}: " if error.line else f"{error.file}: "
        return (Fault(error.file, error.line, "format", str(error).removeprefix(place)),)
    templates = press.library.templates()

    def of_mail(part: Instalment, file: str) -> tuple[Fault, ...]:
        try:
            issue = rendered(part, series, newsletter, articles, templates)
        except TemplateError as error:
            return (Fault(f"templates/{error.template}", error.line, "template", error.message),)
        return mail_faults(issue, file)

    found: list[Fault] = []
    for part, path in parts:
        file = press.library.shown(path)
        found += evidence_faults(part, articles, file)
        found += of_mail(part, file)
    found += repeated([part for part, _ in parts], [press.library.shown(p) for _, p in parts])
    toml = press.library.shown(press.library.series_folder(slug) / "series.toml")
    found += (
        Fault(
            toml,
            0,
            "rights",
            f"what {name} allows is not known; write rights = own, licensed or quotation "
            f"into {press.library.shown(press.library.article_file(name))}",
            Severity.NOTICE,
        )
        for name, article in articles.items()
        if article.rights is Rights.UNKNOWN
    )
    return tuple(sorted(set(found)))


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
