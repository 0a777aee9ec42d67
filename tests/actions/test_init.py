"""What a new home is asked for."""

from collections.abc import Callable

import pytest

from partwork.actions.init import newsletter_toml, wishes_from
from partwork.library import LibraryError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.model.address import Mailbox


def answering(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    asked: list[str] = []
    left = iter(answers)

    def ask(question: str) -> str:
        asked.append(question)
        return next(left)

    return ask, asked


def test_an_answer_that_cannot_be_used_is_asked_for_again_at_once() -> None:
    ask, asked = answering("Ada", "Ada <ada@example.org>", "1 Road", "no page", "https://x.org")

    wishes = wishes_from("A letter", "", "", "", ask)

    assert wishes.sender.address == "ada@example.org"
    assert wishes.imprint_url == "https://x.org"
    assert not wishes.demo
    assert "'Ada' holds no e-mail address" in asked[1]
    assert "'no page' is no web address" in asked[4]


def test_no_answer_gives_a_demo_value() -> None:
    ask, _ = answering("", "", "")

    wishes = wishes_from("A letter", "ada@example.org", "", "", answering("", "")[0])

    assert wishes.demo
    assert wishes.sender.name == "A letter"
    assert wishes_from("A letter", "", "", "", ask).sender.address == "editor@example.org"


@pytest.mark.parametrize("sender", ["Ada", "@example.org", "ada@"])
def test_what_was_said_and_cannot_be_used_is_refused(sender: str) -> None:
    with pytest.raises(LibraryError, match="holds no e-mail address"):
        wishes_from("A letter", sender, "1 Road", "https://example.org", None)


def test_a_name_with_quotes_and_brackets_stays_whole_from_the_answer_to_the_file() -> None:
    sender = r'"The \"Slow\" Bread <daily>" <ada@example.org>'
    wishes = wishes_from("A letter", sender, "1 Road", "https://example.org", None)

    read = parse_newsletter(newsletter_toml(wishes), "a-letter", "a-letter.toml")

    assert read.sender == Mailbox('The "Slow" Bread <daily>', "ada@example.org")
