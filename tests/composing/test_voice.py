import time

import pytest

from partwork.composing.risk import denies_risk, is_caveat
from partwork.composing.voice import leans, objection, refers_back, without_connective


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I bought a bin five years ago.", "in the first person"),
        ("My heap froze.", "in the first person"),
        ("We need more of this.", "in the first person"),
        ("Let’s turn the heap.", "in the first person"),
        ("Phase I trials lasted a year.", ""),
        ("MPS I is caused by one gene.", ""),
        ("Drugs of Schedule I have no use in medicine.", ""),
        ("In May I gave up.", "in the first person"),
        ("Bare ground lets worms in.", ""),
        ("The US grows straw.", ""),
        ("“I never turn mine,” says Ada Roth, a gardener.", ""),
        ("A farmer once told the paper so.", "second-hand"),
        ("As mentioned above, worms need air.", "speaks of the text it stood in"),
        ("Straw keeps a heap dry, see below.", "speaks of the text it stood in"),
        ("You will see above 90 % of them sprout.", ""),
        ("Stay tuned for the next part.", "speaks of the text it stood in"),
        ("Call us for a free visit.", "sells to the reader"),
        ("If so, a tumbler might be worth a try.", "sells to the reader"),
        ("Consider Ingrid, who gave up.", "one person's story"),
        ("One customer said that it worked.", "one person's story"),
        ("A 61-year-old teacher began in May.", "one person's story"),
        ("Imagine a city that never sleeps.", "asks the reader to imagine"),
        ("Who would not want that?", "a rhetorical question"),
        ("The method is completely safe.", "denies a risk"),
        ("Turn the heap once a month.", ""),
        ("Call your local emergency number at once.", ""),
    ],
)
def test_a_sentence_is_refused_for_its_voice(text: str, reason: str) -> None:
    assert objection(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "That is good news.",
        "This speed matters.",
        "It holds water.",
        "And it smells.",
        "She gave up.",
        "For many, it has been a relief.",
        "For some it moves in.",
        "In that case, add straw.",
        "If they die, start again.",
        "Such heaps fail.",
        "Left to themselves, in a dry box, they die.",
        "None of this helps at once.",
        "“It is too dry.”",
        "and is best kept dry.",
    ],
)
def test_a_sentence_that_needs_the_one_before_leans(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        "Worms need air.",
        "But worms need air above all.",
        "That said, worms need air above all.",
        "Those who garden know.",
        "When the heap cools, it shrinks.",
        "There are three kinds.",
        "It-girls of the garden are dahlias.",
    ],
)
def test_a_sentence_that_names_its_subject_stands(text: str) -> None:
    assert not leans(text)


def test_a_point_by_itself_has_no_pronoun_whose_noun_may_lie_elsewhere() -> None:
    assert refers_back("Most gardeners advise using them for a year.")
    assert refers_back("In a dry summer its half-life is a month.")
    assert refers_back("One month is enough to see something; two are better.")
    assert not refers_back("Worms eat half of a kilogram a day.")
    assert not refers_back("“Heaps need it,” says Ada Roth, a gardener.")


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("But worms need air above all.", "Worms need air above all."),
        ("However, worms need air above all.", "Worms need air above all."),
        ("That’s why a lid is needed in winter.", "A lid is needed in winter."),
        ("But it breaks open the cells.", "But it breaks open the cells."),
        ("Butter is for bread and for bread alone.", "Butter is for bread and for bread alone."),
        ("So far the heap has held its heat.", "So far the heap has held its heat."),
    ],
)
def test_a_connective_is_left_away_only_where_the_rest_can_stand(text: str, opening: str) -> None:
    assert without_connective(text) == opening


@pytest.mark.parametrize(
    "text",
    [
        "Spores can cause coughing.",
        "It isn’t for everyone.",
        "Never add meat to the heap.",
        "It is not suitable for children.",
        "The evidence for other benefits is limited.",
        "Results vary.",
        "The method is no cure for poor soil.",
        "You should see a doctor first.",
        "It is not without risks.",
        "Call your local emergency number at once.",
    ],
)
def test_a_warning_is_a_caveat(text: str) -> None:
    assert is_caveat(text)


@pytest.mark.parametrize(
    "text",
    [
        "Compost reduces the risk of drought.",
        "Turn the heap once a month.",
        "What are the risks?",
        "Not only worms eat peelings.",
    ],
)
def test_a_benefit_or_a_question_is_no_caveat(text: str) -> None:
    assert not is_caveat(text)


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("Composting is without risks.", True),
        ("There are no side effects.", True),
        ("It is 100 % safe.", True),
        ("A risk-free method.", True),
        ("It is not without risks.", False),
        ("No method is completely safe.", False),
        ("It isn’t risk-free.", False),
        ("“It is completely safe,” says the maker.", False),
        ("Sieving carries little risk.", False),
    ],
)
def test_only_a_denial_of_risk_is_one(text: str, denies: bool) -> None:
    assert denies_risk(text) is denies


@pytest.mark.parametrize("text", ["a" * 20_000, "a " * 10_000, "“" * 20_000, "not a " * 4_000])
def test_hostile_text_is_judged_in_no_time(text: str) -> None:
    began = time.process_time()
    objection(text)
    leans(text)
    is_caveat(text)

    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Return when the heap has cooled, and repeat as often as it takes.", True),
        ("Repeat until the mixture is dark.", True),
        ("Return the lid to the box before it rains.", False),
        ("Repeat prescriptions need a doctor's name.", False),
    ],
)
def test_an_instruction_to_go_back_needs_the_one_before_it(text: str, expected: bool) -> None:
    assert leans(text) is expected
