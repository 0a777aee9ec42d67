"""Five short articles on composting, written for these tests, with all that must not pass."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest

from partwork.composing.series import Composition, composed
from partwork.model.article import Article, Block, BlockKind, Category
from partwork.model.series import Division

_KINDS = {"#": BlockKind.HEADING, "*": BlockKind.LIST, ">": BlockKind.QUOTE}


def article(
    slug: str, text: str, *, title: str = "", byline: str = "", language: str = "en"
) -> Article:
    """An article from blocks: `# heading`, `* items`, `> quote`, `! flagged`, else a paragraph."""
    blocks = []
    for chunk in text.strip().split("\n\n"):
        mark, _, rest = chunk.partition(" ")
        flag = Category.PROMOTION if mark == "!" else None
        kind = _KINDS.get(mark, BlockKind.PARAGRAPH)
        lines = (rest if mark in {*_KINDS, "!"} else chunk).splitlines()
        words = "\n".join(line.removeprefix("* ").strip() for line in lines)
        words = words if kind is BlockKind.LIST else " ".join(words.split())
        level = 2 if kind is BlockKind.HEADING else 0
        blocks.append(Block(kind, words, level=level, flag=flag))
    return Article(
        slug, title or slug.replace("-", " "), tuple(blocks), byline=byline, language=language
    )


BASICS = article(
    "garden-compost",
    """
Compost is what is left when leaves, peelings and straw have been eaten by small organisms. A
household of four throws away about 150 kg of kitchen waste a year, according to the Norwood
Institute. Half of that could feed a garden bed.

# What Is Compost?

Compost is a dark, crumbling soil improver made from plant remains. It holds water, feeds worms and
releases nutrients slowly. But it is no replacement for lime on very acid ground.

Gardeners have made compost for centuries, in pits, in boxes and in plain heaps under a hedge.

# How Compost Works

Bacteria begin the work within hours and warm the heap to 60 °C. Fungi and worms take over when the
heap cools. Bacteria need air, water and a mixture of green and brown material to do their work.

Imagine a city that never sleeps. Millions of workers carry bricks through the night.

# What are the risks?

Compost can carry spores that irritate the lungs, so people with asthma should avoid turning a dry
heap. It is not suitable for anyone with a weakened immune system. And although a closed
box keeps rats out, cooked food in an open heap is a risk.

The most common mistakes? Too much water, too much grass and too little patience.

# Getting Started

To begin with a heap at home, follow four steps:

* Choose a shady corner. Bare ground lets worms come in from below.
* Mix one part green with two parts brown. Never add meat or cooked food.
* Keep it as moist as a wrung sponge.
* Turn the heap once a month.

! Our partner Greenbox in Norwood sells tumblers that every gardener trusts. Call us today.
""",
    title="Compost for Beginners",
)

LETTER = article(
    "my-first-heap",
    """
I bought a plastic bin five years ago and forgot about it. It smelled of old socks. Maybe you have
such a bin too.

# Why Compost Matters

Compost keeps waste out of landfill, where it would rot without air and give off methane. Bacteria
need air, water and a mixture of green and brown material for their work.

One neighbour told me that compost had saved her roses. She had given up on them twice.

Tomas Lund, a soil scientist, says: “A heap without air is a swamp with a fence around it.”

# What Does a Working Heap Feel Like?

A working heap feels warm to the hand and smells of forest floor. Steam rises from it on cold
mornings. Most heaps sink by a third within the first three weeks.

Consider Ingrid, a 61-year-old teacher from Tromsby. Her heap froze every winter. After years of
trying she wrapped it in wool, and the worms stayed.

# Side effects and safety

Let me be blunt, composting is without any risks. Turning a heap can cause coughing when spores fly
up. I once had a fever for a day, so you should wear a mask if the heap is dusty and dangerous.

Compost isn't for everyone. Results vary with the weather.

# A Personal Note

I never looked back. As mentioned above, there is more to tell, so stay tuned.
""",
    title="My First Heap: Five Years of Compost",
    byline="Berit Aasen",
)

BALCONY = article(
    "compost-on-a-balcony",
    """
# Who can compost on a balcony?

Worm boxes suit people who have no garden. Common places include:

* Balconies without frost
* Cellars and pantries
* Under the sink, with a tight lid

That is good news for tenants. A box of 40 litres takes the peelings of two people.

# What happens inside the box

The worms eat half of their own weight every day. They leave behind castings, which are richer in
nitrogen than garden soil. However, citrus peel can harm the worms in large amounts.

> Worms are the quietest tenants a house can have. They never ask for more than peelings. — Ada Roth

# Looking ahead

Cities in the north will collect kitchen waste from every household by 2030. Some of it will come
back to balconies as compost in paper bags.
""",
    title="Compost on a Balcony",
)

COLD = article(
    "winter-compost",
    """
# How compost works in the cold

Frost stops the bacteria, but it breaks open the cells of leaves. In spring the heap works faster
for that reason. A heap of less than 1 cubic metre freezes through at -10 °C.

# What helps alongside compost

Straw around the heap keeps warmth in. Combine straw with a lid of old carpet against rain. Carpet
with a plastic backing is not recommended, because it sheds fibres into the soil.

# Final thoughts

Compost repays patience in the second year. A thermometer on a long stalk shows when to turn it.
""",
    title="Winter Compost",
)

BARE = article(
    "compost-tea",
    """
Compost tea is made by steeping a bag of ripe compost in water for two days. It feeds seedlings
when it is thinned to the colour of weak tea.

Tea that smells sour should never be used on salad, because it can carry harmful germs. The
evidence for other benefits is limited.
""",
    title="Compost Tea",
)

ALL = (BASICS, LETTER, BALCONY, COLD, BARE)


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    """The five articles on composting."""
    return ALL


@pytest.fixture(scope="session")
def article_of() -> Callable[..., Article]:
    """Makes an article from text in blocks."""
    return article


@pytest.fixture(scope="session")
def compose() -> Callable[..., Composition]:
    """Composes articles with ids that count, in English by theme unless told otherwise."""

    def by_default(articles: Sequence[Article], **options: Any) -> Composition:
        numbers = count(1)
        given = {
            "language": "en",
            "division": Division.THEME,
            "parts": None,
            "new_id": lambda: f"id{next(numbers):06d}",
            **options,
        }
        return composed(articles, **given)

    return by_default
