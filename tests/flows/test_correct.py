"""What the flow correct leaves for people to read, and that it publishes nothing."""

from markdown_it import MarkdownIt

from partwork.actions.correct import correct, corrections_waiting
from partwork.actions.preview import text_as_mailed
from partwork.actions.publish import publish
from partwork.assembly import Press
from partwork.orchestration.correcting_report import page
from tests.actions.correcting import SERIES, mend, published_letter
from tests.actions.sending import subscribe
from tests.conftest import NOW

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_the_page_has_the_drafts_and_all_of_the_mail_s_text_as_words(press: Press) -> None:
    subscribe(press, ["ada@example.org"])
    name, file = published_letter(press)
    mend(file)
    asked = correct(press, name, because=HOSTILE, mail=True, now=NOW)
    part, mail = (draft.issue for draft in asked.drafts)

    links = {1: "https://news.example.org/x?key=y"}
    report = html(page(asked, links, text_as_mailed(press, mail), "None."))

    assert "1 will get the revision in its place" in report
    assert "<script>" not in report
    assert report.count('href="https://news.example.org/x?key=y"') == 1
    assert "Take 4 mg of it." in report
    assert part.name in report
    assert mail.name in report
    assert len(corrections_waiting(press, SERIES)) == 1
    assert publish(press, "", at_once=False, now=NOW).planned == ()


def test_the_flow_is_deployed_under_its_own_name(flow_file) -> None:
    assert flow_file("correct").correct.name == "correct"
