"""Pictures as they leave: small, upright, and silent about where they were taken."""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from partwork.images.mailable import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_PIXELS_WHOLE,
    MAX_SIDE_PX,
    BadPicture,
    mailable,
)

CAMERA, TURNED, PLACE = "A camera with a number", 6, 34853  # EXIF tags 271, 274 and GPS


def file_of(image: Image.Image, form: str, **how: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """The hardest picture to make small."""
    size_bytes = width * height * len(mode)
    raw = random.Random(7).randbytes(size_bytes)  # noqa: S311 noise, no secret
    return Image.frombytes(mode, (width, height), raw)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_large_picture_becomes_small_and_keeps_its_shape(form: str) -> None:
    large = noise(1500, 1000)
    quick = large.convert("P") if form == "GIF" else large  # of the palette that GIF had first

    made = mailable(file_of(quick, form), "stone")

    assert made.width <= MAX_SIDE_PX
    assert made.width * 2 == made.height * 3
    assert len(made.content) <= MAX_BYTES
    assert opened(made.content).size == (made.width, made.height)


def test_an_ordinary_photograph_is_as_wide_as_it_may_be() -> None:
    down, around = Image.linear_gradient("L"), Image.radial_gradient("L")
    evening = Image.merge("RGB", (down, down.rotate(90), around)).resize((3000, 2000))

    made = mailable(file_of(evening, "JPEG"), "evening")

    assert (made.width, made.height, made.suffix) == (MAX_SIDE_PX, 800, "jpg")


def test_a_profile_is_carried_out_or_passed_over_and_goes() -> None:
    red = Image.new("RGB", (8, 8), (200, 40, 40))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    same = mailable(file_of(red, "PNG", icc_profile=profile), "red")
    broken = mailable(file_of(red, "PNG", icc_profile=b"no profile"), "red")

    for made in (same, broken):
        assert opened(made.content).convert("RGB").getpixel((3, 3)) == (200, 40, 40)
        assert "icc_profile" not in opened(made.content).info


def test_a_small_one_keeps_its_size() -> None:
    made = mailable(file_of(noise(300, 200), "JPEG"), "stone")

    assert (made.width, made.height, made.suffix) == (300, 200, "jpg")


def test_camera_and_place_are_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[271], exif[274] = CAMERA, TURNED
    exif.get_ifd(PLACE)[1] = "N"
    raw = file_of(noise(300, 200), "JPEG", exif=exif, comment=b"a remark")
    assert CAMERA.encode() in raw

    made = mailable(raw, "stone")

    assert (made.width, made.height) == (200, 300)
    assert CAMERA.encode() not in made.content
    assert b"a remark" not in made.content
    assert dict(opened(made.content).getexif()) == {}


def test_words_in_a_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Somebody at home")

    made = mailable(file_of(Image.new("RGB", (20, 20), "red"), "PNG", pnginfo=words), "dot")

    assert made.suffix == "png"
    assert b"Somebody" not in made.content
    assert opened(made.content).info.get("Author") is None


def test_what_can_be_seen_through_stays_so() -> None:
    made = mailable(file_of(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG"), "logo")

    assert made.suffix == "png"
    assert opened(made.content).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_bomb_is_not_unpacked() -> None:
    side = 20_000
    assert side * side > MAX_PIXELS
    bomb = file_of(Image.new("1", (side, side)), "PNG")
    assert len(bomb) < 100_000

    with pytest.raises(BadPicture, match=r"big\.png has too many pixels"):
        mailable(bomb, "big.png")


def test_a_transparent_noise_that_no_quality_makes_small_is_refused() -> None:
    with pytest.raises(BadPicture, match="has more than 200 kB at any quality; crop it"):
        mailable(file_of(noise(1200, 1200, "RGBA"), "PNG"), "fog.png")


@pytest.mark.parametrize(
    "raw",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n", b"%PDF"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(BadPicture, match="stone cannot be read as GIF, JPEG, PNG or WebP"):
        mailable(raw, "stone")


@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_made_or_refused_and_nothing_else(at: int, damage: bytes) -> None:
    whole = file_of(noise(16, 16), "PNG")
    raw = whole[:at] + damage + whole[at + len(damage) :]

    try:
        made = mailable(raw, "stone")
    except BadPicture:
        return
    assert len(made.content) <= MAX_BYTES


def test_the_same_file_gives_the_same_picture() -> None:
    raw = file_of(noise(500, 500), "JPEG")

    assert mailable(raw, "a") == mailable(raw, "b")


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    row = b"".join(grey.to_bytes(2, "little") * 20 for grey in (8_000, 40_000))
    deep = Image.frombytes("I;16", (40, 40), row * 40)

    made = opened(mailable(file_of(deep, "PNG"), "scan").content)

    assert made.getpixel((5, 20)) == pytest.approx(8_000 / 256, abs=1)
    assert made.getpixel((35, 20)) == pytest.approx(40_000 / 256, abs=1)


@pytest.mark.parametrize(
    ("mode", "form", "how"),
    [
        ("P", "PNG", {"transparency": 0}),
        ("L", "PNG", {"transparency": 0}),
        ("RGB", "PNG", {"transparency": (0, 0, 0)}),
        ("LA", "PNG", {}),
        ("P", "GIF", {"transparency": 0}),
    ],
)
def test_whatever_says_what_is_transparent_large_or_small_it_stays_so(
    mode: str, form: str, how: dict[str, object]
) -> None:
    for side in (20, MAX_SIDE_PX + 400):
        made = mailable(file_of(Image.new(mode, (side, side)), form, **how), "glass")

        assert opened(made.content).convert("RGBA").getchannel("A").getpixel((5, 5)) == 0


@pytest.mark.parametrize(
    ("mode", "form", "colour"),
    [
        ("1", "PNG", 1),
        ("L", "JPEG", 90),
        ("CMYK", "JPEG", (0, 255, 255, 0)),
        ("RGB", "WEBP", "red"),
    ],
)
def test_every_kind_of_colour_is_read(mode: str, form: str, colour: object) -> None:
    image = Image.new(mode, (30, 20), colour)  # type: ignore[arg-type] # a colour
    want = image.convert("RGB").getpixel((3, 3))

    made = opened(mailable(file_of(image, form), "dot").content).convert("RGB")

    assert made.getpixel((3, 3)) == pytest.approx(want, abs=6)


def test_a_photograph_may_have_more_pixels_than_what_is_held_whole() -> None:
    pixels = Image.new("RGB", (6000, 5000), "navy")
    assert MAX_PIXELS_WHOLE < pixels.width * pixels.height < MAX_PIXELS

    assert mailable(file_of(pixels, "JPEG"), "sky.jpg").width == MAX_SIDE_PX
    with pytest.raises(
        BadPicture, match=r"too many pixels, at most 16 million; .* or save it as JPEG"
    ):
        mailable(file_of(pixels, "PNG", compress_level=1), "sky.png")
