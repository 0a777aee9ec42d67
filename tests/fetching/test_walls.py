"""Pages in front of an article are told from articles."""

import pytest

from partwork.fetching.walls import is_login, refusal_of, wall_in

PROSE = "The ditch runs from the mill to the weir and is cleared every spring. " * 15


@pytest.mark.parametrize(
    "text",
    [
        "Just a moment... Verify you are human by completing the action below.",
        "Checking your browser before accessing journal.example.org",
        "Please confirm that you’re not a robot",
        "You need to enable JavaScript to run this app.",
        "JavaScript is disabled. This page requires JavaScript.",
        "Log in to continue reading",
        "Subscribe to unlock this story. Already a subscriber?",
        "This post is for paid subscribers only",
    ],
)
def test_a_short_page_that_asks_for_something_is_a_wall(text: str) -> None:
    assert wall_in(b"", text)


@pytest.mark.parametrize(
    "text",
    [
        PROSE + "Later the site asked me to verify that I am human, and to log in to continue.",
        "The ditch is clear again.",
        "Subscribers of the old exchange shared one line.",
        "Pay the miller, not the mill.",
    ],
)
def test_an_article_is_none_whatever_its_words(text: str) -> None:
    assert wall_in(b"", text) == ""


def test_a_page_that_says_it_is_not_free_is_not_taken() -> None:
    assert wall_in(b'{"isAccessibleForFree": "False"}', PROSE)
    assert wall_in(b'{"isAccessibleForFree":false}', PROSE)
    assert wall_in(b'{"isAccessibleForFree": true}', PROSE) == ""


def test_a_field_for_a_password_counts_where_there_is_no_article() -> None:
    form = b"<form><input name=x type='password'></form>"

    assert wall_in(form, "Members") == "the page asks for a login"
    assert wall_in(form, PROSE) == ""


def test_a_way_that_ends_at_a_login_is_one() -> None:
    here = "https://journal.example.org"

    assert is_login(f"{here}/ditch", f"{here}/users/sign_in".replace("_", "-"))
    assert is_login(f"{here}/ditch", f"{here}/login?next=/ditch")
    assert is_login(f"{here}/ditch", f"{here}/wp-login.php")
    assert not is_login(f"{here}/ditch", f"{here}/2024/the-ditch")
    assert not is_login(f"{here}/register/of-ditches", f"{here}/register/of-ditches-2")


@pytest.mark.parametrize(
    "status", [201, 204, 206, 304, 400, 401, 403, 404, 418, 429, 451, 500, 599]
)
def test_every_status_but_success_is_refused_with_what_to_do(status: int) -> None:
    why, remedy = refusal_of(status, "")

    assert str(status) in why
    assert remedy


def test_a_site_that_asks_for_patience_is_quoted() -> None:
    assert "in 120 seconds" in refusal_of(429, "120")[0]
    assert "seconds" not in refusal_of(429, "<b>soon</b>")[0]
    assert refusal_of(200, "") == ("", "")
