"""What an editor reads beside a removed line must be true of that line."""

import pytest

from partwork.cleaning.findings import Finding
from partwork.cleaning.reasons import findings_on
from partwork.cleaning.surroundings import surroundings_in
from partwork.cleaning.traits import Vocabulary
from partwork.model.article import Article, Block, BlockKind, Category

PROSE = (
    "The weir at Tolverne was built in a dry summer by men who had never seen the river rise.",
    "It held for nine years, and in the tenth the water went round it and took the mill road.",
    "Nobody was hurt, but the miller moved his bed upstairs and never brought it down again.",
    "What was left of the weir became a bench, a bridge for geese, and in the end a rockery.",
    "On still evenings the old line of stones can be seen from the road as a crease in the water.",
)
MENU = ("Home", "About us", "Contact", "River News", "Boats", "Weather", "Subscribe")
FOOT = ("Privacy Policy", "Terms of Use", "© 2023 The Tolverne Courier. All rights reserved.")


def findings_of(*lines: str, byline: str = "Hesper Quaile") -> dict[str, Finding]:
    """Why each line goes from a page that has these, all but its prose being gone, by its text."""
    blocks = tuple(Block(BlockKind.PARAGRAPH, line) for line in lines)
    article = Article(slug="weir", title="The Weir at Tolverne", byline=byline, blocks=blocks)
    gone = [line not in PROSE for line in lines]
    found = findings_on(surroundings_in(article), [0.99] * len(lines), gone, Vocabulary({}, {}))
    return {lines[i]: finding for i, finding in found.items()}


@pytest.mark.parametrize(
    ("line", "category", "reason"),
    [
        ("Hesper Quaile", Category.DATELINE, "names the author"),
        ("By Hesper Quaile, @hesperq, River Reporter", Category.DATELINE, "the author"),
        (
            "Cover image for The Weir at Tolverne",
            Category.CAPTION,
            "has the words of a picture's caption or credit",
        ),
    ],
)
def test_what_stands_above_the_text_and_says_what_it_is_is_not_called_a_menu(
    line: str, category: Category, reason: str
) -> None:
    findings = findings_of(*MENU, line, "Share", *PROSE, *FOOT)

    assert findings[line].category is category
    assert reason in findings[line].reason


def test_a_picture_without_words_is_not_said_to_name_anybody() -> None:
    page = surroundings_in(
        Article(slug="weir", title="", byline="Hesper Quaile", blocks=(Block(BlockKind.IMAGE, ""),))
    )

    (finding,) = findings_on(page, [0.99], [True], Vocabulary({}, {})).values()

    assert finding.category not in {Category.DATELINE, Category.DUPLICATE}


def test_who_speaks_of_the_author_below_the_text_is_a_bio() -> None:
    bio = "Hesper Quaile writes about rivers from a houseboat. More about Hesper Quaile"

    findings = findings_of(*MENU, *PROSE, bio, *FOOT)

    assert findings[bio].category is Category.BIO


def test_a_line_of_the_menu_is_said_to_stand_where_menus_are() -> None:
    findings = findings_of(*MENU, "Harbour & Quay", "Search", *PROSE, *FOOT)

    assert findings["Harbour & Quay"].reason == (
        "stands above the text, where pages have their menus"
    )


def test_the_foot_of_the_page_is_no_part_of_the_list_above_it() -> None:
    titles = ("Nine Bridges of Clay", "The Ferryman's Ledger", "How Eels Find the Gate")
    foot = ("Privacy Policy", "Terms of Use", "Tolverne Courier Group", "14 Quay Street")

    findings = findings_of(*MENU, *PROSE, "Most read", *titles, *foot, FOOT[-1])

    for title in titles:
        assert findings[title].reason == "stands after “Most read”, like a list of other articles"
        assert findings[title].category is Category.RELATED
    for line in foot:
        assert "Most read" not in findings[line].reason
        assert findings[line].category is not Category.RELATED


def test_a_list_of_other_articles_does_not_go_on_to_the_end_of_a_long_page() -> None:
    titles = [f"Lock Number {word} Opens Again" for word in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]

    findings = findings_of(*MENU, *PROSE, "Related articles", *titles, *FOOT)

    reasons = [findings[title].reason for title in titles if title in findings]
    assert len(reasons) == len(titles)
    assert all("Related articles" in reason for reason in reasons[:20])
    assert not any("Related articles" in reason for reason in reasons[20:])


def test_comments_go_on_however_many_there_are() -> None:
    comments = [
        line
        for name in ("marl", "osier", "teasel", "brack", "sedge", "alder", "willow", "reed")
        for line in (f"{name}_77", "3 months ago", f"My uncle {name} saw it go.", "Reply")
    ]

    findings = findings_of(*MENU, *PROSE, "8 Comments", *comments, *FOOT)

    told = [findings[line] for line in comments if line in findings]
    assert len(told) == len(comments)
    assert {finding.category for finding in told} == {Category.COMMENTS}


def test_what_follows_the_share_buttons_is_no_share_button() -> None:
    credit = "The weir in flood, seen from the mill. Photograph: Ives Penhale"

    findings = findings_of(*MENU, "Share", "Facebook", credit, *PROSE, *FOOT)

    assert findings["Facebook"].category is Category.SHARE
    assert findings[credit].category is Category.CAPTION
