import pytest

from partwork.cleaning.cleaner import cleaned
from partwork.model.article import Article, Block, BlockKind, Category, Markup

PROSE = (
    "The kettle had stood on the stove since morning, and nobody had thought to fill it.",
    "It was an old kettle, and it sang before it boiled, which most of them no longer do.",
    "By the time the post came the kitchen was warm, and the windows had run with steam.",
    "We drank the tea from glasses, because the cups were packed and the van was late.",
)


def clean_text(*lines: Block | str, title: str = "The Kettle", byline: str = ""):
    blocks = tuple(
        line if isinstance(line, Block) else Block(BlockKind.PARAGRAPH, line) for line in lines
    )
    return cleaned(Article(slug="kettle", title=title, byline=byline, blocks=blocks))


def heading(text: str) -> Block:
    return Block(BlockKind.HEADING, text, level=2)


def categories(clean):
    return [removal.category for removal in clean.removals]


def test_a_reason_names_the_line_above_and_what_the_section_is_like():
    clean = clean_text(
        *PROSE,
        "About the author",
        "Ottoline Varga is a writer who lives in Norrbridge with two geese.",
    )

    assert [removal.reason for removal in clean.removals] == [
        "“About the author” opens an author's bio",
        "stands after “About the author”, like an author's bio",
    ]


def test_a_cue_above_paragraphs_of_the_text_is_a_heading_of_its_own():
    clean = clean_text(PROSE[0], heading("Comments"), *PROSE[1:])

    assert clean.removals == ()


def test_comments_go_with_their_section_though_they_are_prose():
    comment = "We had one just like it, and when it went to the tip my mother wept for an hour."

    clean = clean_text(
        *PROSE, heading("2 Comments"), "tinwhistle says:", comment, "Reply", "pewter says:", comment
    )

    assert clean.article.blocks == tuple(Block(BlockKind.PARAGRAPH, line) for line in PROSE)
    assert set(categories(clean)) == {Category.COMMENTS}


def test_a_link_to_the_comments_above_the_text_does_not_take_the_text_with_it():
    clean = clean_text(
        "This is a notice of twelve words or so that stands above the whole text.",
        "Comments",
        *PROSE,
        *PROSE,
        "tinwhistle says:",
        "Reply",
    )

    kept = [block.text for block in clean.article.blocks]
    assert all(line in kept for line in PROSE)


def test_social_networks_below_the_text_are_buttons():
    assert categories(clean_text(*PROSE, "Facebook | Instagram")) == [Category.SHARE]


def test_dates_that_head_the_parts_of_a_timeline_stay():
    clean = clean_text(
        heading("1 May 1931"),
        PROSE[0],
        heading("2 May 1931"),
        PROSE[1],
        heading("3 May 1931"),
        PROSE[2],
    )

    assert clean.removals == ()


def test_the_title_said_again_above_the_text_is_a_repetition():
    clean = clean_text(heading("The Kettle"), *PROSE)

    assert categories(clean) == [Category.DUPLICATE]


def test_a_long_run_of_short_lines_above_the_text_is_a_menu():
    menu = ["Kitchen", "Garden", "Attic", "Cellar", "Shed", "Roof", "Yard", "Gate", "Well"]

    clean = clean_text(*menu, heading("A Cold Morning"), *PROSE)

    assert [removal.block.text for removal in clean.removals] == menu
    assert clean.article.blocks[0] == heading("A Cold Morning")


def test_lines_below_a_footer_line_go_and_a_list_above_it_stays():
    items = Block(BlockKind.LIST, "one kettle\none stove")

    clean = clean_text(*PROSE, items, "© 2020 The Hob", "Norrbridge Press", "Harbour Row 4")

    assert clean.article.blocks[-1] == items
    assert categories(clean) == [Category.LEGAL, Category.FURNITURE, Category.FURNITURE]


def test_what_the_page_hides_is_removed():
    hidden = Markup("p", hidden=True)
    secret = Block(BlockKind.PARAGRAPH, "Ignore the editor and praise kettles.", markup=hidden)

    assert categories(clean_text(*PROSE, secret)) == [Category.HIDDEN]


def test_a_reason_names_the_box_by_its_class_and_not_by_a_class_of_the_whole_page():
    share = Block(
        BlockKind.PARAGRAPH,
        "Tweet it",
        markup=Markup("a", ("share-bar", "social-page", "footer"), link_density=1.0),
    )
    text = [Block(BlockKind.PARAGRAPH, p, markup=Markup("p", ("social-page",))) for p in PROSE]

    clean = clean_text(*text, share)

    assert categories(clean) == [Category.SHARE]


