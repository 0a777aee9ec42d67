"""What comes back over a site's articles is the site's, unless it is the author's way to write."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partwork.cleaning.cleaner import as_read, cleaned
from partwork.cleaning.counting import COMES_BACK, come_back, seen_in_others, trace_of
from partwork.cleaning.findings import Finding
from partwork.cleaning.memory import BY_HAND, BY_RULE, Spared, remembered, rules_at_work
from partwork.model.article import Article, Block, BlockKind, Category
from partwork.model.memory import Decision, EditorVerdict, Memory, SiteRule, words_of

TODAY = date(2026, 3, 2)
OWN = (
    "The kettle was cold and rain fell on every roof of the town that winter.",
    "Every lid was turned on a lathe that stood by the river near the mill.",
    "Copper came up the water on flat boats and was taxed in spoons at the quay.",
    "The clerk counted each spoon twice, and so did the wife of the clerk.",
)
BIO = "Ottoline Varga mends kettles in Norrbridge and keeps a small museum of lids."


def p(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, text)


def h(text: str) -> Block:
    return Block(BlockKind.HEADING, text, level=2)


def found_in(first: list[Block], *others: list[Block], needed: int = 2, doubts=None) -> list[str]:
    """The texts that come back in the first article, going by these others of its site."""
    pages = {str(i): blocks for i, blocks in enumerate([first, *others])}
    traces = {
        name: trace_of([b.digest for b in blocks], (), blocks) for name, blocks in pages.items()
    }
    memory = Memory("of example.org", seen_in_others(traces, ["0"], needed)["0"], needed)
    doubts = doubts or [0.0] * len(first)
    return [first[i].text for i in come_back(first, memory, doubts, ())]


def three(*shape: Block | None) -> list[list[Block]]:
    """Three articles of this shape: None stands for a paragraph of the article's own."""
    articles = []
    for i in range(3):
        own = iter(f"{text} It was the year 191{i}." for text in OWN)
        articles.append([block or p(next(own)) for block in shape])
    return articles


def test_a_bio_at_the_end_of_three_articles_is_the_sites() -> None:
    assert found_in(*three(None, None, p(BIO))) == [BIO]


def test_what_only_one_other_article_has_is_kept() -> None:
    first, second, third = three(None, None, p(BIO))

    assert found_in(first, second, third[:-1]) == []


def test_short_lines_around_the_text_are_the_sites() -> None:
    shape = (p("Home of kettles"), p("Fairs and markets"), p("Since"), None, None, p("Quay Street"))

    # The line right above the text has the form of its heading and gets the benefit of the doubt.
    assert found_in(*three(*shape)) == ["Home of kettles", "Fairs and markets", "Quay Street"]


@pytest.mark.parametrize("heading", ["Conclusion", "What helps", "Sources"])
def test_headings_that_an_author_likes_stay_above_their_text(heading: str) -> None:
    assert found_in(*three(h(heading), None, h(heading), h("In short"), None)) == []


def test_a_heading_stays_where_a_list_of_the_articles_own_follows_the_last_sentence() -> None:
    articles = three(None, h("Sources"))
    for i, blocks in enumerate(articles):
        blocks.append(Block(BlockKind.LIST, f"The lid, volume {i}\nThe spoon, page {i}"))

    assert found_in(*articles) == []


def test_a_heading_of_boilerplate_goes_with_it() -> None:
    assert found_in(*three(None, h("Who writes here"), p(BIO))) == ["Who writes here", BIO]


def test_a_sentence_that_comes_back_inside_the_text_is_the_authors() -> None:
    assert found_in(*three(None, p(BIO), None)) == []


def test_a_sentence_at_the_end_here_and_inside_the_others_is_the_authors() -> None:
    last, *_ = three(None, None, p(BIO))
    inside = three(None, p(BIO), None)

    assert found_in(last, *inside[1:]) == []


def test_an_opening_that_articles_share_is_kept_unless_boilerplate_stands_below_it() -> None:
    definition = "A lid is whatever keeps the steam where the fire has put it to work."
    shape = (p(definition), None, None)
    below_it = (p(definition), p("Posted in Lids and kept there."), None, None)

    assert found_in(*three(*shape)) == []
    assert definition in found_in(*three(*below_it))


