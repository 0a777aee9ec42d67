import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partwork.model.article import BlockKind
from partwork.reading.text import blocks_of_text

LONG = "The kettle had stood on the stove since the morning, and nobody had thought of filling it."


def kinds(text):
    return [(block.kind.value, block.text) for block in blocks_of_text(text)]


def test_paragraphs_need_no_blank_lines_between_them():
    assert kinds(f"{LONG} {LONG}\n{LONG}") == [
        ("paragraph", f"{LONG} {LONG}"),
        ("paragraph", LONG),
    ]


def test_a_short_line_above_prose_is_a_heading():
    assert kinds(f"{LONG}\nWhat the stove said\n{LONG}")[1] == ("heading", "What the stove said")


def test_a_question_below_a_heading_belongs_to_the_text():
    text = f"{LONG}\nThe Stove Replies\nAnd what did the stove say?\n{LONG}"

    assert [kind for kind, _ in kinds(text)] == ["paragraph", "heading", "paragraph", "paragraph"]


def test_an_underlined_line_is_a_heading():
    assert kinds(f"the stove replies\n=================\n{LONG}")[0] == (
        "heading",
        "the stove replies",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Leave a reply\n\nStep 2\n\nTags: tea, stoves\n\n{}\n\nHome | News | Contact",
        "Reply\n\n{}\n\nHome",
        "{}\n---\nThe stove replies",
        "{}\n=====\nThe stove replies",
    ],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Earlier work by two cooks shows the same effect in pots, though at a smaller flame.",
        "Nobody had filled it since the morning (so they said.)",
        "“Nobody has filled it since the early morning!”",
        "Nobody had filled it, or thought of filling it…",
    ],
)
def test_a_sentence_is_no_heading_whatever_stands_around_it(text, sentence):
    assert ("paragraph", sentence) in kinds(text.format(sentence))


@pytest.mark.parametrize(
    "heading",
    [
        "Why did nobody think of filling the old kettle?",
        "“Why did nobody think of filling the old kettle?”",
        "4. Write to your council about the kettles of the town.",
        "The stove replies.",
    ],
)
def test_a_question_a_number_and_few_words_may_be_a_heading(heading):
    assert ("heading", heading) in kinds(f"{LONG} {LONG}\n\n{heading}\n---\n{LONG} {LONG}")


def test_hard_wrapped_paragraphs_are_joined_and_end_where_a_line_falls_short():
    text = (
        "The kettle had stood on the stove since the morning, and nobody had\n"
        "thought of filling it before the post came and the kitchen was cold\n"
        "and grey.\n"
        "Then the postman filled it himself, and sat down, and told us of the\n"
        "flood in the lower town, which had reached the organ loft by then.\n"
    )

    blocks = blocks_of_text(text)

    assert [(block.first_line, block.last_line) for block in blocks] == [(1, 3), (4, 5)]
    assert blocks[0].text.endswith("the kitchen was cold and grey.")


def test_lines_of_like_length_that_end_in_full_stops_are_paragraphs_of_their_own():
    lines = [
        f"This is sentence number {n} of several that are equally long by chance." for n in range(8)
    ]

    assert kinds("\n".join(lines)) == [("paragraph", line) for line in lines]


def test_verse_keeps_its_lines():
    verse = "O kettle, black and round,\nyou make the only sound\nthat winter has not drowned."

    assert len(kinds(verse)) == 3


def test_bullets_of_all_kinds_make_one_list():
    text = "• tea\n• milk\n\n• a spoon"

    assert kinds(text) == [("list", "tea\nmilk\na spoon")]


def test_a_numbered_title_with_an_indented_explanation_is_one_item():
    text = (
        "  1. Fill it.\n    Cold water boils better.\n  2. Wait.\n"
        "    It sings first.\n\n    Then it boils.\n  3. Pour."
    )

    (block,) = blocks_of_text(text)

    assert block.ordered
    assert block.text.split("\n") == [
        "Fill it. Cold water boils better.",
        "Wait. It sings first. Then it boils.",
        "Pour.",
    ]
    assert (block.first_line, block.last_line) == (1, 7)


def test_deeper_items_are_nested_by_two_spaces():
    assert kinds("- tea\n    - green\n    - black\n- milk") == [
        ("list", "tea\n  green\n  black\nmilk")
    ]


