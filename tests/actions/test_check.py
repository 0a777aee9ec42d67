"""What keeps a part from its readers, and how an editor mends or signs it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.check import check, faults_of
from partwork.actions.claims import claims_markdown, claims_of, write_claims
from partwork.actions.compose import compose
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.fault import Fault, Severity
from tests.conftest import NOW

Write = Callable[[str], Path]


@pytest.fixture
def part(press: Press, series: str) -> Path:
    """The file of the series' first part."""
    return press.library.instalment_files(series)[0]


@pytest.fixture
def add(part: Path) -> Write:
    """Adds a paragraph to the end of the first part, as an editor does by hand."""

    def write(paragraph: str) -> Path:
        part.write_text(f"{part.read_text()}\n{paragraph}\n")
        return part

    return write


def told(press: Press, series: str, rule: str) -> list[Fault]:
    return [fault for fault in faults_of(press, series) if fault.rule == rule]


def blocking(press: Press, series: str) -> list[str]:
    return [f.rule for f in faults_of(press, series) if f.severity is Severity.FAULT]


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_what_compose_makes_has_no_faults(press: Press, series: str) -> None:
    assert blocking(press, series) == []


def test_templates_that_no_bundle_can_use_are_noticed_once(press: Press, series: str) -> None:
    before = told(press, series, "bundle")
    swap(press.library.home / "templates" / "email" / "issue.mjml", "{{ bundle.part_end }}", "")

    (notice,) = told(press, series, "bundle")

    assert before == []
    assert notice.severity is Severity.NOTICE
    assert notice.file == "templates/email/issue.mjml"
    assert "put bundle.part before it and bundle.part_end after it" in notice.message


def test_a_sentence_added_by_hand_is_a_fault_at_its_line(
    press: Press, series: str, part: Path, add: Write
) -> None:
    add("Heaps like company.")

    (fault,) = check(press, [part])
    assert fault.rule == "uncited"
    assert part.read_text().splitlines()[fault.line - 1] == "Heaps like company."


def test_a_mark_signs_it_off_and_check_says_by_whom(press: Press, series: str, add: Write) -> None:
    add("Heaps like company. <!-- ok: uncited, Jo Roth, our motto -->")

    assert blocking(press, series) == []
    (notice,) = told(press, series, "sign-off")
    assert notice.severity is Severity.NOTICE
    assert notice.message.endswith("is signed off for uncited by Jo Roth: our motto")


@pytest.mark.parametrize("mark", ["uncited", "uncited, Jo Roth", "uncited, , our motto"])
def test_a_mark_without_who_or_why_is_a_fault(
    press: Press, series: str, add: Write, mark: str
) -> None:
    add(f"Heaps like company. <!-- ok: {mark} -->")

    assert blocking(press, series) == ["sign-off"]


def test_a_mark_binds_its_own_sentence_alone(press: Press, series: str, add: Write) -> None:
    add("Heaps like company. <!-- ok: uncited, Jo, our motto -->\nSo do worms.")

    assert blocking(press, series) == ["uncited"]


def test_title_and_heading_are_signed_off_on_their_lines(
    press: Press, series: str, part: Path, add: Write
) -> None:
    swap(part, "title: ", "title: What 77 litres do # ")
    add("## Why 78 litres are better\n\nMany like it. <!-- ok: uncited, Jo, ours -->")
    assert blocking(press, series) == ["figure", "figure"]

    swap(part, "\nsubject:", " <!-- ok: figure, Jo Roth, measured -->\nsubject:")
    swap(part, "litres are better", "litres are better <!-- ok: figure, Jo Roth, the same -->")

    assert blocking(press, series) == []
    assert [fault.message for fault in told(press, series, "sign-off")] == [
        "the title is signed off for figure by Jo Roth: measured",
        "the heading is signed off for figure by Jo Roth: the same",
        "“Many like it.” is signed off for uncited by Jo: ours",
    ]
    assert told(press, series, "sign-off")[0].line == 4

    swap(part, "\npreheader:", " <!-- ok: figure, Jo Roth, the same -->\npreheader:")
    assert "the subject has no fault of the rule figure; take the mark out" in [
        fault.message for fault in told(press, series, "sign-off")
    ]


def test_a_part_of_a_title_alone_is_a_fault(press: Press, series: str, part: Path) -> None:
    part.write_text(part.read_text().partition("\n---\n")[0] + "\n---\n")

    assert "empty" in blocking(press, series)


