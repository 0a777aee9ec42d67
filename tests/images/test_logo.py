"""Logos: seen on their paper whatever a mail program does to the colours around them."""

import io

import pytest
from PIL import Image, ImageDraw

from partwork.images.logo import logo_on
from partwork.images.mailable import BadPicture, Mailable
from partwork.model.picture import LOGO_HEIGHT_PX, LOGO_WIDTH_PX

WHITE, DARK = "#ffffff", "#17181a"


def drawn(
    ink: object,
    size: tuple[int, int] = (800, 300),
    ground: object = (0, 0, 0, 0),
    form: str = "PNG",
) -> bytes:
    """A bar in the middle of an empty ground."""
    mode = "RGB" if form == "JPEG" else "RGBA"
    image = Image.new(mode, size, ground)  # type: ignore[arg-type] # a colour
    width, height = size
    bar = (width // 4, height // 4, 3 * width // 4, 3 * height // 4)
    ImageDraw.Draw(image).rectangle(bar, fill=ink)  # type: ignore[arg-type] # a colour
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()


def seen(made: Mailable) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


def test_dark_ink_on_nothing_brings_its_own_paper_and_loses_its_empty_edges() -> None:
    made = logo_on(drawn("#102030"), "logo.png", WHITE)

    image = seen(made)
    assert (made.suffix, image.mode, image.size) == ("png", "RGB", (made.width, made.height))
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.getpixel((made.width // 2, made.height // 2)) == (16, 32, 48)
    assert made.width / made.height == pytest.approx((400 + 36) / (150 + 36), rel=0.05)


def test_a_logo_is_three_times_the_room_it_has_and_never_blown_up() -> None:
    wide = logo_on(drawn("black", (4000, 400)), "wide.png", WHITE)
    high = logo_on(drawn("black", (900, 3000)), "high.png", WHITE)
    small = logo_on(drawn("black", (40, 40), "white"), "small.png", WHITE)

    assert wide.width == 3 * LOGO_WIDTH_PX
    assert high.height == 3 * LOGO_HEIGHT_PX
    assert (small.width, small.height) == (40, 40)


def test_a_logo_with_a_ground_of_its_own_stays_as_it_is() -> None:
    made = logo_on(drawn("white", (90, 60), "#7a1f1f", "JPEG"), "red.jpg", WHITE)

    red, _, _ = seen(made).getpixel((0, 0))  # type: ignore[misc] # three channels
    assert (made.width, made.height) == (90, 60)
    assert red == pytest.approx(0x7A, abs=4)


@pytest.mark.parametrize(
    ("ink", "ground", "paper"),
    [
        ("white", (0, 0, 0, 0), WHITE),
        ("#eeeeee", "white", WHITE),
        ("#102030", (0, 0, 0, 0), DARK),
        ((0, 0, 0, 20), (0, 0, 0, 0), WHITE),
    ],
)
def test_what_could_not_be_made_out_on_its_paper_is_refused(
    ink: object, ground: object, paper: str
) -> None:
    with pytest.raises(BadPicture, match=f"logo.png cannot be made out on {paper}; give it"):
        logo_on(drawn(ink, ground=ground), "logo.png", paper)


def test_the_same_logo_may_serve_in_the_dark_where_its_ink_is_pale() -> None:
    assert seen(logo_on(drawn("#f0c0c0"), "logo.png", DARK)).getpixel((0, 0)) == (23, 24, 26)


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(BadPicture, match="transparent all over"):
        logo_on(drawn((0, 0, 0, 0)), "logo.png", WHITE)


@pytest.mark.parametrize("raw", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG"])
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPicture, match="cannot be read as GIF, JPEG, PNG or WebP"):
        logo_on(raw, "logo.png", WHITE)


def test_the_same_file_gives_the_same_bytes() -> None:
    raw = drawn("#102030")

    assert logo_on(raw, "a.png", WHITE).content == logo_on(raw, "b.png", WHITE).content
