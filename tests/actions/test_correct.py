"""A part that was published in wrong words: mended, approved anew, and put in the first's place."""

from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.approve import approve, object_to, reviewer_of
from partwork.actions.correct import (
    NotCorrectable,
    correct,
    corrections_waiting,
    drop,
    put_into_effect,
)
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_newsletter
from partwork.actions.publish import publish
from partwork.actions.read_issue import published_page, published_page_of
from partwork.actions.reviewing import Answer, Question, answer
from partwork.actions.reviewing import ask as review
from partwork.actions.send import send
from partwork.actions.stopping import Stopped, pause, resume
from partwork.actions.subscribers import story_of
from partwork.assembly import Press
from partwork.model.audience import Evidence
from partwork.model.delivery import DeliveryState
from partwork.model.review import Decision, No
from partwork.store.audience import load_subscriber
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.issues import load_issue
from partwork.store.lanes import sweep
from partwork.store.ledger import load_deliveries
from partwork.store.subscriptions import bundle_subscription, end_subscription
from tests.actions.correcting import (
    BECAUSE,
    RIGHT,
    SERIES,
    WRONG,
    begin,
    mails,
    mend,
    published_letter,
    text_of,
)
from tests.actions.sending import ledger, subscribe
from tests.conftest import NOW
from tests.store.noting import note_attempt

ADA, GRACE, MARY = READERS = ("ada@example.org", "grace@example.org", "mary@example.org")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def letter(press: Press) -> tuple[str, Path]:
    """A part planned for three readers, of whom nobody has it yet, and its file, mended since."""
    subscribe(press, READERS)
    name, file = published_letter(press)
    mend(file)
    return name, file


def ask(press: Press, name: str, *, mail: bool = False) -> None:
    correct(press, name, because=BECAUSE, mail=mail, now=NOW)


def approve_all(press: Press) -> tuple[str, ...]:
    issues = approve(press, SERIES, None, reviewer="Ada", channel="cli", now=LATER)
    return tuple(issue.name for issue in issues)


def test_until_it_is_approved_nothing_changes(press: Press, letter: tuple[str, Path]) -> None:
    ask(press, letter[0])

    report = publish(press, "", at_once=False, now=LATER)
    with pytest.raises(NotCorrectable, match="part 1 waits for approval"):
        put_into_effect(press, letter[0], LATER)

    assert report.planned == ()
    assert report.unsent == (letter[0],)
    assert any("the correction of" in line for line in report.waiting)
    assert letter[0] in corrections_waiting(press, SERIES)[0]
    page = published_page(press, letter[0])
    assert isinstance(page, str)
    assert WRONG in page


def test_the_approved_revision_takes_effect_by_itself_and_reaches_who_waits(
    press: Press, letter: tuple[str, Path]
) -> None:
    ask(press, letter[0])
    (revision,) = approve_all(press)

    report = publish(press, "", at_once=False, now=LATER)
    send(press, revision, clock=lambda: LATER)

    assert [(one.issue, one.recipients) for one in report.planned] == [(revision, 3)]
    assert [RIGHT in text_of(mail) for reader in READERS for mail in mails(press, reader)] == [
        True
    ] * 3
    with pytest.raises(Stopped, match="has taken its place"):
        send(press, letter[0], clock=lambda: LATER)


def test_the_page_tells_what_was_corrected_and_when(press: Press, letter: tuple[str, Path]) -> None:
    ask(press, letter[0])
    (revision,) = approve_all(press)
    put_into_effect(press, letter[0], LATER)

    part = issue_named(press, revision).instalment
    pages = {published_page(press, letter[0]), published_page_of(press, part)}

    (page,) = pages
    assert isinstance(page, str)
    assert RIGHT in page
    assert WRONG not in page
    assert "Corrected on 2 March 2026" in page
    assert "said &lt;40&gt; mg &amp; more" in page


def test_nobody_who_has_the_first_gets_the_revision_as_if_it_were_new(
    press: Press, letter: tuple[str, Path]
) -> None:
    send(press, letter[0], clock=lambda: NOW)
    ask(press, letter[0])
    approve_all(press)

    publish(press, "", at_once=False, now=LATER)
    late = publish(press, SERIES, at_once=True, now=LATER)

    assert late.unsent == ()
    assert [len(mails(press, reader)) for reader in READERS] == [1, 1, 1]