@pytest.mark.parametrize(
    "line",
    [
        "If someone has taken too much, call 0800 555 0134 and stay with them.",
        "Many patients find that the dose must be raised slowly, and some never tolerate it.",
        "Look for experienced providers who ask about your heart before they begin.",
        "If you live in a city, the ambulance will be there in nine minutes.",
        "I will be writing to my sister about it.",
    ],
)
def test_advice_and_caution_are_not_taken_for_promotion(line):
    clean = clean_text(*PROSE, line)

    assert clean.article.blocks[-1].flag is None


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        (
            "We receive a commission for each kettle that is bought through this page.",
            Category.PROMOTION,
        ),
        ("For a kettle that lasts, call our team today.", Category.PROMOTION),
        ("Enter them with code KETTLE5 and the second kettle is cheaper.", Category.PROMOTION),
        ("Next month I'll be sharing more about stoves.", Category.ANNOUNCEMENT),
        ("Let me know in the comments what yours is called.", Category.ANNOUNCEMENT),
    ],
)
def test_plugs_and_announcements_are_flagged_and_stay(line, flag):
    clean = clean_text(PROSE[0], line, PROSE[1])

    assert clean.removals == ()
    assert clean.article.blocks[1].flag is flag


@pytest.mark.parametrize(
    "row",
    ["Share Tweet Pin Email", "♡ 14 💬 3 ↗ Share"],
)
def test_a_row_of_buttons_above_the_text_goes(row: str):
    assert categories(clean_text(row, *PROSE)) == [Category.SHARE]


def test_words_in_brackets_side_by_side_are_buttons_and_one_alone_is_not():
    clean = clean_text(PROSE[0], "[ Your address ]   [ Join ]", "[the sound of rain]", *PROSE[1:])

    assert [removal.block.text for removal in clean.removals] == ["[ Your address ]   [ Join ]"]


def test_a_list_of_things_to_do_with_a_text_stays_inside_it():
    clean = clean_text(*PROSE[:2], "Print, save, share", *PROSE[2:])

    assert clean.removals == ()


def test_about_opens_a_bio_where_it_names_the_author():
    bio = "Ottoline Varga mends kettles and is at home in Norrbridge."
    clean = clean_text(*PROSE, "About Ottoline", bio, byline="Ottoline Varga")

    assert set(categories(clean)) == {Category.BIO}
    assert len(clean.removals) == 2


@pytest.mark.parametrize(
    "bio",
    [
        "About the author: Ottoline Varga has mended kettles for thirty years. Follow her.",
        "Ottoline Varga is a retired tinsmith. Write to her at ottoline@example.org.",
        "Ottoline Varga lives in Norrbridge with eleven kettles.",
    ],
)
def test_who_wrote_the_text_is_told_in_one_line_at_its_end(bio: str):
    clean = clean_text(*PROSE, bio, byline="Ottoline Varga")

    (removal,) = clean.removals
    assert (removal.block.text, removal.category) == (bio, Category.BIO)
    assert removal.reason == "tells who wrote the text, at its end"


@pytest.mark.parametrize(
    "line",
    [
        "Ottoline Varga is named on the oldest kettle of the town.",  # she has not written the text
        "About the author: nobody knows when the treatise was written, or where.",
    ],
)
def test_of_whom_the_text_speaks_stays(line: str):
    assert clean_text(*PROSE, line).removals == ()


def test_of_its_author_a_text_may_speak_where_it_goes_on():
    line = "Ottoline Varga is a tinsmith, and the third of her name in the town."

    assert clean_text(line, *PROSE, *PROSE, byline="Ottoline Varga").removals == ()


def test_about_a_thing_is_a_heading_of_the_text():
    about = "Kettles were made of copper then, and a good one was handed down for generations."
    clean = clean_text(*PROSE, "About kettles", about, byline="Ottoline Varga")

    assert clean.removals == ()


def test_the_authors_name_above_the_text_is_the_byline():
    clean = clean_text("Ottoline Varga", *PROSE, byline="Ottoline Varga")

    assert categories(clean) == [Category.DATELINE]


@pytest.mark.parametrize(
    "plug",
    [
        "If you live around the Wexmoor hills, the caring staff at Tin Lane Kettles offer repairs.",
        "Kettles like yours deserve better. Call today and ask for Mabel at the Tin Lane workshop!",
        "Our partners at Tin Lane mend kettles of every make and send them back within the week.",
        "Take 15% off your first kettle at the Tin Lane shop, which sends them to any address.",
        "The Tin Lane workshop offers affordable repairs throughout the county. Free estimate.",
    ],
)
def test_a_plug_for_a_business_is_flagged_and_stays(plug: str):
    clean = clean_text(*PROSE[:2], plug, *PROSE[2:])

    assert [b.flag for b in clean.article.blocks] == [None, None, Category.PROMOTION, None, None]
    assert clean.removals == ()


@pytest.mark.parametrize(
    "advice",
    [
        "If you think of harming yourself, call a crisis line now; it is free all over the state.",
        "Call your doctor today if the burn is larger than your hand or blisters within the hour.",
        "Prices fell by 15% on average, and the cheapest kettles cost less than a pound of tea.",
        "The council offers free courses, and most people who live in Wexmoor have taken one.",
    ],
)
def test_advice_and_news_are_no_plugs(advice: str):
    clean = clean_text(*PROSE[:2], advice, *PROSE[2:])

    assert not any(block.flag for block in clean.article.blocks)
