"""A published part in other words: asked for, approved like any issue, and put in its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape

from partwork.actions.approval_state import is_approved, state_of
from partwork.actions.approved import approved_issue
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_series
from partwork.actions.planned import Planned
from partwork.actions.preview import Previewed, drafts_of, mails_of, preview
from partwork.actions.stopping import why_stopped
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.correction import LONGEST_REASON, Correction
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.series import Instalment, Series
from partwork.rendering.fields import erratum_fields
from partwork.rendering.inline import one_line
from partwork.store.corrections import (
    ask_correction,
    drop_correction,
    newest_wording,
    settle_correction,
    unsettled_corrections,
    waiting_correction,
    waiting_corrections,
)
from partwork.store.engine import read_only
from partwork.store.issues import is_published, load_issue
from partwork.store.ledger import tally
from partwork.store.superseding import carry_over, former_wordings, is_open, plan_mail, supersede


class NotCorrectable(PartworkError):
    """An issue that cannot be corrected, or not so; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction that waits for approval: of which issue, the drafts, and whom it concerns.

    `have` is how many have the first text, `unsent` how many will get the revision in its place,
    `in_doubt` of how many nobody knows.
    """

    corrects: str
    drafts: tuple[Previewed, ...]
    have: int
    unsent: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class InEffect:
    """A correction that is in effect: how many got the revision's bytes, and mails planned.

    `mail` is the name of the issue that tells of it (empty: none was asked for).
    """

    revision: str
    corrects: str
    carried: int
    mail: str = ""
    mails: int = 0


def correct(press: Press, issue: str, *, because: str, mail: bool, now: datetime) -> Asked:
    """Renders a published part as its file is now, as a draft that corrects what was published.

    `because` stands on its page, with the day, and in the mail about it if there is to be one.
    Nothing changes for readers before it is approved and takes effect. Asked again, as by a run
    that is tried again, it is the same; with other words it takes the place of what waits. Raises
    NotCorrectable, LibraryError, ManuscriptError, TemplateError.
    """
    reason = _demanded_reason(because)
    found = _part_behind(press, issue)
    series, part = _part_on_file(press, found)
    with read_only(press.engine) as connection:
        first = newest_wording(connection, part.id)
        before = waiting_correction(connection, part.id)
        published = load_issue(connection, first)
    if before is None:
        _, (rendered,) = drafts_of(press, series.slug, part.number)
        if published and rendered.content_hash == first:
            raise NotCorrectable(
                f"the file of part {part.number} of {series.slug} says what was published; mend it "
                "first, then correct it"
            )
    asked = Correction(press.new_id(), series.slug, part.id, first, reason, now, mail)
    if before:
        is_same = (before.reason, before.wants_mail) == (reason, mail)
        asked = before if is_same else replace(asked, id=before.id)
    with press.engine.begin() as connection:
        ask_correction(connection, asked)
    drafts = preview(press, series.slug, part.number, now)
    if hidden := _hides(series.language, asked, drafts):
        with press.engine.begin() as connection:
            drop_correction(connection, part.id)
        raise NotCorrectable(
            f"templates/{hidden} of this home shows no erratum; take the lines about it over from "
            "the package's, so that readers see what was corrected"
        )
    with read_only(press.engine) as connection:
        stands = tally(connection, first)
    unsent = stands.pending + stands.deferred + stands.gathered
    name = published.name if published else found.name
    return Asked(name, drafts, stands.accepted + stands.bundled, unsent, stands.in_doubt)


def drop(press: Press, issue: str) -> str:
    """Gives up the correction of an issue's part that waits; the part's draft stays. Its name.

    Raises NotCorrectable where none waits.
    """
    found = _part_behind(press, issue)
    with press.engine.begin() as connection:
        if not drop_correction(connection, found.instalment):
            raise NotCorrectable(f"no correction of {found.name} waits")
    return found.name


def put_into_effect(press: Press, issue: str, now: datetime) -> InEffect:
    """Has the correction of an issue's part take effect that is approved.

    Raises NotCorrectable where none waits, or it waits for something.
    """
    found = _part_behind(press, issue)
    with read_only(press.engine) as connection:
        waiting = waiting_correction(connection, found.instalment)
    if waiting is None:
        raise NotCorrectable(
            f"no correction of {found.name} waits; `partwork correct {found.name} --because …` "
            "asks for one"
        )
    outcome = _take_effect(press, waiting, now)
    if isinstance(outcome, str):
        raise NotCorrectable(outcome)
    return outcome


def work_off_corrections(
    press: Press, series: str, now: datetime
) -> tuple[list[Planned], list[str]]:
    """Has all corrections take effect that are approved; what others wait for, in words.

    Of a series, or of all where none is named. Those that took effect before get what has come free
    since, and their mail goes to whoever turned out to have the first text. Safe to run twice, at
    once or elsewhere.
    """
    planned: list[Planned] = []
    waits: list[str] = []
    with read_only(press.engine) as connection:
        waiting = waiting_corrections(connection, series)
        unsettled = unsettled_corrections(connection)
    for one in unsettled:
        _follow(press, one, now)
    for one in waiting:
        try:
            outcome = _take_effect(press, one, now)
        except PartworkError as error:
            outcome = f"{one.series}: its correction waits: {error}"
        if isinstance(outcome, str):
            waits.append(outcome)
            continue
        planned.append(Planned(outcome.revision, now, outcome.carried))
        planned += [Planned(outcome.mail, now, outcome.mails)] if outcome.mails else []
    return planned, waits


def corrections_waiting(press: Press, series: str) -> tuple[str, ...]:
    """What of a series is to be corrected and waits, each in a sentence."""
    with read_only(press.engine) as connection:
        found = [
            (one, load_issue(connection, one.corrects))
            for one in waiting_corrections(connection, series)
        ]
    return tuple(
        f"{issue.name} is to be corrected ({one.reason}): approve it, then it takes effect with "
        f"`partwork correct {issue.name} --publish`, or by itself with the next publish"
        for one, issue in found
        if issue
    )


def _take_effect(press: Press, waiting: Correction, now: datetime) -> InEffect | str:
    """Puts a correction into effect; else what it waits for, in words."""
    with read_only(press.engine) as connection:
        first = load_issue(connection, waiting.corrects)
    if first is None:
        raise ValueError(f"no issue {waiting.corrects}")  # a foreign key holds it
    series, part = _part_on_file(press, first)
    revision = approved_issue(press, series, part, now)
    if isinstance(revision, str):
        return f"{series.slug}: the correction of {first.name} waits: {revision}"
    if stopped := why_stopped(press, revision):
        return f"{series.slug}: the correction of {first.name} waits: it {stopped}"
    if waiting.wants_mail and (why := _why_mail_waits(press, series, part, waiting, now)):
        return f"{series.slug}: the correction of {first.name} waits: {why}"
    with press.engine.begin() as connection:
        if not supersede(connection, waiting, revision, now):
            return f"{series.slug}: the correction of {first.name} took effect just now"
    in_effect = replace(waiting, revision=revision.content_hash, applied_at=now)
    carried, mails = _follow(press, in_effect, now)
    with read_only(press.engine) as connection:
        mail = load_issue(connection, waiting.mail) if waiting.wants_mail else None
    return InEffect(revision.name, first.name, carried, mail.name if mail else "", mails)


def _follow(press: Press, correction: Correction, now: datetime) -> tuple[int, int]:
    """Carries over what is unsent, and plans the mail; how many of each are new.

    A transaction at a time, so that nobody who unsubscribes waits long.
    """
    carried = mails = 0
    with read_only(press.engine) as connection:
        revision = load_issue(connection, correction.revision)
        mail = load_issue(connection, correction.mail) if correction.wants_mail else None
        former = former_wordings(connection, correction.revision)
    if revision is None:
        return 0, 0
    for one in former:
        while True:
            with press.engine.begin() as connection:
                count = carry_over(connection, one, revision, now)
            carried += count
            if not count:
                break
    with press.engine.begin() as connection:
        if mail:
            mails = plan_mail(connection, correction, mail, now)
        if not any(is_open(connection, one) for one in former):
            settle_correction(connection, correction.id, now)
    return carried, mails


def _why_mail_waits(
    press: Press, series: Series, part: Instalment, waiting: Correction, now: datetime
) -> str:
    """Why the mail about a correction may not go out; "": it is approved as it would be now."""
    (rendered,) = mails_of(press, series.slug, part.number)
    if rendered.content_hash != waiting.mail:
        return f"its mail was changed; `partwork preview {series.slug}`, then approve it again"
    if not is_approved(press, rendered, now):
        return f"its mail {state_of(press, rendered, now)}"
    stopped = why_stopped(press, rendered)
    return stopped and f"its mail {stopped}"


def _hides(language: str, asked: Correction, drafts: Sequence[Previewed]) -> str:
    """The template that leaves the erratum out, if one of the home's own does."""
    told = erratum_fields(asked.erratum, language)
    for issue in (draft.issue for draft in drafts):
        places = {"web/issue.html": issue.page}
        if issue.is_correction_mail:
            places |= {"email/parts/opening.mjml": issue.html, "email/issue.txt": issue.text}
        for template, text in places.items():
            words = " ".join(unescape(text).split())
            if " ".join(told.corrected.split()) not in words:
                return template
    return ""


def _demanded_reason(because: str) -> str:
    reason = one_line(because)
    if not reason:
        raise NotCorrectable("say what was wrong, in words for readers: --because TEXT")
    if len(reason) > LONGEST_REASON:
        raise NotCorrectable(
            f"the reason has {len(reason)} characters; readers see it above the text, so say it "
            f"in {LONGEST_REASON} or fewer"
        )
    return reason


def _part_behind(press: Press, issue: str) -> Issue:
    """The issue of a part that was published. Raises NotCorrectable, LibraryError."""
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        was_published = is_published(connection, found.content_hash)
    if not found.instalment:
        raise NotCorrectable(f"{found.name} is no part of a series; correct the part it has")
    if not was_published:
        raise NotCorrectable(
            f"{found.name} is not published: mend its file, preview it and approve it again"
        )
    return found


def _part_on_file(press: Press, issue: Issue) -> tuple[Series, Instalment]:
    series = load_series(press, issue.audience.series)
    for part in series.instalments:
        if part.id == issue.instalment:
            return series, part
    raise LibraryError(
        f"the file of {issue.name} is gone from {series.slug}; bring it back to correct it"
    )
