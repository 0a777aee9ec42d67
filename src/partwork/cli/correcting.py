"""Commands for what has to change after it was published."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    SENDING,
    WRITING,
    AsJson,
    Flag,
    WrongUse,
    app,
    ask,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    say_refused,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.actions.correct import InEffect
    from partwork.actions.uses import Uses
    from partwork.actions.withdraw import Done
    from partwork.assembly import Press


@app.command(group=SENDING, sort_key=9)
def correct(
    issue: str,
    *,
    because: str = "",
    mail: Flag = False,
    publish: Flag = False,
    drop: Flag = False,
) -> int:
    """Correct a part that is published: mend its file, correct it, approve it, put it into effect.

    Example: partwork correct better-sleep-01 --because "Part 1 said 40 mg; it is 4 mg." --mail

    The draft says what was wrong, with the day, on the part's page. Once it is approved
    (`partwork approve SERIES --part N`), it takes effect with the next publish or with --publish:
    whoever has not been sent the part yet gets the revision, and so does who comes later; nobody
    gets both.

    Parameters
    ----------
    issue
        Its name, or the start of it.
    because
        What was wrong, in words for readers.
    mail
        Also mail those who have the first text what was wrong, and the revision; it is approved
        with the part.
    publish
        Have what is approved take effect now.
    drop
        Give up the correction that waits.
    """
    if sum(map(bool, (because, publish, drop))) != 1:
        raise WrongUse(
            "say one thing: --because TEXT asks for a correction, --publish has it take effect "
            "once it is approved, --drop gives it up"
        )
    if mail and not because:
        raise WrongUse("--mail goes with --because TEXT: what is mailed is approved like the part")
    from partwork.actions.correct import drop as drop_waiting
    from partwork.actions.correct import put_into_effect

    with press_of_home() as press:
        if because:
            _ask(press, issue, because, mail)
        elif publish:
            _print_effect(put_into_effect(press, issue, utc_now()))
        else:
            out.print(f"{drop_waiting(press, issue)}: stays as it is; its correction is given up")
    return DONE


def _ask(press: "Press", issue: str, because: str, mail: bool) -> None:
    from partwork.actions.correct import correct as ask_for

    asked = ask_for(press, issue, because=because, mail=mail, now=utc_now())
    for draft in asked.drafts:
        files = "mail.html" if draft.issue.is_correction_mail else "page.html"
        out.print(f"{draft.issue.name}: {press.library.shown(draft.folder)}/{files}")
    err.print(
        f"{asked.corrects}: readers who have it: {asked.have}, who will get the revision in its "
        f"place: {asked.unsent}, in doubt, which stays so: {asked.in_doubt}"
    )
    part = asked.drafts[0].issue
    err.print(
        f"Read it, then `partwork approve {part.audience.series} --part {part.number}`; it takes "
        f"effect with the next publish, or now with `partwork correct {asked.corrects} --publish`"
    )


def _print_effect(done: "InEffect") -> None:
    out.print(done.revision)
    err.print(f"{done.revision}: in the place of {done.corrects}")
    if done.carried:
        will = f"{counted(done.carried, 'reader')} will get it"
        err.print(f"{will}; `partwork send {done.revision}` does it")
    if done.mail:
        out.print(done.mail)
        err.print(
            f"{done.mail}: planned for {counted(done.mails, 'subscriber')}; "
            f"`partwork send {done.mail}` does it"
        )


@app.command(group=WRITING, sort_key=11)
def uses(article: str, *, as_json: AsJson = False) -> int:
    """List every part and issue that draws on an article, and how far each has gone.

    Example: partwork uses why-we-lie-awake

    Parameters
    ----------
    article
        Its name.
    as_json
        Print the list as JSON.
    """
    from partwork.actions.uses import uses_of

    with press_of_home() as press:
        found = uses_of(press, article)
    if as_json:
        print_json(found)
    else:
        _print_uses(found)
    return REFUSED if found.problems else DONE


@app.command(group=WRITING, sort_key=12)
def withdraw(
    article: str,
    *,
    because: str = "",
    undo: Flag = False,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
) -> int:
    """Use an article no more: hold what draws on it, and take its pages down with a note.

    Example: partwork withdraw why-we-lie-awake --because "The study behind it was retracted."

    Shows first what draws on it. Then nothing of it can be approved or published any more, what is
    being sent is paused, the pages say since when they are gone and why, and series are composed
    again without it, as drafts for you to approve; what was edited by hand stays.

    Parameters
    ----------
    article
        Its name.
    because
        Why, in words for readers.
    undo
        Bring it back: the article, its pages, what was paused by it; series are composed again.
    yes
        Do not ask.
    """
    from partwork.actions.withdraw import bring_back, consequences_of
    from partwork.actions.withdraw import withdraw as take_out

    if undo == bool(because):
        raise WrongUse("say one thing: --because TEXT withdraws the article, --undo brings it back")
    with press_of_home() as press:
        would = consequences_of(press, article)
        _print_uses(would.uses)
        if undo:
            err.print("Its pages come back, what was paused by it goes on being sent")
        else:
            for name in would.pauses:
                err.print(f"{name} is being sent, and is paused")
            for slug in would.recomposes:
                err.print(f"{slug} is composed again without it; what is out stays as it was sent")
            for slug in would.empties:
                err.print(f"{slug} has no other article: its unsent parts are held")
        what = "Bring it back" if undo else "Withdraw it"
        if not yes and ask(f"{what}? Type yes") != "yes":
            say_refused("nothing changed; say --yes to do it without a question")
            return REFUSED
        if undo:
            done = bring_back(press, article, utc_now())
        else:
            done = take_out(press, article, because=because, now=utc_now())
    out.print(f"{article}: {'may be used again' if undo else 'withdrawn'}")
    return _print_done(done, "goes on being sent" if undo else "paused")


def _print_uses(found: "Uses") -> None:
    rows = [
        (
            one.issue or f"{one.series}, part {one.number}",
            one.title,
            one.state,
            str(one.sent or ""),
            f"{one.published_at:%Y-%m-%d}" if one.published_at else "",
            one.url,
        )
        for one in found.uses
    ]
    if rows:
        print_rows(("issue", "title", "state", "sent", "published", "archive"), rows)
    else:
        err.print(f"nothing draws on {found.article}")
    idle = set(found.series) - {one.series for one in found.uses}
    for slug in sorted(idle):
        err.print(f"{slug} names it among its articles; no part of it draws on it")
    for problem in found.problems:
        say_refused(problem)


def _print_done(done: "Done", became: str) -> int:
    for name in done.issues:
        out.print(f"{name}: {became}")
    for slug in done.series:
        out.print(f"{slug}: composed again; read it, then `partwork approve {slug}`")
    for line in done.kept:
        err.print(f"kept {line}")
    for problem in done.problems:
        say_refused(problem)
    return REFUSED if done.problems else DONE
