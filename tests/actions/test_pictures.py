"""Pictures beside previews, and who sees them."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.letter import begin_letter
from partwork.actions.look import look_behind, look_urls, picture_behind
from partwork.actions.pictures import VIEWS, cut_off, pictures_of, take_pictures
from partwork.actions.preview import preview
from partwork.actions.watch import rendering, stamp_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.settings import Settings
from partwork.subscribing.page_links import LinkHasRunOut, draft_key
from partwork.subscribing.tokens import BadToken
from tests.conftest import NOW

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
TEXT = "A first letter, with words enough to be read on a phone and on a wide screen."


@pytest.fixture
def file(press: Press) -> Path:
    """The one part of a letter."""
    words = {"subject": "A first letter", "preheader": "What it is about, in a line."}
    return begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text=TEXT)


def key_of(press: Press, part: str) -> str:
    return draft_key("greetings", part, NOW + timedelta(days=1), press.secrets)


def test_without_pictures_the_look_has_the_mail_s_words_and_what_was_checked(
    press: Press, file: Path
) -> None:
    (shown,) = preview(press, "greetings", None, NOW)
    part = shown.issue.instalment

    look = look_behind(press, "greetings", part, key_of(press, part), NOW)

    assert look.issue == shown.issue
    # What the file has and the draft has not is known while it is rendered alone.
    assert look.checks == tuple(check for check in shown.checks if check.name != "Layout")
    assert look.views == ()
    assert "reader@example.org" in look.text
    with pytest.raises(LibraryError, match="no picture 375-light"):
        picture_behind(press, "greetings", part, "375-light", key=key_of(press, part), now=NOW)


def test_a_look_is_at_what_was_previewed_and_not_at_what_was_saved_since(
    press: Press, file: Path
) -> None:
    (shown,) = preview(press, "greetings", None, NOW)
    part = shown.issue.instalment
    file.write_text(file.read_text().replace("A first letter, with", "Other words, with"))

    assert look_behind(press, "greetings", part, key_of(press, part), NOW).issue == shown.issue


def test_the_link_is_signed_runs_out_and_opens_one_part(press: Press, file: Path) -> None:
    (shown,) = preview(press, "greetings", None, NOW)
    part = shown.issue.instalment
    reachable = Settings(home=press.settings.home, public_url="https://news.example.org")
    (url,) = look_urls(replace(press, settings=reachable), [shown.issue], NOW).values()

    assert url.startswith(f"https://news.example.org/drafts/greetings/{part}/mail?key=")
    assert look_urls(press, [shown.issue], NOW) == {}
    with pytest.raises(BadToken):
        look_behind(press, "greetings", "another1", key_of(press, part), NOW)
    with pytest.raises(LinkHasRunOut):
        look_behind(press, "greetings", part, key_of(press, part), NOW + timedelta(days=1))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_pictures_are_of_exactly_these_words(press: Press, file: Path) -> None:
    shown = preview(press, "greetings", None, NOW)
    take_pictures(press, shown, CHROMIUM)
    taken = dict(pictures_of(press, shown[0].issue))
    before = {picture: picture.stat().st_mtime_ns for picture in taken.values()}
    take_pictures(press, shown, CHROMIUM)  # nothing is new: nothing is taken

    file.write_text(file.read_text().replace("A first letter, with", "Other words, with"))
    (again,) = preview(press, "greetings", None, NOW)

    assert tuple(taken) == VIEWS
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert pictures_of(press, again.issue) == ()
    take_pictures(press, [again], CHROMIUM)
    assert len(list(again.folder.glob("mail-*.png"))) == len(VIEWS)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_a_mail_that_goes_on_below_its_pictures_is_said_to(press: Press, file: Path) -> None:
    paragraph = "A stone wants water before it wants steel, and time after both."
    file.write_text(file.read_text() + f"\n{paragraph}\n" * 500)
    (shown,) = preview(press, "greetings", None, NOW)

    take_pictures(press, [shown], CHROMIUM)

    narrow = {view for view in VIEWS if view.width_px == 375}
    part = shown.issue.instalment
    assert cut_off(press, shown.issue) >= narrow
    assert look_behind(press, "greetings", part, key_of(press, part), NOW).cut_off >= narrow


def test_saving_a_file_is_noticed_and_a_mistake_in_it_is_told(press: Press, file: Path) -> None:
    first = rendering(press, "greetings", None, NOW)
    assert first.stamp == stamp_of(press, "greetings")
    assert not first.error

    file.write_text(file.read_text().replace("number: 1", "number: [1"))
    second = rendering(press, "greetings", None, NOW)

    assert second.stamp != first.stamp
    assert second.shown == ()
    assert f"{file.name}, line 3" in second.error


def test_a_changed_template_is_noticed(press: Press, file: Path) -> None:
    stamp = stamp_of(press, "greetings")
    own = press.library.home / "templates" / "email" / "issue.txt"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("{{ nothing }}")

    assert stamp_of(press, "greetings") != stamp
    assert "there is no field nothing" in rendering(press, "greetings", None, NOW).error
