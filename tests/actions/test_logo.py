"""A newsletter's logo: shown at the head of its mails and pages, or refused by name."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.check import check
from partwork.actions.doctor import doctor
from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.logo import logo_if_fit, logo_of
from partwork.actions.media import picture_at
from partwork.actions.preview import preview
from partwork.assembly import Press
from partwork.manuscript.errors import ManuscriptError
from partwork.model.fault import Severity
from partwork.rendering.seen import seen_of
from tests.conftest import NOW

NOTE = 'alt = "A bench"\ncredit = "Drawn by Tam"\npermission = "drawn for us"\n'
TEXT = "A first letter, with words enough to be read on a phone and on a wide screen."
NEWSLETTER = "content/newsletters/the-bench.toml"


def draw(file: Path, ink: str) -> None:
    """A bar of that ink on nothing, and its note."""
    image = Image.new("RGBA", (600, 120))
    ImageDraw.Draw(image).rectangle((60, 30, 540, 90), fill=ink)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(stream.getvalue())
    file.with_suffix(".toml").write_text(NOTE)


@pytest.fixture
def media(press: Press) -> Path:
    """The folder of pictures, a dark logo and a pale one in it; and one letter to wear them."""
    folder = press.library.home / "content" / "media"
    draw(folder / "bench.png", "#203040")
    draw(folder / "bench at night.png", "#f0e0c0")
    words = {"subject": "A first letter", "preheader": "What it is about, in a line or so."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text=TEXT)
    return folder


def wear(press: Press, file: str, lines: str) -> None:
    toml = press.library.home / file
    toml.write_text(lines + toml.read_text())


def logo_faults(press: Press) -> list[tuple[str, str, Severity]]:
    return [(f.file, f.message, f.severity) for f in check(press, []) if f.rule == "logo"]


def test_mails_and_pages_show_it_with_the_newsletter_s_name_for_words(
    press: Press, media: Path
) -> None:
    wear(press, NEWSLETTER, 'logo = "bench.png"\nlogo_dark = "bench at night.png"\n')

    (shown,) = preview(press, "greetings", None, NOW)

    by_day, by_night = seen_of(shown.issue.html).pictures
    assert by_day.alt == by_night.alt == "The Bench"
    assert by_day.source != by_night.source
    assert Image.open(io.BytesIO(picture_at(press, by_day.source) or b"")).format == "PNG"
    assert picture_at(press, by_night.source)
    assert f'src="{by_day.source}"' in shown.issue.page
    assert f'srcset="{by_night.source}"' in shown.issue.page
    assert logo_faults(press) == []


def test_a_series_may_show_one_of_its_own(press: Press, media: Path) -> None:
    wear(press, NEWSLETTER, 'logo = "bench.png"\n')
    draw(media / "greeting.png", "#7a1f1f")
    wear(press, "content/series/greetings/series.toml", 'logo = "greeting.png"\n')

    own = logo_of(press, load_newsletter(press, "the-bench"), load_series(press, "greetings"))
    usual = logo_of(press, load_newsletter(press, "the-bench"))

    assert own is not None
    assert usual is not None
    assert "/media/greeting-" in own.light.url
    assert "/media/bench-" in usual.light.url


def test_a_newsletter_without_one_has_none(press: Press, media: Path) -> None:
    assert logo_of(press, load_newsletter(press, "the-bench")) is None
    assert logo_faults(press) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('logo = "gone.png"', "logo cannot be shown: content/media/gone.png"),
        ('logo = "../the-bench.toml"', "logo cannot be shown: '../the-bench.toml' names no pic"),
        ('logo = "https://example.org/a.png"', "names no picture of content/media"),
        ('logo = "bench.svg"', "it ends in none of .gif"),
        ('logo = "bench at night.png"', "bench at night.png cannot be made out on #ffffff"),
        (
            'logo = "bench.png"\nlogo_dark = "bench.png"',
            "logo_dark cannot be shown: content/media/bench.png cannot be made out on #17181a",
        ),
        ('logo = "unsigned.png"', "permission is missing"),
        ('logo = "bare.png"', "bare.toml is not there; write alt, credit and permission into it"),
    ],
)
def test_one_that_cannot_be_shown_is_a_fault_of_the_file_that_names_it(
    press: Press, media: Path, lines: str, said: str
) -> None:
    draw(media / "unsigned.png", "#203040")
    (media / "unsigned.toml").write_text('alt = "A bench"\ncredit = "Tam"\n')
    draw(media / "bare.png", "#203040")
    (media / "bare.toml").unlink()
    wear(press, NEWSLETTER, f"{lines}\n")

    ((file, message, severity),) = logo_faults(press)

    assert (file, severity) == (NEWSLETTER, Severity.FAULT)
    assert said in message
    assert "\n" not in message
    with pytest.raises(ManuscriptError, match="cannot be shown"):
        preview(press, "greetings", None, NOW)


def test_a_mail_that_somebody_waits_for_goes_out_without_it(press: Press, media: Path) -> None:
    wear(press, NEWSLETTER, 'logo = "bench.png"\n')
    assert logo_if_fit(press, load_newsletter(press, "the-bench"))

    (media / "bench.png").unlink()
    assert logo_if_fit(press, load_newsletter(press, "the-bench")) is None
    (told,) = (found for found in doctor(press) if found.subject == "newsletter the-bench")
    assert not told.well
    assert "content/media/bench.png is not there" in told.words


def test_a_series_own_one_is_a_fault_of_the_series(press: Press, media: Path) -> None:
    wear(press, "content/series/greetings/series.toml", 'logo = "gone.png"\n')

    assert [file for file, *_ in logo_faults(press)] == ["content/series/greetings/series.toml"]


def test_what_was_approved_with_one_logo_is_not_approved_with_another(
    press: Press, media: Path
) -> None:
    wear(press, NEWSLETTER, 'logo = "bench.png"\n')
    preview(press, "greetings", None, NOW)
    draw(media / "bench.png", "#7a1f1f")

    with pytest.raises(NotApprovable, match="not what was last previewed"):
        approve(press, "greetings", None, reviewer="Ada", channel="cli", now=NOW)
