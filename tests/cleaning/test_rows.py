"""Comments, teasers and recipes: what rules find that the judge alone would not."""

from itertools import chain

from partwork.cleaning.cleaner import cleaned
from partwork.cleaning.recipes import recipes_in
from partwork.cleaning.stamped import stamped_in
from partwork.cleaning.surroundings import surroundings_of
from partwork.cleaning.threads import threads_in
from partwork.model.article import Article, Block, BlockKind, Category

PROSE = (
    "The kettle had stood on the stove since morning, and nobody had thought to fill it.",
    "It was an old kettle, and it sang before it boiled, which most of them no longer do.",
    "By the time the post came the kitchen was warm, and the windows had run with steam.",
    "We drank the tea from glasses, because the cups were packed and the van was late.",
    "My sister wrapped the lid in a page of the Norrbridge Courier and put it in her coat.",
)
COMMENTS = (
    "We had one just like it, and when it went to the tip my mother wept for an hour.",
    "Ours came from an aunt, who had carried it across two borders in a hat box.",
    "Nobody tells you that the lids are not for sale, whatever the catalogue says.",
)


def page_of(*lines: Block | str):
    blocks = tuple(
        line if isinstance(line, Block) else Block(BlockKind.PARAGRAPH, line) for line in lines
    )
    return surroundings_of("The Kettle", "", blocks)


def texts(page, found):
    return [page.blocks[i].text for i in sorted(found)]


def cleaned_lines(*lines: Block | str) -> list[str]:
    blocks = page_of(*lines).blocks
    article = Article(slug="kettle", title="The Kettle", blocks=blocks)
    return [block.text for block in cleaned(article).article.blocks]


# ------------------------------------------------------------------- dated rows
def test_comments_are_known_by_their_days_and_times_though_nothing_opens_them():
    dated = zip(
        ("tinwhistle", "Odo Pask", "geese4ever"),
        ("March 3, 2024 at 5:12 pm", "3 Mar 2024, 18:40", "2 days ago"),
        COMMENTS,
        strict=True,
    )
    thread = tuple(chain.from_iterable(dated))
    page = page_of(*PROSE, *thread)

    found = stamped_in(page)

    assert texts(page, found) == list(thread)
    assert {finding.category for finding in found.values()} == {Category.COMMENTS}


def test_comments_are_known_by_who_said_them():
    names = ("tinwhistle", "Odo Pask", "geese4ever")
    said = chain.from_iterable(
        (f"{name} says:", words) for name, words in zip(names, COMMENTS, strict=True)
    )

    assert cleaned_lines(*PROSE, *said) == list(PROSE)


def test_times_alone_are_a_live_reports_and_stay():
    report = chain.from_iterable(zip(("10:40", "11:05", "11:30"), COMMENTS, strict=True))

    assert stamped_in(page_of(*PROSE, *report)) == {}


def test_a_days_programme_with_prose_between_its_dates_stays():
    days = ("1 May 1931", "2 May 1931", "3 May 1931", "4 May 1931")
    diary = chain.from_iterable(zip(days, PROSE, strict=False))

    assert stamped_in(page_of(*PROSE, *diary)) == {}


def test_titles_with_a_date_each_below_the_text_are_other_articles():
    teasers = (
        "Nine Lids and No Kettle",
        "May 4, 2023",
        "The Van That Never Came",
        "May 1, 2023",
        "What the Hat Box Knew",
        "April 28, 2023",
    )
    page = page_of(*PROSE, *teasers)

    found = stamped_in(page)

    assert texts(page, found) == list(teasers)
    assert {finding.category for finding in found.values()} == {Category.RELATED}


def test_an_article_below_a_short_list_of_dated_titles_stays():
    teasers = ("Nine Lids", "May 4, 2023", "The Van", "May 1, 2023", "The Hat Box", "May 2, 2023")

    assert stamped_in(page_of(PROSE[0], *teasers, *PROSE, *COMMENTS)) == {}


# -------------------------------------------------------------------- threads
def test_a_counted_thread_goes_to_its_end_though_nothing_dates_its_comments():
    page = page_of(*PROSE, "Comments (2)", COMMENTS[0], "Odo Pask, Norrbridge", COMMENTS[1])

    assert texts(page, threads_in(page)) == [block.text for block in page.blocks[len(PROSE) :]]


def test_a_count_of_comments_above_the_text_opens_nothing():
    page = page_of(PROSE[0], "18 comments", *PROSE, *COMMENTS)

    assert threads_in(page) == set()


def test_a_question_to_readers_opens_no_thread():
    page = page_of(*PROSE, "What do you think?", COMMENTS[0])

    assert threads_in(page) == set()


# -------------------------------------------------------------------- recipes
def test_a_recipe_below_the_text_is_of_it():
    ingredients = Block(BlockKind.LIST, "250 g barley flour\n2 tbsp honey\n1 tsp salt\nan egg")
    steps = Block(BlockKind.LIST, "Warm the milk.\nFold in the flour.", ordered=True)
    recipe = ("Ingredients", ingredients, "Method", steps)
    page = page_of(*PROSE, *recipe, Block(BlockKind.HEADING, "More from us"), "Nine Lids")

    assert texts(page, recipes_in(page)) == [
        "Ingredients",
        ingredients.text,
        "Method",
        steps.text,
    ]


def test_two_measures_that_nothing_heads_are_no_recipe():
    page = page_of(*PROSE, "On the table", "250 g flour", "2 tbsp honey", "Method", PROSE[0])

    assert recipes_in(page) == set()


# ------------------------------------------------------------------- contents
def test_a_table_of_contents_goes_and_the_headings_that_it_announces_stay():
    headings = ("What the lid is for", "Descaling")
    page = ("Contents", *headings, PROSE[0], headings[0], *PROSE[1:3], headings[1], PROSE[3])

    assert cleaned_lines(*page, "© 2024 The Kettle Post. All rights reserved.") == [
        PROSE[0],
        headings[0],
        *PROSE[1:3],
        headings[1],
        PROSE[3],
    ]
