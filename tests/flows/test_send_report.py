"""What the dashboard shows of an issue while it is sent, and before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from markdown_it import MarkdownIt

from partwork.actions.before_sending import BeforeSending, before_sending
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.assembly import Press
from partwork.model.delivery import Tally
from partwork.model.fault import Fault
from partwork.orchestration.preflight_report import page as preflight_page
from partwork.orchestration.preview_report import page as preview_page
from partwork.orchestration.send_report import page_so_far
from tests.conftest import NOW

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"
LATER = NOW + timedelta(minutes=2)


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_while_it_is_sent_the_report_says_how_fast_and_when_it_may_be_done() -> None:
    standing = Tally(pending=3000, accepted=6990, refused=10)

    report = html(page_so_far("heaps-01-1a2b3c4d", standing, answered=2000, since=NOW, now=LATER))

    assert "2,000 answered in this run, 1,000 a minute" in report
    assert "done about 09:05 UTC if it goes on so. As of 09:02:00 UTC." in report
    for row, count in (("accepted", 6990), ("waiting", 3000), ("refused", 10), ("all", 10000)):
        assert f"<td>{row}</td>\n<td>{count}</td>" in report


def test_what_hardly_moves_is_given_no_time() -> None:
    standing = Tally(pending=5)

    report = page_so_far("x", standing, answered=1, since=NOW, now=NOW + timedelta(hours=1))

    assert "done about" not in report


def looked_at(press: Press) -> BeforeSending:
    words = {"subject": "A letter", "preheader": "Too short a line."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text="Words.")
    (shown,) = preview(press, "greetings", None, datetime.now(UTC))
    return before_sending(press, shown.issue, NOW)


def test_preflight_tells_whom_it_reaches_and_what_its_mail_is_like(press: Press) -> None:
    report = html(preflight_page("greetings", [looked_at(press)]))

    assert "<td>0</td>\n<td>0</td>\n<td>! 1 notices</td>" in report
    assert "<strong>Preheader</strong> 17 characters wide, 40 to 100 are good; !" in report


def test_preflight_shows_open_faults_and_words_as_words(press: Press) -> None:
    one = looked_at(press)
    fault = Fault("content/series/x/01-y.md", 7, "evidence", HOSTILE)
    hostile = replace(one, faults=(fault,), issue=replace(one.issue, subject=HOSTILE))

    report = html(preflight_page(HOSTILE, [hostile]))

    assert "<strong>content/series/x/01-y.md, line 7 (evidence)</strong>" in report
    assert report.count("alert(1)") == 3
    assert "<script>" not in report
    assert "<a " not in report


def test_pictures_stand_in_the_preview_where_there_are_any(press: Press) -> None:
    words = {"subject": HOSTILE, "preheader": "Too short a line."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text="Words.")
    shown = preview(press, "greetings", None, datetime.now(UTC))
    url = "https://news.example.org/drafts/greetings/a1/mail/375-light.png?key=W10.abc_-"

    with_one = html(preview_page("greetings", shown, {}, "Pictures.", {1: {"375-light": url}}))
    without = html(preview_page("greetings", shown, {}, "None.", {1: {}}))

    assert with_one.count("<img ") == 1
    assert f'<img src="{url}" alt="Part 1, 375-light"' in with_one
    assert "<img" not in without
    assert "as on a phone" not in without


def test_a_run_that_was_ended_tells_no_time_at_which_it_is_done() -> None:
    standing = Tally(accepted=4, pending=6)

    page = page_so_far("x", standing, answered=4, since=NOW, now=LATER, is_cut_short=True)

    report = html(page)
    assert f"This run was ended at {LATER:%H:%M:%S} UTC: 4 were answered in it." in report
    assert "done about" not in report
