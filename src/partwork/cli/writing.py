"""Commands for editors: from clean articles to drafts."""

from partwork.cli.terminal import (
    DONE,
    WRITING,
    Flag,
    WrongUse,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_rows,
    progress_bar,
)
from partwork.model.fault import Severity
from partwork.model.series import Division, Instalment


@app.command(group=WRITING, sort_key=7)
def compose(
    series: str,
    *articles: str,
    title: str = "",
    newsletter: str = "",
    by: Division | None = None,
    parts: int | None = None,
    anew: Flag = False,
    letter: Flag = False,
    why: Flag = False,
) -> int:
    """Compose articles into the instalments of a series, or begin a letter.

    Example: partwork compose better-sleep why-we-lie-awake the-body-clock --title "Sleeping again"

    Composed again, parts keep what was edited by hand and what is published, and a part to which
    nothing new belongs stays as it is.

    Parameters
    ----------
    series
        Its name, in small letters, digits and hyphens.
    articles
        Names of all its articles; those the series has, else all, where none is named.
    title
        The title subscribers see: of the series, and of a new part of a letter.
    newsletter
        The newsletter it belongs to; may be left out where there is only one.
    by
        One part for each theme, or one for each article; where it is left out, as it was
        divided before, else by theme.
    parts
        How many parts; as many as there are themes where it is left out.
    anew
        Find all themes anew, whatever the parts were.
    letter
        Begin a part that you write yourself, without articles: prints the file to edit.
    why
        List what was left out of the articles and what a language model may not say, and why.
    """
    from partwork.actions.compose import compose as compose_series

    if letter:
        if articles or by or parts or anew:
            raise WrongUse("a letter has no articles: give --letter with --title alone")
        return _begin_letter(series, title, newsletter)
    with press_of_home() as press, progress_bar("composing") as progress:
        report = compose_series(
            press,
            series,
            articles,
            title=title,
            newsletter=newsletter,
            division=by,
            parts=parts,
            anew=anew,
            progress=progress,
        )
        folder = press.library.shown(press.library.series_folder(series))
    print_rows(("part", "title", "words", "sources"), map(_row, report.series.instalments))
    for line in report.kept:
        err.print(f"kept {line}")
    for line in report.removed:
        err.print(f"removed {line}: nothing of its theme is left")
    for line in report.conflicts:
        err.print(f"conflict in {line}")
    for line in report.quoted:
        err.print(f"rights: {line}")
    for line in report.left_out if why else ():
        err.print(f"left out: {line}")
    if report.left_out and not why:
        err.print("Some sentences were left out; --why lists them with the reasons.")
    for line in report.rewording:
        err.print(f"language model: {line}")
    for line in report.fell_back if why else ():
        err.print(line)
    if report.fell_back and not why:
        err.print("Some sentences stand as extracted; --why lists them with the reasons.")
    faults = [f for f in report.faults if f.severity is Severity.FAULT]
    written = counted(len(report.written), "part")
    out.print(f"{folder}: {written} written, {counted(len(faults), 'open fault')}")
    return DONE


def _row(part: Instalment) -> tuple[str, str, str, str]:
    words = sum(len(s.text.split()) for s in part.sentences)
    return f"{part.number:02d}", part.title, str(words), str(len(part.articles))


def _begin_letter(series: str, title: str, newsletter: str) -> int:
    from partwork.actions.letter import begin_letter

    with press_of_home() as press:
        file = begin_letter(press, series, title=title, newsletter=newsletter)
        out.print(press.library.shown(file))
    err.print(f"Write its subject, preheader and text, then `partwork preview {series}`.")
    return DONE