def test_the_mail_about_it_tells_the_erratum_first_and_goes_once_to_who_has_the_first(
    press: Press, letter: tuple[str, Path]
) -> None:
    send(press, letter[0], clock=lambda: NOW)
    subscribe(press, ["new@example.org"])
    with press.engine.begin() as connection:
        mary = load_subscriber(connection, MARY)
        assert mary
        end_subscription(connection, mary.id, "the-bench", Evidence("link"), NOW)
    ask(press, letter[0], mail=True)
    revision, mail = approve_all(press)

    for _ in range(2):
        report = publish(press, "", at_once=False, now=LATER)
        for issue in report.unsent:
            send(press, issue, clock=lambda: LATER)

    assert mail.startswith("doses-01-correction-")
    told = [mails(press, reader) for reader in (ADA, GRACE)]
    assert [len(got) for got in told] == [2, 2]
    assert len(mails(press, MARY)) == 1
    assert mails(press, "new@example.org") == []
    last = told[0][-1]
    assert "Correction: The dose" in str(last["Subject"])
    text = text_of(last)
    assert text.index(BECAUSE) < text.index(RIGHT)
    assert issue_named(press, "doses-01").name == revision


def test_a_mail_that_nobody_approved_keeps_the_correction_waiting(
    press: Press, letter: tuple[str, Path]
) -> None:
    ask(press, letter[0])
    approve_all(press)
    ask(press, letter[0], mail=True)

    with pytest.raises(NotCorrectable, match="its mail waits for approval"):
        put_into_effect(press, letter[0], LATER)


def test_what_was_under_way_is_in_doubt_and_stays_so(
    press: Press, letter: tuple[str, Path]
) -> None:
    first = issue_named(press, letter[0])
    with press.engine.begin() as connection:
        held = claim(connection, first.content_hash, "a lane", NOW, timedelta(minutes=5), limit=2)
        note_attempt(connection, held[0].id, "a lane", NOW)
    ask(press, letter[0])
    (revision,) = approve_all(press)

    done = put_into_effect(press, letter[0], LATER)
    with press.engine.begin() as connection:
        sweep(connection, LATER)

    assert done.carried == 2
    doubtful = [row.recipient for row in ledger(press, first.name).values()]
    assert doubtful == [held[0].recipient]
    with read_only(press.engine) as connection:
        (row,) = load_deliveries(connection, first.content_hash)
    assert row.state is DeliveryState.IN_DOUBT
    assert set(ledger(press, revision)) == set(READERS) - {held[0].recipient}


def test_later_readers_of_a_course_get_the_revision(press: Press) -> None:
    subscribe(press, [ADA])
    file = begin(press)
    toml = press.library.series_folder(SERIES) / "series.toml"
    toml.write_text(toml.read_text().replace('"calendar"', '"course"'))
    publish(press, SERIES, at_once=False, now=NOW)  # puts ada at part 1
    slot = NOW + timedelta(hours=22)  # Tuesday, half an hour after the slot; so is each look
    (first,) = publish(press, SERIES, at_once=False, now=slot).planned
    send(press, first.issue, clock=lambda: slot)
    mend(file)
    correct(press, first.issue, because=BECAUSE, mail=False, now=slot)
    issues = approve(press, SERIES, None, reviewer="Ada", channel="cli", now=slot)

    subscribe(press, [GRACE], slot)
    for days in (0, 3, 7, 10):
        at = slot + timedelta(days=days)
        for issue in publish(press, SERIES, at_once=False, now=at).unsent:
            send(press, issue, clock=lambda at=at: at)

    assert [len(mails(press, reader)) for reader in (ADA, GRACE)] == [1, 1]
    assert list(ledger(press, issues[0].name)) == [GRACE]


def test_a_mail_of_a_week_that_is_not_sent_is_made_anew(press: Press) -> None:
    subscribe(press, [ADA])
    with press.engine.begin() as connection:
        ada = load_subscriber(connection, ADA)
        assert ada
        bundle_subscription(connection, ada.id, "the-bench", is_bundled=True)
    name, file = published_letter(press)
    begin(press, "Another", "Something else altogether.")
    later = NOW + timedelta(hours=1)
    second = publish(press, SERIES, at_once=True, now=later).planned[0].issue
    weeks_end = NOW + timedelta(days=14)
    (bundle,) = publish(press, "", at_once=False, now=weeks_end).planned
    mend(file)
    ask(press, name)
    (revision, _) = approve_all(press)

    report = publish(press, "", at_once=False, now=weeks_end)
    for issue in report.unsent:
        send(press, issue, clock=lambda: weeks_end)

    assert ledger(press, bundle.issue) == {}
    assert ledger(press, revision)[ADA].state is DeliveryState.BUNDLED
    assert ledger(press, second)[ADA].state is DeliveryState.BUNDLED
    (mail,) = mails(press, ADA)
    assert RIGHT in text_of(mail)
    assert WRONG not in text_of(mail)


@pytest.mark.parametrize(
    ("words", "refused"), [("  \n", "say what was wrong"), ("x" * 501, "501 characters")]
)
def test_a_reason_is_for_readers(
    press: Press, letter: tuple[str, Path], words: str, refused: str
) -> None:
    with pytest.raises(NotCorrectable, match=refused):
        correct(press, letter[0], because=words, mail=False, now=NOW)


