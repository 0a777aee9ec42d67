"""Commands about subscribers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    RUNNING,
    AsJson,
    Flag,
    app,
    ask,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    progress_bar,
    say_refused,
    utc_now,
)
from partwork.model.audience import SubscriptionState, SuppressionReason
from partwork.returning.rules import Outcome

if TYPE_CHECKING:  # an action is loaded by the command that needs it
    from partwork.actions.subscribers import Story

subscribers = App(
    name="subscribers",
    help="Import, export, list, count, show, suppress or erase subscribers.\n\n"
    'Example: partwork subscribers import readers.csv --newsletter quiet-hour --confirmed "asked"',
    group=RUNNING,
    sort_key=4,
)
app.command(subscribers)


@subscribers.command(name="import")
def import_(
    file: Path,
    *,
    newsletter: str,
    confirmed: str = "",
    tag: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    field: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    dry_run: Flag = False,
) -> int:
    """Add the addresses of a CSV file, or of a bare list, as confirmed subscribers.

    Those who left earlier or are suppressed stay away, whatever the file says; so do those who,
    as the file says, left, bounced or never confirmed where it comes from. Exports of Mailchimp,
    Substack, listmonk and Ghost are understood as they are. Cut short, run it again: nobody comes
    in twice. Rows that give nobody are told in a file beside it, readers.errors.csv. Tags, labels
    and lists of the file come in as tags; of other columns only those that you name.

    Example: partwork subscribers import readers.csv --newsletter quiet-hour --confirmed "May fair"

    Parameters
    ----------
    file
        CSV with a header that names an e-mail column, or one address a line.
    newsletter
        What they are subscribed to.
    confirmed
        How and when they agreed, in your words; kept as evidence with each of them.
    tag
        Give all of them this tag; may be said several times.
    field
        Keep this column, or this key of listmonk's attributes, as a field for segments; may be said
        several times.
    dry_run
        Only say what would happen; the errors are written all the same.
    """
    from partwork.actions.subscribers import import_subscribers

    with press_of_home() as press, progress_bar("importing") as progress:
        report = import_subscribers(
            press,
            file,
            newsletter,
            note=confirmed,
            now=utc_now(),
            tags=tag,
            fields=field,
            dry_run=dry_run,
            progress=progress,
        )
    would = "would be " if dry_run else ""
    out.print(
        f"{would}added {report.added}, already there {report.already}, "
        f"left earlier {report.left_earlier}, suppressed {report.suppressed}, "
        f"unusable {report.unusable}"
    )
    if report.not_subscribed:
        out.print(f"left, bounced or unconfirmed where they come from: {report.not_subscribed}")
    for row in report.errors:
        say_refused(f"{file.name}, line {row.line}: {row.reason}")
    if report.errors_file:
        out.print(f"each row that gave nobody, with its reason: {report.errors_file}")
    return REFUSED if report.unusable else DONE


@subscribers.command(name="export")
def export(*, newsletter: str = "") -> int:
    """Print subscribers as CSV; cells that a spreadsheet would run as formulas are defused.

    Example: partwork subscribers export --newsletter quiet-hour > readers.csv

    Parameters
    ----------
    newsletter
        Of this one alone.
    """
    from partwork.actions.subscribers import export_subscribers

    with press_of_home() as press:
        sys.stdout.writelines(export_subscribers(press, newsletter))
    return DONE


@subscribers.command(name="list")
def list_(
    *, newsletter: str = "", state: SubscriptionState | None = None, as_json: AsJson = False
) -> int:
    """List subscribers with the state of each subscription.

    Example: partwork subscribers list --state confirmed

    Parameters
    ----------
    newsletter
        Of this one alone.
    state
        In this state alone.
    as_json
        Print them as JSON.
    """
    from partwork.actions.subscribers import all_subscribers

    with press_of_home() as press:
        rows = all_subscribers(press, newsletter, state)
    if as_json:
        print_json([one._asdict() for one in rows])
        return DONE
    told = [
        (
            person.address,
            held.newsletter,
            f"{held.state}, suppressed: {suppressed}" if suppressed else held.state.value,
            f"{held.ended_at or held.confirmed_at or held.asked_at:%Y-%m-%d}",
        )
        for person, held, suppressed in rows
    ]
    print_rows(("address", "newsletter", "state", "since"), told)
    return DONE


@subscribers.command(name="segments")
def segments(*, newsletter: str = "", as_json: AsJson = False) -> int:
    """List the segments of newsletters, and how many readers each would reach now.

    Counted as a campaign is planned; a series reaches fewer where readers skip it or have had its
    part already.

    Example: partwork subscribers segments --newsletter quiet-hour

    Parameters
    ----------
    newsletter
        Of this one alone.
    as_json
        Print them as JSON.
    """
    from partwork.actions.segments import segments_of

    with press_of_home() as press:
        found = segments_of(press, newsletter, utc_now())
    if as_json:
        print_json(found)
        return DONE
    told = [(one.newsletter, one.segment or "(all readers)", str(one.readers)) for one in found]
    print_rows(("newsletter", "segment", "readers"), told)
    return DONE


@subscribers.command(name="show")
def show(address: str, *, as_json: AsJson = False) -> int:
    """Show everything that is known of one person.

    Example: partwork subscribers show ada@example.org

    Parameters
    ----------
    address
        Theirs.
    as_json
        Print it as JSON.
    """
    from partwork.actions.subscribers import story_of

    with press_of_home() as press:
        story = story_of(press, address)
    if as_json:
        print_json(story)
        return DONE
    person = story.subscriber
    out.print(" ".join(filter(None, (person.address, person.name, person.language))))
    _print_standing(story)
    for held in story.subscriptions:
        out.print(f"  {held.newsletter}: {held.state}, asked {held.asked_at:%Y-%m-%d}")
        if held.paused_until:
            out.print(f"    pause: until {held.paused_until:%Y-%m-%d %H:%M} UTC")
        if held.is_bundled:
            out.print("    all parts of a week in one mail")
    if story.skipped:
        out.print(f"  skips: {', '.join(story.skipped)}")
    for series, number in story.courses.items():
        out.print(f"  {series}: part {number} is next")
    if story.tags:
        out.print(f"  tags: {', '.join(story.tags)}")
    for name, value in story.fields.items():
        out.print(f"  {name}: {value}")
    for record in story.consents:
        how = record.evidence.source
        out.print(f"  {record.at:%Y-%m-%d %H:%M} {record.act} {record.newsletter} ({how})")
    _print_mails(story)
    return DONE


def _print_standing(story: "Story") -> None:
    """Why campaigns leave the person out, if they do."""
    if story.is_suppressed:
        out.print("  suppressed: gets no campaign")
    elif story.left_out_until and story.left_out_until > utc_now():
        until = f"{story.left_out_until:%Y-%m-%d %H:%M} UTC"
        out.print(f"  mail keeps bouncing: a probe decides, no campaign until {until}")
    if story.lifted:
        out.print(f"  a suppression was lifted: {story.lifted}")


def _print_mails(story: "Story") -> None:
    """What went out, and what came back."""
    for one in story.deliveries:
        when = f"{one.replied_at:%Y-%m-%d %H:%M} " if one.replied_at else ""
        said = " ".join(filter(None, (str(one.code or ""), one.words)))
        out.print(f"  {when}{one.issue}: {one.state}{f' ({said})' if said else ''}")
    for back in story.came_back:
        then = "" if back.outcome == Outcome.NOTHING else f" → {back.outcome}"
        out.print(f"  {back.at:%Y-%m-%d %H:%M} {back.event.kind}{then}: {back.reason}")
    if story.why_suppressed:
        out.print(f"  on the suppression list: {story.why_suppressed}")


@subscribers.command(name="suppress")
def suppress(address: str, *, reason: SuppressionReason = SuppressionReason.WISH) -> int:
    """Put an address on the suppression list: it gets no campaign, whatever it subscribes to.

    Example: partwork subscribers suppress ada@example.org --reason complaint

    Parameters
    ----------
    address
        Theirs, whether they are subscribed or not.
    reason
        Why.
    """
    from partwork.actions.departing import suppress as put

    with press_of_home() as press:
        is_new = put(press, address, reason, utc_now())
    out.print("suppressed" if is_new else "was suppressed already")
    return DONE


@subscribers.command(name="unsuppress")
def unsuppress(address: str, *, reason: str) -> int:
    """Take an address off the suppression list; it gets what it is still subscribed to.

    What came back from it before is not held against it any more.

    Example: partwork subscribers unsuppress ada@example.org --reason "her mailbox works again"

    Parameters
    ----------
    address
        Theirs.
    reason
        Why, in your words; kept in the suppression log.
    """
    from partwork.actions.departing import unsuppress as take

    with press_of_home() as press:
        was_there = take(press, address, reason, utc_now())
    out.print("not suppressed any more" if was_there else "was not suppressed")
    return DONE


@subscribers.command(name="erase")
def erase(
    address: str,
    *,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
    as_json: AsJson = False,
) -> int:
    """Forget a person for good; if suppressed, the address stays suppressed, as a hash.

    Prints what was deleted, what stays as evidence, and what you have to see to yourself; it names
    nobody, so that it may be kept.

    Example: partwork subscribers erase ada@example.org --yes

    Parameters
    ----------
    address
        Theirs.
    yes
        Do not ask.
    as_json
        Print the report as JSON.
    """
    from partwork.actions.subscribers import erase as forget

    if not yes and ask(f"Erase {address} for good? Type yes") != "yes":
        err.print("partwork: nothing erased; say --yes to do it without a question")
        return REFUSED
    with press_of_home() as press:
        report = forget(press, address, utc_now())
    if as_json:
        print_json(report)
        return DONE
    out.print(f"erased {report.at:%Y-%m-%d %H:%M} UTC")
    for heading, counts in (("deleted", report.deleted), ("kept", report.kept)):
        for what, count in counts.items():
            out.print(f"  {heading}: {what}: {count}")
    for what in report.out_of_reach:
        out.print(f"  out of reach: {what}")
    return DONE
