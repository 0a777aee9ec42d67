"""Promise 5: approval is bound to exactly what was read."""

import re
from pathlib import Path

import pytest

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.correct import NotCorrectable, correct, put_into_effect
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import send
from partwork.assembly import Press
from tests.conftest import NOW, Clock


def approve_all(press: Press, series: str) -> list[str]:
    issues = approve(press, series, None, reviewer="Ada North", channel="cli", now=NOW)
    return [issue.name for issue in issues]


def edit(file: Path) -> None:
    file.write_text(re.sub(r"(?m)^subject: .*$", "subject: New words", file.read_text()))


def test_what_was_never_previewed_cannot_be_approved(press: Press, series: str) -> None:
    with pytest.raises(NotApprovable, match="partwork preview"):
        approve_all(press, series)


def test_an_edit_after_the_preview_asks_for_another_look(press: Press, series: str) -> None:
    preview(press, series, None, NOW)
    edit(press.library.instalment_files(series)[0])

    with pytest.raises(NotApprovable, match="part 1 is not what was last previewed"):
        approve_all(press, series)


def test_an_edit_of_a_template_asks_for_another_look(press: Press, series: str) -> None:
    preview(press, series, None, NOW)
    template = press.settings.home / "templates" / "email" / "issue.txt"
    template.write_text(template.read_text() + "\nOne line more.\n")

    with pytest.raises(NotApprovable):
        approve_all(press, series)


def test_an_open_fault_cannot_be_approved(press: Press, series: str) -> None:
    file = press.library.instalment_files(series)[0]
    file.write_text(file.read_text() + "\nA claim that nobody has made.\n")
    preview(press, series, None, NOW)

    with pytest.raises(NotApprovable, match="open fault"):
        approve_all(press, series)


def test_a_newer_draft_is_not_covered_by_an_older_approval(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    approve_all(press, series)
    edit(press.library.instalment_files(series)[0])
    preview(press, series, None, NOW)

    report = publish(press, series, at_once=True, now=NOW)

    assert report.planned == ()
    assert "waits for approval" in report.waiting[0]


def test_an_edit_after_the_approval_waits_for_another(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    approve_all(press, series)
    edit(press.library.instalment_files(series)[0])

    report = publish(press, series, at_once=True, now=NOW)

    assert report.planned == ()
    assert "part 1 was changed since it was approved" in report.waiting[0]


def test_another_notice_in_every_mail_waits_for_another_approval(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    approve_all(press, series)
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().replace("notices = []", 'notices = ["Ask a doctor first."]'))

    assert publish(press, series, at_once=True, now=NOW).planned == ()


def test_what_is_mailed_is_what_was_approved_whatever_the_files_say_by_then(
    press: Press, series: str, readers: tuple[str, ...], clock: Clock
) -> None:
    shown = preview(press, series, None, NOW)
    names = approve_all(press, series)
    (planned,) = publish(press, series, at_once=True, now=NOW).planned
    for file in press.library.instalment_files(series):
        edit(file)
    preview(press, series, None, NOW)

    send(press, planned.issue[:10], clock=clock)

    assert planned.issue == names[0]
    mail = next(press.outbox.glob("*.eml")).read_bytes()
    assert b"New words" not in mail
    assert shown[0].issue.subject.split()[0].encode() in mail


def test_an_approval_of_the_first_text_does_not_count_for_its_correction(
    press: Press, issue: str
) -> None:
    edit(press.library.instalment_files("compost")[0])
    asked = correct(press, issue, because="The subject said too much.", mail=True, now=NOW)

    with pytest.raises(NotCorrectable, match="waits for approval"):
        put_into_effect(press, issue, NOW)
    read = [draft.issue.name for draft in asked.drafts]

    assert approve_all(press, "compost")[-1] == read[-1]
    assert put_into_effect(press, issue, NOW).revision == read[0]
