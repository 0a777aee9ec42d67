"""The command that reads what comes back."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from partwork.cli.terminal import (
    DONE,
    SENDING,
    STANDARD_INPUT,
    AsJson,
    Flag,
    WrongUse,
    app,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    say_refused,
    shown,
    utc_now,
)
from partwork.model.errors import PartworkError

if TYPE_CHECKING:
    from partwork.actions.collect_bounces import Collected
    from partwork.mailbox.folder import StoredMail


@app.command(name="collect-bounces", group=SENDING, sort_key=9)
def collect_bounces(
    source: Path | None = None,
    *,
    set_aside: Flag = False,
    again: Flag = False,
    as_json: AsJson = False,
) -> int:
    """Read what has come back: bounces, complaints, automatic replies, wishes to leave.

    From the mailbox that PARTWORK_BOUNCE_MAILBOX names, as the flow of this name does every ten
    minutes. Nothing is deleted or answered; what was taken in is marked as read, and all other mail
    stays unread.

    Example: partwork collect-bounces

    Parameters
    ----------
    source
        A lone - reads one mail from standard input, as mail servers hand it over; status 75 has
        them try again later.
    set_aside
        List the events that could not be judged and were set aside; nothing is read.
    again
        Have these judged once more, after an upgrade, say; nothing is read.
    as_json
        Print what came back as JSON.
    """
    from partwork.actions.collect_bounces import collect_bounces as collect

    if (source is not None) + set_aside + again > 1:
        raise WrongUse("-, --set-aside and --again exclude each other: choose one")
    if source is not None:
        return _take_one(source, as_json)
    if set_aside:
        return _list_set_aside(as_json)
    if again:
        return _judge_again(as_json)
    with press_of_home() as press:
        collected = collect(press, utc_now)
    _tell(collected, as_json)
    return DONE


def _list_set_aside(as_json: bool) -> int:
    from partwork.actions.inbox import set_aside_events

    with press_of_home() as press:
        found = set_aside_events(press)
    if as_json:
        print_json(found)
    elif found:
        rows = [
            (str(one.id), one.kind, one.source, f"{one.received_at:%Y-%m-%d %H:%M}", one.why)
            for one in found
        ]
        print_rows(("event", "kind", "from", "came, UTC", "what went wrong"), rows)
    else:
        out.print("nothing is set aside")
    return DONE


def _judge_again(as_json: bool) -> int:
    from partwork.actions.collect_bounces import outcomes_in_words
    from partwork.actions.inbox import judge_set_aside

    with press_of_home() as press:
        judged = judge_set_aside(press, utc_now)
    if as_json:
        print_json(judged)
    else:
        out.print(outcomes_in_words(judged))
    return DONE


def _take_one(source: Path, as_json: bool) -> int:
    """Whatever is wrong may be mended: a mail must not be lost for it (sysexits.h, EX_TEMPFAIL)."""
    from partwork.actions.collect_bounces import collect_mail

    if source != STANDARD_INPUT:
        raise WrongUse("`partwork collect-bounces` reads the mailbox, or one mail with a lone -")
    mail = _mail_from_standard_input()
    try:
        with press_of_home() as press:
            collected = collect_mail(press, mail, utc_now)
    except (PartworkError, OSError) as error:
        say_refused(error)
        return os.EX_TEMPFAIL
    _tell(collected, as_json)
    return DONE


def _mail_from_standard_input() -> "StoredMail":
    """Its beginning; the rest is read and dropped, for whoever writes it must not be cut off."""
    from partwork.mailbox.folder import StoredMail
    from partwork.returning.mail_parts import READ_BYTES

    octets = sys.stdin.buffer.read(READ_BYTES)
    size_bytes = len(octets)
    while dropped := sys.stdin.buffer.read(READ_BYTES):
        size_bytes += len(dropped)
    return StoredMail("standard input", octets, size_bytes)


def _tell(collected: "Collected", as_json: bool) -> None:
    from partwork.actions.collect_bounces import in_words

    if as_json:
        print_json(collected)
        return
    out.print(in_words(collected))
    for line in (*collected.notes, *collected.unheeded):
        err.print(f"partwork: {shown(line)}")
