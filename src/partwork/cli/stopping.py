"""Commands by which a person stops an issue, lets it go on, and decides what is in doubt."""

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from partwork.assembly import Press


@app.command(group=SENDING, sort_key=5)
def pause(issue: str, *, reason: str = "") -> int:
    """Stop sending an issue, within seconds and on every machine, until it is resumed.

    Example: partwork pause better-sleep-01 --reason "a wrong link in it"

    Parameters
    ----------
    issue
        Its name, or the start of it.
    reason
        Why; others see it in `partwork status`.
    """
    from partwork.actions.stopping import pause as pause_sending

    with press_of_home() as press:
        found = pause_sending(press, issue, reason, utc_now())
        reached = _reached(press, found.name)
    out.print(f"{found.name}: paused{reached}; `partwork resume {found.name}` goes on")
    return DONE


@app.command(group=SENDING, sort_key=6)
def resume(issue: str) -> int:
    """Let an issue go on that was paused or held; it leaves with the next send.

    Example: partwork resume better-sleep-01

    Parameters
    ----------
    issue
        Its name, or the start of it.
    """
    from partwork.actions.stopping import resume as resume_sending
    from partwork.actions.stopping import why_stopped

    with press_of_home() as press:
        found = resume_sending(press, issue, utc_now())
        still = why_stopped(press, found)
    if still:  # of a bundle, a part
        out.print(f"{found.name}: is not stopped itself any more")
        err.print(f"it {still}", soft_wrap=True)
        return DONE
    out.print(f"{found.name}: may be sent again; `partwork send {found.name}` does it at once")
    return DONE


@app.command(group=SENDING, sort_key=7)
def cancel(issue: str, *, reason: str = "") -> int:
    """Stop sending an issue for good; who has it keeps it, nobody else gets it.

    Example: partwork cancel better-sleep-01 --reason "withdrawn"

    Parameters
    ----------
    issue
        Its name, or the start of it.
    reason
        Why; others see it in `partwork status`.
    """
    from partwork.actions.stopping import cancel as cancel_sending

    with press_of_home() as press:
        found = cancel_sending(press, issue, reason, utc_now())
        reached = _reached(press, found.name)
    out.print(f"{found.name}: cancelled{reached}; nothing more of it is sent")
    return DONE


def _reached(press: "Press", issue: str) -> str:
    """Whom it was too late for; nothing where nobody has it."""
    from partwork.actions.send import standing_of

    standing = standing_of(press, issue)
    if not standing.accepted:
        return ""
    return f", though {standing.accepted:,} of {standing.planned:,} readers have it already"


@app.command(group=SENDING, sort_key=8)
def reconcile(
    issue: str, *, resend: Flag = False, accept: Flag = False, as_json: AsJson = False
) -> int:
    """List the deliveries of which nobody knows whether they arrived, or decide about them.

    Example: partwork reconcile better-sleep-01 --accept

    Parameters
    ----------
    issue
        Its name, or the start of it.
    resend
        Send them again with the next send: some readers may get a second copy.
    accept
        Take them for sent: some readers may have got none.
    as_json
        Print the list as JSON.
    """
    from partwork.actions.reconcile import accept_doubts, doubts_of, resend_doubts

    if resend and accept:
        raise WrongUse("--resend and --accept exclude each other: choose one")
    with press_of_home() as press:
        name, doubts = doubts_of(press, issue)
        if resend:
            again = resend_doubts(press, issue, utc_now())
        elif accept:
            taken = accept_doubts(press, issue, utc_now())
    if resend:
        out.print(f"{name}: {again} will be sent again")
    elif accept:
        out.print(f"{name}: {taken} taken for sent")
    elif as_json:
        print_json(doubts)
    elif doubts:
        rows = [
            (
                record.recipient or "(erased)",
                f"{record.attempted_at:%Y-%m-%d %H:%M:%S}" if record.attempted_at else "",
                record.words,
            )
            for record in doubts
        ]
        print_rows(("recipient", "left at, UTC", "why it is in doubt"), rows)
        err.print(
            f"Look for them in the mail server's log, then: partwork reconcile {name} --accept, "
            "or --resend"
        )
    else:
        out.print(f"{name}: nothing is in doubt")
    return DONE