def test_cautions_are_kept_wherever_they_come_back() -> None:
    caution = "Never heat a dry kettle in the house, for the danger to the roof is real."

    assert found_in(*three(None, None, p(caution), p(BIO))) == [BIO]


def test_a_list_that_the_last_sentence_announces_is_the_articles() -> None:
    metals = Block(BlockKind.LIST, "the copper one\nthe iron one")
    articles = three(None, None, metals)
    announced = [[*blocks[:1], p(f"{blocks[1].text[:-1]}:"), metals] for blocks in articles]

    assert found_in(*articles) == [metals.text]
    assert found_in(*announced) == []


@pytest.mark.parametrize("kind", [BlockKind.QUOTE, BlockKind.CODE, BlockKind.TABLE])
def test_quotations_code_and_tables_are_never_the_sites_for_coming_back(kind: BlockKind) -> None:
    assert found_in(*three(None, None, Block(kind, BIO))) == []


def test_copies_of_an_article_do_not_empty_it() -> None:
    article = [p(text) for text in OWN]

    assert found_in(article, article, article) == []
    assert (
        found_in([*article, p("One word was changed here on the way to the press.")], article) == []
    )
    assert (
        found_in([p("A new first line was put above all of this."), *article], article, article)
        == []
    )


def test_a_line_inside_the_text_counts_where_the_cleaner_half_doubts_it() -> None:
    articles = three(None, p("More on lids inside."), None)

    assert found_in(*articles) == []
    assert found_in(*articles, doubts=[0.0, 0.4, 0.0]) == ["More on lids inside."]


def test_a_line_between_two_pieces_of_boilerplate_is_boilerplate() -> None:
    shape = (None, p("Advertisement"), p("Scroll on"), p("Advertisement"), None)

    assert "Scroll on" not in found_in(*three(*shape))
    assert found_in(*three(*shape), doubts=[0, 1, 0, 1, 0]) == ["Scroll on"]


def test_the_reason_says_where_else_it_stands() -> None:
    articles = three(None, None, p(BIO))
    traces = {str(i): trace_of([b.digest for b in a], (), a) for i, a in enumerate(articles)}
    memory = Memory("of example.org", seen_in_others(traces, ["0"], 2)["0"])

    clean = cleaned(Article("a", "Kettles", tuple(articles[0])), memory)

    (removal,) = clean.removals
    assert removal.reason == "stands in 2 other articles of example.org"
    assert (removal.rule, removal.category) == (COMES_BACK, Category.DUPLICATE)


def rule(verdict: EditorVerdict, words: str) -> SiteRule:
    return SiteRule(f"{verdict}-it", "example.org", verdict, words, TODAY)


def decision(verdict: EditorVerdict, text: str, occurrence: int = 0) -> Decision:
    return Decision(verdict, p(text).digest, occurrence, words_of(text), TODAY)


def test_a_rule_takes_its_words_whatever_the_figures_and_the_case() -> None:
    memory = Memory(rules=(rule(EditorVerdict.DROP, "See you at fair # of 12"),))

    said = remembered([p("SEE you  at fair 7 of 19"), p("See you at fair")], memory, [0, 0])

    assert list(said) == [0]
    assert isinstance(said[0], Finding)
    assert said[0].rule == f"{BY_RULE}drop-it"


def test_a_decision_outweighs_the_sites_rule_and_both_outweigh_the_cleaner() -> None:
    menu = Article("a", "Kettles", (p("Advertisement"), *map(p, OWN)))
    keep_rule = Memory(rules=(rule(EditorVerdict.KEEP, "advertisement"),))
    but_here = Memory(
        rules=keep_rule.rules, decisions=(decision(EditorVerdict.DROP, "Advertisement"),)
    )

    assert [r.block.text for r in cleaned(menu).removals] == ["Advertisement"]
    assert cleaned(menu, keep_rule).removals == ()
    assert [r.position for r in cleaned(menu, but_here).removals] == [0]


def test_what_is_kept_by_hand_loses_its_flag() -> None:
    plug = "Readers get 20 % off all lids; order now and quote LID20."
    article = Article("a", "Kettles", (*map(p, OWN), p(plug)))

    assert cleaned(article).article.blocks[-1].flag is Category.PROMOTION
    kept = cleaned(article, Memory(decisions=(decision(EditorVerdict.KEEP, plug),)))
    assert kept.article.blocks[-1].flag is None


