"""The command by which a person decides about parts that missed their slots."""

from datetime import datetime

from partwork.cli.terminal import (
    DONE,
    SENDING,
    AsJson,
    Flag,
    WrongUse,
    app,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    utc_now,
)


@app.command(group=SENDING, sort_key=4)
def missed(
    series: str = "",
    *,
    now: Flag = False,
    skip: Flag = False,
    shift: Flag = False,
    as_json: AsJson = False,
) -> int:
    """List parts that missed their slots, with the dates each choice would give, or decide.

    Nothing of such a series goes out before somebody has decided.

    Example: partwork missed better-sleep --shift

    Parameters
    ----------
    series
        Its name; all that wait where it is left out.
    now
        What was missed goes out at once, and later parts keep their days.
    skip
        What was missed is left out for good, and later parts keep their days.
    shift
        What was missed goes in the next slots, and later parts move behind it.
    as_json
        Print it as JSON.
    """
    from partwork.actions.missed import decide
    from partwork.actions.missed import missed as all_missed
    from partwork.model.missed import Choice

    given = {Choice.NOW: now, Choice.SKIP: skip, Choice.SHIFT: shift}
    chosen = [choice for choice, is_chosen in given.items() if is_chosen]
    if len(chosen) > 1:
        raise WrongUse("--now, --skip and --shift exclude each other: choose one")
    if chosen and not series:
        raise WrongUse("the missed parts of which series? `partwork missed` alone lists them")
    with press_of_home() as press:
        if chosen:
            decided = decide(press, series, chosen[0], utc_now())
        else:
            found = all_missed(press, series, utc_now())
    if as_json:
        print_json(decided if chosen else found)
        return DONE
    if chosen:
        rows = [(str(number), title, _day(at)) for number, title, at in decided.dates]
        print_rows(("part", "title", "comes, UTC"), rows)
        for issue in decided.issues:
            err.print(f"{issue}: planned; `partwork send {issue}` sends it, or the next look does")
        return DONE
    for one in found:
        out.print(f"{one.series}: {one.why}")
        if one.parts:
            columns = ("part", "title", "was to come", "--now", "--skip", "--shift")
            print_rows(columns, [
                (str(p.number), p.title, _day(p.was), _day(p.now), _day(p.skip), _day(p.shift))
                for p in one.parts
            ])  # fmt: skip
    if found:
        err.print("Decide with `partwork missed SERIES` and --now, --skip or --shift")
    else:
        out.print("no part has missed its slot")
    return DONE


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "left out"
