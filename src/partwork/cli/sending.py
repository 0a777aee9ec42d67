"""Commands that approve, publish, send, and show what became of it."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    SENDING,
    AsJson,
    Flag,
    Part,
    WrongUse,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    progress_bar,
    say_refused,
    typed_address,
    utc_now,
    words_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from partwork.actions.status import SeriesStatus
    from partwork.assembly import Press


@app.command(group=SENDING, sort_key=1)
def approve(
    series: str,
    *,
    part: Part = None,
    by: str = "",
    as_: Annotated[str, Parameter("--as")] = "",
    take_back: Flag = False,
) -> int:
    """Approve what was previewed, by its content hash; a later edit asks again.

    Where PARTWORK_PUBLIC_URL is set, a signed link shows each mail and its pictures for 14 days.

    Example: partwork approve better-sleep --by "Ada North"

    Parameters
    ----------
    series
        Its name; or the name of an issue, as preview prints it: then just those words.
    part
        One part alone, by its number.
    by
        Who approves; your login name where it is left out.
    as_
        In which role, where the newsletter asks for several approvals.
    take_back
        First take back that just these words were rejected.
    """
    import getpass

    from partwork.actions.approval_state import state_of
    from partwork.actions.approve import approve as approve_drafts
    from partwork.actions.gone_out import gone_out
    from partwork.actions.look import look_urls
    from partwork.actions.segments import readers_of

    with press_of_home() as press:
        now = utc_now()
        issues = approve_drafts(
            press,
            series,
            part,
            reviewer=by or getpass.getuser(),
            channel="cli",
            now=now,
            role=as_,
            take_back=take_back,
        )
        states = [state_of(press, issue, now) for issue in issues]
        series = issues[0].audience.series
        _wake(press, series, now)
        looks = look_urls(press, issues, now)
        already = gone_out(press, series, issues)
        readers = readers_of(press, issues, now)
    for issue, count, state in zip(issues, readers, states, strict=True):
        out.print(f"approved {issue.name}  {issue.subject}")
        if not state.startswith("is approved"):
            err.print(f"it {state}")
        if issue.audience.segment:
            err.print(f"its segment has {counted(count, 'reader')} for it now")
        if issue.number in looks and not issue.is_correction_mail:
            err.print(f"as mailed: {looks[issue.number]}", soft_wrap=True)
    if already:
        err.print(already)
    return DONE


def _wake(press: "Press", series: str, now: "datetime") -> None:
    """Has runs of review that wait for this series look again, where a server is named for them."""
    import os

    from partwork.actions.waiting import runs_that_wait

    runs = runs_that_wait(press, series, now)
    if runs and os.environ.get("PREFECT_API_URL"):
        from partwork.orchestration.answers import wake

        wake(runs)


@app.command(group=SENDING, sort_key=2)
def publish(series: str = "", *, now: Flag = False, as_json: AsJson = False) -> int:
    """Plan what is due and approved: one campaign for the next part, its audience fixed.

    Example: partwork publish better-sleep --now

    Parameters
    ----------
    series
        Its name; all series where it is left out.
    now
        Do not wait for the series' next slot.
    as_json
        Print the report as JSON.
    """
    from partwork.actions.listening import why_unheard
    from partwork.actions.publish import publish as plan_due

    with press_of_home() as press:
        report = plan_due(press, series, at_once=now, now=utc_now())
        unheard = why_unheard(press, sum(item.recipients for item in report.planned))
    if unheard:
        say_refused(unheard)
    if as_json:
        print_json(report)
        return DONE
    for item in report.planned:
        out.print(item.issue)
        err.print(f"{item.issue}: planned for {counted(item.recipients, 'subscriber')}")
    for line in report.waiting:
        err.print(line)
    return DONE


@app.command(group=SENDING, sort_key=3)
def send(
    issue: str,
    *,
    test: str = "",
    dry_run: Flag = False,
    as_json: AsJson = False,
) -> int:
    """Send what the ledger says is unsent; nobody gets a second copy.

    Ctrl-C or SIGTERM ends it once the server has answered for what has left; said again, at once.

    Example: partwork send better-sleep-01

    Parameters
    ----------
    issue
        Its name, or the start of it.
    test
        Send one copy to this address instead, outside the ledger.
    dry_run
        Write every unsent copy to .partwork/dry-run instead; the ledger stays as it is.
    as_json
        Print the tally as JSON.
    """
    from partwork.actions.lane import TOLD_TO_END
    from partwork.actions.listening import why_unheard_of
    from partwork.actions.send import send as send_issue
    from partwork.actions.send import send_test
    from partwork.cli.ending import Ending, ending_gently

    with press_of_home() as press, progress_bar("sending") as progress:
        if test:
            reply = send_test(press, issue, typed_address(test), utc_now)
            out.print(f"{reply.code} {reply.text}")
            return DONE if reply.code // 100 == 2 else REFUSED
        if not dry_run and (unheard := why_unheard_of(press, issue)):
            say_refused(unheard)
        with nullcontext(Ending()) if dry_run else ending_gently() as ending:
            report = send_issue(
                press,
                issue,
                clock=utc_now,
                progress=progress,
                dry_run=dry_run,
                told_to_end=ending,
            )
        place = press.library.shown(press.settings.state / "dry-run" / report.issue)
    if as_json:
        print_json(report)
    elif dry_run:
        out.print(f"{report.issue}: {report.sent} copies in {place}")
    else:
        out.print(f"{report.issue}: {report.sent} sent now; {words_of(report.tally)}")
    if report.canary and not as_json:
        err.print(report.canary)
    if report.tally.pending and not (dry_run or report.stopped):
        err.print(
            f"partwork: {report.tally.pending} are being sent by another run, or by one that "
            "crashed elsewhere; run it again in ten minutes"
        )
    if report.stopped:
        say_refused(f"stopped early: {report.stopped}; `partwork status {report.issue}` tells more")
    if report.stopped == TOLD_TO_END:
        return ending.status
    return REFUSED if report.stopped else DONE


@app.command(group=SENDING, sort_key=4)
def status(
    issue: str = "", *, domains: Flag = False, watch: Flag = False, as_json: AsJson = False
) -> int:
    """Show what waits, what is due, and what became of what was sent.

    Example: partwork status better-sleep-01 --watch

    Parameters
    ----------
    issue
        Its name, or the start of it, or a series' name; everything where it is left out.
    domains
        Count an issue's deliveries by recipients' domain, too.
    watch
        Show every two seconds how an issue gets on, until nothing waits or Ctrl-C.
    as_json
        Print it as JSON.
    """
    if (domains or watch) and not issue:
        raise WrongUse("--domains and --watch are about one issue: name it")
    from partwork.actions.inbox import inbox_of, words_for
    from partwork.actions.status import status as all_series
    from partwork.actions.status import status_of_series

    with press_of_home() as press:
        is_series = issue in press.library.series_slugs() and not (domains or watch)
        if issue and not is_series:
            return _show_sending(press, issue, domains, watch, as_json)
        now = utc_now()
        shown = (status_of_series(press, issue, now),) if issue else all_series(press, now)
        inbox = () if issue else words_for(inbox_of(press))
    unread = [series.problem for series in shown if series.problem]
    if as_json:
        print_json(shown)
        return REFUSED if unread else DONE
    for series in shown:
        _show_series(series)
    if not shown:
        out.print("no series yet; make one with partwork compose SERIES ARTICLE …")
    for line in inbox:
        out.print(line)
    for problem in unread:
        say_refused(problem)
    return REFUSED if unread else DONE


def _show_series(series: "SeriesStatus") -> None:
    due = f", next slot {series.next_slot_at:%Y-%m-%d %H:%M} UTC" if series.next_slot_at else ""
    readers = "" if series.problem else f": {counted(series.readers or 0, 'reader')}{due}"
    out.print(f"{series.title} ({series.slug}){readers}")
    for note in series.notes:
        out.print(f"  {note}")
    for item in series.issues:
        told = f"  {words_of(item.tally)}" if item.tally.planned else ""
        out.print(f"  {item.name}  {item.state}{told}")
        if item.stopped:
            out.print(f"    {item.stopped}")
    for line in (*series.corrections, *series.review):
        out.print(f"  {line}")


def _show_sending(press: "Press", issue: str, domains: bool, watch: bool, as_json: bool) -> int:
    from partwork.actions.status import status_of

    if watch:
        _watch(press, issue)
    shown = status_of(press, issue, utc_now(), domains=domains)
    if as_json:
        print_json(shown)
        return DONE
    out.print(f"{shown.name}  {shown.state}  {shown.title}")
    out.print(words_of(shown.tally))
    if shown.stopped:
        out.print(f"It {shown.stopped}")
    if shown.lanes:
        out.print(f"{counted(shown.lanes, 'lane')} at work")
    for words in shown.refusals:
        out.print(f"  refused: {words}")
    if shown.domains:
        rows = [
            (domain or "(erased)", ", ".join(f"{n} {state}" for state, n in counts.items()))
            for domain, counts in shown.domains.items()
        ]
        print_rows(("domain", "deliveries"), rows)
    return DONE


def _watch(press: "Press", issue: str) -> None:
    """A line every two seconds on stderr: what is done, how fast, and how long it still takes."""
    import time

    from partwork.actions.status import status_of

    before: tuple[float, int] | None = None
    while True:
        shown = status_of(press, issue, utc_now())
        tally, at = shown.tally, time.monotonic()
        done = tally.planned - tally.pending
        words = f"{done} of {tally.planned}"
        if before and done > before[1]:
            rate = (done - before[1]) / (at - before[0])
            words += f", {rate:.0f}/s, {tally.pending / rate:.0f} s left"
        err.print(words)
        if shown.stopped or not tally.pending:
            return
        before = at, done
        time.sleep(2)