def test_numbered_lines_with_paragraphs_between_are_headings_with_their_number():
    text = f"1. Fill it\n{LONG}\n2. Wait\n{LONG}"

    assert kinds(text)[::2] == [("heading", "1. Fill it"), ("heading", "2. Wait")]


def test_the_first_of_numbered_headings_is_one_too():
    steps = ["1. Dig in autumn", "2. Water in the evening", "3. Keep a notebook"]
    below = "Nobody remembers in March what went wrong in May, so it is best written down."
    text = "\n\n".join(f"{step}\n{below}" for step in steps)

    assert [b.text for b in blocks_of_text(text) if b.kind is BlockKind.HEADING] == steps


def test_numbers_that_a_list_would_lose_stay_in_the_text():
    assert kinds("7. seven kettles\n8. eight kettles") == [
        ("paragraph", "7. seven kettles"),
        ("paragraph", "8. eight kettles"),
    ]


def test_a_lone_dash_is_speech_or_a_signature():
    assert kinds(f"{LONG}\n– Ottoline Varga") == [
        ("paragraph", LONG),
        ("paragraph", "– Ottoline Varga"),
    ]


def test_short_lines_below_an_announcement_are_a_list():
    text = f"On the shelf there were things, including:\na blue kettle\ntwo cups\na spoon\n{LONG}"

    assert kinds(text)[1] == ("list", "a blue kettle\ntwo cups\na spoon")


def test_the_question_that_heads_the_next_part_is_no_item():
    text = f"On the shelf stood these:\na kettle\ntwo cups\nWho drank from them?\n{LONG}"

    assert kinds(text)[1:3] == [("list", "a kettle\ntwo cups"), ("heading", "Who drank from them?")]


def test_tabs_make_a_table_and_angle_brackets_a_quotation():
    assert kinds("kettle\t1 l\npot\t2 l") == [("table", "kettle\t1 l\npot\t2 l")]
    assert kinds("> It sang\n> all night.\n>\n> Then it stopped.") == [
        ("quote", "It sang all night."),
        ("quote", "Then it stopped."),
    ]


def test_line_ends_spaces_and_invisible_characters_do_not_matter():
    text = "\ufeffOne\u00a0kettle\u200b, two\u2009cups.\r\n\r\x0cThree spoons.\rFour."

    assert kinds(text) == [
        ("paragraph", "One kettle, two cups."),
        ("paragraph", "Three spoons."),
        ("paragraph", "Four."),
    ]


LINES = st.one_of(
    st.sampled_from(
        [
            "",
            LONG,
            "What it said",
            "- tea",
            "  - milk",
            "1. fill",
            "2) wait",
            "    and more",
            "> said",
            ">",
            "a\tb",
            "---",
            "such things as these:",
            "* * *",
            "– Anna",
        ]
    ),
    st.text(alphabet="ab .:?\t->•1)", max_size=30),
)


@given(st.lists(LINES, max_size=30))
@example(["- a", "", "      b", "c"])
def test_every_line_with_words_is_in_exactly_one_block(lines):
    blocks = blocks_of_text("\n".join(lines))

    covered = [n for block in blocks for n in range(block.first_line, block.last_line + 1)]
    assert len(covered) == len(set(covered))
    assert {n for n, line in enumerate(lines, 1) if line.strip()} <= set(covered)


@given(st.lists(LINES, max_size=30))
def test_no_word_is_lost_but_the_numbers_of_lists(lines):
    def words(text):
        return re.findall(r"\w+", text)

    blocks = blocks_of_text("\n".join(lines))

    given_words = [w for w in words("\n".join(lines)) if not w.isdigit()]
    kept_words = [w for block in blocks for w in words(block.text) if not w.isdigit()]
    assert kept_words == given_words


def test_a_line_right_below_a_numbered_item_explains_it_though_it_is_not_indented():
    steps = "1. Fill it.\nCold boils better.\n2. Wait.\nIt sings first.\n3. Pour.\nMind the steam."

    (_, block, last) = blocks_of_text(f"{LONG}\n\n{steps}\n\n{LONG}")

    assert block.kind is BlockKind.LIST
    assert block.text.splitlines() == [
        "Fill it. Cold boils better.",
        "Wait. It sings first.",
        "Pour. Mind the steam.",
    ]
    assert last.text == LONG


