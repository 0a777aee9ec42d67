"""Which parts carry the crisis notice."""

import pytest

from partwork.model.series import Heading, Instalment, Paragraph, Sentence
from partwork.rendering.crisis import calls_for_notice


def part(text: str) -> Instalment:
    return Instalment("aaaaaaaa", 1, "T", "S", "P", body=(Paragraph((Sentence(text),)),))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Suicidal thoughts passed within a day."),
        ("en", "She had tried to kill herself."),
        ("en", "Self-harm is more common than people think."),
        ("en", "Two of them took their own lives."),
        ("en", "He wanted to die and told nobody."),
        ("en", "Thoughts of ending your life are an emergency."),
        ("en", "Some want to end it all."),
        ("en", "An OVERDOSE of the tablets is dangerous."),
        ("de", "Gedanken an Suizid gehören in ärztliche Hände."),
        ("de", "Er wollte sich umbringen."),
        ("de", "Sie hat sich das Leben genommen."),
        ("de", "Er nahm sich das Leben."),
        ("de", "Sich das Leben nehmen zu wollen, ist ein Notfall."),
        ("fr", "Les idées suicidaires diminuent."),
        ("pt", "O suicídio não é inevitável."),
        ("xx", "Anything at all, as we know no word of it."),
    ],
)
def test_a_part_that_speaks_of_it_does(language: str, text: str) -> None:
    assert calls_for_notice(part(text), language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The killer application of the decade is sourdough."),
        ("en", "Cut yourself a slice and sit down."),
        ("en", "Take your lifejacket with you."),
        ("en", "Killing time in a café ends most of it."),
        ("en", "Old bulbs die in frost."),
        ("de", "Das Leben eines Bäckers beginnt um drei."),
    ],
)
def test_a_part_that_does_not_speak_of_it_does_not(language: str, text: str) -> None:
    assert not calls_for_notice(part(text), language)


def test_headings_and_lines_of_the_mailbox_count() -> None:
    instalment = Instalment("aaaaaaaa", 1, "T", "S", "P", body=(Heading("On suicide"),))

    assert calls_for_notice(instalment, "en")
    assert calls_for_notice(Instalment("aaaaaaaa", 1, "T", "S", "After suicide"), "en")
    assert not calls_for_notice(Instalment("aaaaaaaa", 1, "T", "S", "P"), "en")