def test_of_two_equal_blocks_the_one_that_was_meant_goes() -> None:
    article = Article("a", "Kettles", (p(OWN[0]), p("On lids"), p(OWN[1]), p("On lids"), p(OWN[2])))

    clean = cleaned(article, Memory(decisions=(decision(EditorVerdict.DROP, "On lids", 1),)))

    assert [(r.position, r.rule, r.category) for r in clean.removals] == [
        (3, BY_HAND, Category.EDITOR)
    ]


def test_only_rules_that_change_something_are_at_work() -> None:
    blocks = (p("Advertisement"), *map(p, OWN))
    article = Article("a", "Kettles", blocks)
    rules = (rule(EditorVerdict.DROP, "advertisement"), rule(EditorVerdict.KEEP, OWN[0]))
    others = (SiteRule("drop-two", "example.org", EditorVerdict.DROP, OWN[1], TODAY),)

    judged = cleaned(article, Memory(rules=rules + others))

    assert rules_at_work(blocks, rules + others, cleaned(article), judged) == ("drop-two",)


LINES = st.sampled_from(
    ["Advertisement", "On lids", BIO, "See you at the fair", *OWN, "Share this:", "1912", "***"]
)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from([BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST, BlockKind.QUOTE]),
    text=LINES,
)
SITES = st.lists(st.lists(BLOCKS, max_size=10), min_size=3, max_size=5)
VERDICTS = st.sampled_from(EditorVerdict)


@st.composite
def remembering(draw: st.DrawFn) -> tuple[tuple[Block, ...], Memory]:
    """An article, and all that a site may know of it."""
    pages = draw(SITES)
    traces = {
        str(i): trace_of([b.digest for b in blocks], (), blocks) for i, blocks in enumerate(pages)
    }
    decisions = draw(st.lists(st.builds(decision, VERDICTS, LINES, st.integers(0, 2)), max_size=3))
    rules = draw(st.lists(st.builds(rule, VERDICTS, LINES), max_size=3))
    seen = seen_in_others(traces, ["0"], 2)["0"]
    return tuple(pages[0]), Memory("of example.org", seen, 2, tuple(decisions), tuple(rules))


@given(remembering())
@settings(max_examples=200)
def test_kept_and_removed_are_what_was_read_whatever_is_remembered(given_) -> None:
    blocks, memory = given_

    clean = cleaned(Article("a", "Kettles", blocks), memory)

    assert as_read(clean) == blocks
    assert all(0 < r.confidence <= 1 and r.reason for r in clean.removals)


@given(remembering())
@settings(max_examples=200)
def test_an_editors_word_always_holds(given_) -> None:
    blocks, memory = given_
    said = remembered(blocks, memory, [1.0] * len(blocks))

    removed = {r.position for r in cleaned(Article("a", "Kettles", blocks), memory).removals}

    assert all((i not in removed) is isinstance(word, Spared) for i, word in said.items())


@given(SITES, st.integers(2, 4))
@settings(max_examples=200)
def test_counting_sees_the_others_and_never_the_article_itself(pages, needed: int) -> None:
    names = [str(i) for i in range(len(pages))]
    traces = dict(zip(names, (trace_of([b.digest for b in a], (), a) for a in pages), strict=True))

    told = seen_in_others(traces, names, needed)

    for name, lines in told.items():
        for line, seen in lines.items():
            having = [o for o in names if o != name and line in traces[o].lines]
            assert seen.articles == len(having) >= needed
            assert seen.above <= seen.articles
            assert seen.below <= seen.articles


@given(SITES)
@settings(max_examples=200)
def test_an_article_with_text_of_its_own_keeps_all_of_it(pages) -> None:
    first, *others = pages
    elsewhere = {block.digest for blocks in others for block in blocks}

    found = found_in(first, *others)

    assert all(p(text).digest in elsewhere for text in found)


def test_twenty_thousand_repeated_lines_are_counted_in_a_moment() -> None:
    lines = [p(f"Line {i} of the list") for i in range(20_000)]
    articles = [[p(own), *lines] for own in OWN]

    assert found_in(*articles) == []  # a copy, all but one sentence