def test_only_a_part_that_is_out_and_was_mended_is_corrected(press: Press) -> None:
    subscribe(press, READERS)
    name, file = published_letter(press)

    with pytest.raises(NotCorrectable, match="says what was published"):
        ask(press, name)
    begin(press, "Another", "Something else altogether.")
    with pytest.raises(NotCorrectable, match="is not published"):
        ask(press, "doses-02")
    with pytest.raises(NotCorrectable, match="no correction of"):
        drop(press, name)
    mend(file)
    ask(press, name)
    assert drop(press, name) == name
    assert corrections_waiting(press, SERIES) == ()


def test_a_home_whose_own_templates_show_no_erratum_is_told(
    press: Press, letter: tuple[str, Path]
) -> None:
    template = press.settings.home / "templates" / "web" / "issue.html"
    template.parent.mkdir(parents=True, exist_ok=True)
    whole = press.library.templates()["web/issue.html"]
    template.write_text(whole.replace("for erratum in errata", "for erratum in []"))

    with pytest.raises(NotCorrectable, match=r"web/issue\.html of this home shows no erratum"):
        ask(press, letter[0])

    assert corrections_waiting(press, SERIES) == ()


def test_asked_again_it_is_the_same_draft(press: Press, letter: tuple[str, Path]) -> None:
    first = correct(press, letter[0], because=BECAUSE, mail=True, now=NOW)
    again = correct(press, letter[0], because=f" {BECAUSE}\n", mail=True, now=LATER)

    hashes = [[one.issue.content_hash for one in asked.drafts] for asked in (first, again)]
    assert hashes[0] == hashes[1]
    assert (first.have, first.unsent, first.in_doubt) == (0, 3, 0)
    with read_only(press.engine) as connection:
        assert all(load_issue(connection, one) for one in hashes[0])


def test_a_reader_s_story_names_the_revision_that_was_sent(
    press: Press, letter: tuple[str, Path]
) -> None:
    ask(press, letter[0])
    (revision,) = approve_all(press)
    put_into_effect(press, letter[0], LATER)
    send(press, revision, clock=lambda: LATER)

    assert [one.issue for one in story_of(press, ADA).deliveries] == [revision]


def test_a_review_asks_about_a_correction_and_its_mail_and_its_yes_is_enough(
    press: Press, letter: tuple[str, Path]
) -> None:
    ask(press, letter[0], mail=True)

    question = review(press, SERIES, None, run_id="run", asked_before=0, now=LATER)
    assert isinstance(question, Question)
    yes = Answer(Decision.APPROVE, "Ada")
    outcome = answer(press, "run", question.review.key, yes, LATER)

    assert [part.issue.is_correction_mail for part in question.parts] == [False, True]
    assert outcome
    assert len(outcome.approved) == 2
    assert put_into_effect(press, letter[0], LATER).carried == 3


def test_what_a_reviewer_asks_for_keeps_a_correction_waiting(
    press: Press, letter: tuple[str, Path]
) -> None:
    ask(press, letter[0], mail=True)
    (slug,) = press.library.newsletter_slugs()
    file = press.library.newsletter_file(slug)
    file.write_text(f'approvals = ["editor", "medical"]\n{file.read_text()}')
    approve(press, SERIES, 1, reviewer="Ada", role="editor", channel="cli", now=LATER)

    with pytest.raises(NotCorrectable, match="waits for approval as medical"):
        put_into_effect(press, letter[0], LATER)

    approve(press, SERIES, 1, reviewer="Grace", role="medical", channel="cli", now=LATER)
    assert put_into_effect(press, letter[0], LATER).mail


def test_a_mail_that_was_rejected_after_its_yes_is_not_mailed(
    press: Press, letter: tuple[str, Path]
) -> None:
    send(press, letter[0], clock=lambda: NOW)
    ask(press, letter[0], mail=True)
    mail = issue_named(press, approve_all(press)[1])
    who = reviewer_of(load_newsletter(press, "the-bench"), "Grace", "", "cli")
    with press.engine.begin() as connection:
        object_to(connection, [mail], who, No.REJECTED, "it alarms people", now=LATER)

    with pytest.raises(NotCorrectable, match="its mail was rejected by Grace"):
        put_into_effect(press, letter[0], LATER)

    assert publish(press, "", at_once=False, now=LATER).planned == ()


@pytest.mark.parametrize("which", [0, 1])
def test_what_a_person_paused_beforehand_keeps_a_correction_waiting(
    press: Press, letter: tuple[str, Path], which: int
) -> None:
    ask(press, letter[0], mail=True)
    name = approve_all(press)[which]
    pause(press, name, "not before Monday", LATER)

    with pytest.raises(NotCorrectable, match="not before Monday"):
        put_into_effect(press, letter[0], LATER)

    resume(press, name, LATER)
    assert put_into_effect(press, letter[0], LATER).carried == 3