def test_an_article_that_is_gone_is_a_fault_of_the_series(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    press.library.article_file(articles[0]).unlink()

    (fault,) = told(press, series, "article")
    assert fault.file == "content/series/compost/series.toml"
    assert fault.message.startswith(f"names the article {articles[0]}, and content/articles/")
    assert "citation" in blocking(press, series)
    with pytest.raises(LibraryError, match=r"series\.toml names the article .* bring it back"):
        compose(press, series, (), title="", newsletter="", division=None, parts=None)


def test_what_is_wrong_with_one_series_hides_no_other(press: Press, series: str) -> None:
    toml = press.library.series_folder("another") / "series.toml"
    press.library.write(toml, 'title = "Another"\nnewsletter = "nobodys"\n')

    (fault,) = [f for f in check(press, []) if f.severity is Severity.FAULT]
    assert fault.file == "content/series/another/series.toml"
    assert "there is no newsletter 'nobodys'" in fault.message


def test_a_file_that_is_not_named_as_a_part_is_told(press: Press, series: str, part: Path) -> None:
    part.rename(part.with_name("compost.md"))

    (notice,) = told(press, series, "name")
    assert (notice.file, notice.severity) == (
        "content/series/compost/compost.md",
        Severity.NOTICE,
    )


def test_a_mark_that_signs_nothing_is_a_notice(press: Press, series: str, add: Write) -> None:
    add("Heaps like company. <!-- ok: uncited, Jo, ours --> <!-- ok: figure, Jo, once wrong -->")

    assert blocking(press, series) == []
    assert [fault.message for fault in told(press, series, "sign-off")] == [
        "“Heaps like company.” has no fault of the rule figure; take the mark out",
        "“Heaps like company.” is signed off for uncited by Jo: ours",
    ]


def test_a_part_with_open_faults_is_not_approved(press: Press, series: str, add: Write) -> None:
    add("Heaps like company.")
    preview(press, series, None, NOW)

    with pytest.raises(NotApprovable, match=r"1 open fault in content/series/.* has no source"):
        approve(press, series, 1, reviewer="Ada", channel="cli", now=NOW)
    assert approve(press, series, 2, reviewer="Ada", channel="cli", now=NOW)


def test_a_part_whose_source_changed_since_its_approval_is_not_published(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    first = press.library.article_file("starting-a-heap-in-an-ordinary-garden")
    swap(first, "31 percent", "13 percent")

    found = publish(press, series, at_once=True, now=NOW)

    assert found.planned == ()
    assert found.waiting[0].startswith("compost: part 1 has ")
    assert found.waiting[0].endswith("`partwork check compost` lists all")


def test_a_fault_of_the_whole_series_keeps_every_part_back(press: Press, series: str) -> None:
    other = press.library.article_file("unused")
    other.write_text("---\ntitle: Unused\n---\n\nNever give a worm salt, as it is toxic to it.\n")
    toml = press.library.series_folder(series) / "series.toml"
    swap(toml, "articles = [", 'articles = ["unused", ')
    preview(press, series, None, NOW)

    (lost,) = [f for f in told(press, series, "caveat") if f.severity is Severity.FAULT]
    assert lost.file.endswith("series.toml")
    with pytest.raises(NotApprovable, match="no part has the warning of unused"):
        approve(press, series, 2, reviewer="Ada", channel="cli", now=NOW)


def test_a_part_that_speaks_of_suicide_needs_the_newsletters_crisis_notice(
    press: Press, series: str, add: Write
) -> None:
    add("Suicide is spoken of here. <!-- ok: uncited, Jo, an example -->")
    file = press.library.newsletter_file("the-bench")
    swap(file, "crisis_notice = ", 'crisis_notice = "" # ')
    (fault,) = told(press, series, "crisis")
    assert fault.severity is Severity.FAULT
    assert "crisis_notice in content/newsletters/the-bench.toml" in fault.message

    swap(file, 'crisis_notice = "" # ', 'crisis_notice = "Call 000 now." # ')

    assert told(press, series, "crisis") == []
    shown = preview(press, series, None, NOW)
    for words in (shown[0].issue.html, shown[0].issue.text, shown[0].issue.page):
        assert words.index("Call 000 now.") < words.index("Suicide is spoken of")
    assert "Call 000 now." not in shown[1].issue.html


def test_where_no_part_can_be_told_to_need_the_crisis_notice_the_series_says_so_once(
    press: Press, series: str
) -> None:
    toml = press.library.series_folder(series) / "series.toml"
    swap(toml, 'language = "en"', 'language = "ja"')

    (notice,) = told(press, series, "crisis")

    assert (notice.file, notice.severity) == (press.library.shown(toml), Severity.NOTICE)
    assert "in 'ja' whether a part speaks of suicide" in notice.message
    assert "crisis_notice in content/newsletters/the-bench.toml" in notice.message


def test_a_link_that_no_mail_shows_is_named_at_its_line(
    press: Press, series: str, add: Write
) -> None:
    file = add("More on [the heap](www.example.org). <!-- ok: uncited, Jo, mine -->")

    (notice,) = (f for f in told(press, series, "link") if "left out" in f.message)

    assert "www.example.org" in file.read_text().splitlines()[notice.line - 1]


def test_what_is_taken_beyond_a_right_to_quote_is_a_fault(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    for slug in articles:
        swap(press.library.article_file(slug), "rights: own", "rights: quotation")

    found = told(press, series, "rights")
    assert {f.severity for f in found} == {Severity.FAULT}
    assert any("take sentences out, ask for fewer parts" in f.message for f in found)


def test_a_letter_is_not_asked_for_sources(press: Press, series: str, add: Write) -> None:
    add("I wrote this by hand, on 12 March. It is completely safe.")
    toml = press.library.series_folder(series) / "series.toml"
    toml.write_text('kind = "letter"\nnewsletter = "the-bench"\ntitle = "A letter"\n')

    assert blocking(press, series) == ["risk"]


class TestTheClaimsSheet:
    def test_has_a_box_for_each_claim_with_part_line_and_source(
        self, press: Press, series: str
    ) -> None:
        sheet = claims_markdown(claims_of(press, series))

        assert "# Claims of A heap of one's own" in sheet
        (line,) = [ln for ln in sheet.splitlines() if ln.startswith("- [ ]") and "31 percent" in ln]
        number = int(line.split("line ", 1)[1].split(" ", 1)[0])
        texts = [f.read_text().splitlines() for f in press.library.instalment_files(series)]
        assert any(len(t) >= number and "31 percent" in t[number - 1] for t in texts)
        assert "word for word — Starting a heap in an ordinary garden" in sheet

    def test_shows_what_comes_from_outside_as_plain_words(
        self, press: Press, series: str, add: Write
    ) -> None:
        hostile = r"31 percent \<script>alert(1)\</script> \[x](javascript:y) \`z\` \u202e"
        add(f"{hostile} <!-- ok: uncited, <b>Jo</b>, [l](https://l.example.org) <i> -->")
        article = press.library.article_file(press.library.article_slugs()[0])
        swap(article, "title: ", "title: '<img src=x onerror=y>' #")

        page = MarkdownIt("commonmark", {"html": True}).render(
            claims_markdown(claims_of(press, series))
        )

        assert "31 percent" in page
        for raw in ("<script", "<img", "<b>", "<i>", 'href="javascript', 'href="https://l.'):
            assert raw not in page

    def test_names_who_signed_a_claim_off_and_why(
        self, press: Press, series: str, part: Path, add: Write
    ) -> None:
        add("Heaps heal 9 colds. <!-- ok: uncited, Jo Roth, our motto -->")
        swap(part, "title: ", "title: All 31 percent of it # ")
        swap(part, "\nsubject:", " <!-- ok: figure, Ada, it is said below -->\nsubject:")

        lines = claims_markdown(claims_of(press, series)).splitlines()

        for claim, mark in (
            ("Heaps heal 9 colds.", "signed off for uncited by Jo Roth: our motto"),
            ("All 31 percent of it", "signed off for figure by Ada: it is said below"),
        ):
            (place,) = [n for n, ln in enumerate(lines) if ln.startswith("- [ ]") and claim in ln]
            assert any(mark in line for line in lines[place + 1 : place + 3])

    def test_is_written_once_and_never_over_a_reviewers_ticks(
        self, press: Press, series: str, tmp_path: Path
    ) -> None:
        sheet = claims_of(press, series)
        file = tmp_path / "claims.md"
        write_claims(press, sheet, file)
        file.write_text("ticked")

        with pytest.raises(LibraryError, match="may hold a reviewer's ticks"):
            write_claims(press, sheet, file)
        assert file.read_text() == "ticked"
