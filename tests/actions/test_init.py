"""What a new home is asked for."""

from collections.abc import Callable

import pytest

from partwork.actions.init import wishes_from
from partwork.library import LibraryError


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