def test_a_mixed_list_takes_what_stands_between_its_numbers():
    steps = "1. Cool the kettle.\nIt takes about an hour.\n2. Rinse it.\n3. Dry it."

    (_, block, last) = blocks_of_text(f"{LONG}\n\n{steps}\n{LONG}")

    assert block.text.splitlines() == [
        "Cool the kettle. It takes about an hour.",
        "Rinse it.",
        "Dry it.",
    ]
    assert last.text == LONG


@pytest.mark.parametrize(
    "title", ["Water: The Forgotten Half", "Soot: Enemy of the Spout", "A Word on Handles: Wood"]
)
def test_a_line_written_as_titles_are_between_two_sentences_heads_the_second(title):
    said = "“It sang all night,” my aunt wrote to us in May. “We had to put it out of doors.”"
    below = "One more thing: a stove that smokes wants a sweep."
    text = "\n".join([f"{LONG} {LONG}", f"{LONG} {LONG}", said, title, below, f"{LONG} {LONG}"])

    assert ("heading", title) in kinds(text)


def test_a_clause_that_follows_announced_items_is_the_last_of_them():
    items = [
        "Kettles (of all kinds)",
        "Cups and spoons",
        "Tea and sugar",
        "Water and milk",
        "Prolonged heat",
        "Draughts of cold air, mostly from below the door",
    ]
    announced = "An old stove is at its best with many of these, such as:"
    text = "\n".join([LONG, LONG, "What does it like?", announced, *items, LONG, "Why?", LONG])

    assert ("list", "\n".join(items)) in kinds(text)


@pytest.mark.parametrize(
    "credit",
    [
        "Photo by Ilse Maron",
        "Source: Ilse Maron",
        "Ilse Maron/Kettle/Getty Images",
        "Ilse Maron/Reuters",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_credit_of_a_picture_heads_nothing(credit, gap):
    text = gap.join([LONG, LONG, credit, LONG, LONG])

    assert ("heading", credit) not in kinds(text)


def test_a_bullet_alone_on_its_line_belongs_to_the_line_below():
    text = f"{LONG}\nIt was there:\n•\ntea\n•\nmilk\n{LONG}"

    assert ("list", "tea\nmilk") in kinds(text)


def test_the_line_after_as_many_items_as_were_announced_is_a_heading():
    items = [
        "A door that closes, so that the draught goes up and not out",
        "A grate with all of its bars, none of them burnt through",
        "A flue that somebody swept, last spring at the latest",
    ]
    announced = "An old stove needs three things:"
    heading = "The flue: what the sweep looks for"
    text = "\n".join([LONG, announced, *items, heading, LONG, LONG])

    blocks = blocks_of_text(text)

    assert [(b.kind, b.text) for b in blocks if b.kind in (BlockKind.LIST, BlockKind.HEADING)] == [
        (BlockKind.LIST, "\n".join(items)),
        (BlockKind.HEADING, heading),
    ]


def test_a_number_alone_on_its_line_belongs_to_the_line_below():
    text = f"{LONG}\n\n1.\nFill it\n2.\nWait\n\n{LONG}"

    (_, block, _) = blocks_of_text(text)

    assert (block.text, block.first_line, block.last_line) == ("Fill it\nWait", 3, 6)


def test_a_bullet_between_a_name_and_a_date_opens_no_list():
    text = f"Ottoline Varga\n•\nMay 4, 2023\n\n{LONG}"

    assert kinds(text)[1:3] == [("paragraph", "•"), ("paragraph", "May 4, 2023")]


def test_an_empty_bullet_does_not_end_a_list():
    assert kinds(f"{LONG}\n\n• tea\n•\n• milk\n\n{LONG}")[1] == ("list", "tea\nmilk")


def test_of_a_list_set_closely_between_paragraphs_all_items_are_items():
    assert kinds(f"{LONG}\n{LONG}\n• tea\n• milk\nWhat came next\n{LONG}")[2] == (
        "list",
        "tea\nmilk",
    )


def test_lines_above_a_longer_paragraph_are_not_taken_for_wrapped_ones():
    lines = ["The kettle of the house on the lower road", "Posted on May 4, 2023 by Ottoline Varga"]

    assert len(kinds("\n".join([*lines, LONG]))) == 3
