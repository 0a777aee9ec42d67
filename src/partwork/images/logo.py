"""Logos made fit for the head of a mail, on paper that no mail program can take from under them."""

from PIL import Image, ImageOps

from partwork.images.mailable import BadPicture, Mailable, opened, saved
from partwork.model.colour import contrast
from partwork.model.picture import LOGO_HEIGHT_PX, LOGO_WIDTH_PX

_DENSITY = 3  # pixels of a phone's screen for each of CSS's
_ROOM = (_DENSITY * LOGO_WIDTH_PX, _DENSITY * LOGO_HEIGHT_PX)
_SIDE = 4 * _ROOM[0]  # what it is cut out of: ink that fills a quarter of it is still sharp
_MARGIN = 0.12  # of its height, so that no ink touches the edge of its paper; a matter of taste
_APART = 3.0  # contrast that shapes need to be made out (WCAG 2.2, 1.4.11)
_SHAPE = 0.01  # of its pixels have to be so; a guess: thin letters are a tenth
_COLOURS = 64  # enough to tell ink from paper


def logo_on(raw: bytes, name: str, paper: str) -> Mailable:
    """The logo `name` on `paper` (`#rrggbb`), PNG, three times as large as a masthead shows it.

    Nothing of it stays transparent: a program that darkens a mail may darken what stands behind a
    picture, and dark ink would be lost. Empty edges go; what lets paper through gets a margin.
    Raises BadPicture for what is no picture, is empty, or cannot be made out on that paper.
    """
    image = opened(raw, name, _SIDE)
    if image.mode == "RGBA":
        image = _laid_on(image, name, paper)
    image = image.convert("RGB")
    image.thumbnail(_ROOM, Image.Resampling.LANCZOS)
    if _share_apart(image, paper) < _SHAPE:
        raise BadPicture(name, f"cannot be made out on {paper}; give it other ink or a ground")
    return Mailable(saved(image, "PNG", optimize=True), "png", *image.size)


def _laid_on(image: Image.Image, name: str, paper: str) -> Image.Image:
    alpha = image.getchannel("A")
    inked = alpha.getbbox()
    if inked is None:
        raise BadPicture(name, "is transparent all over; save it with its ink")
    if alpha.getextrema() == (255, 255):
        return image
    cropped = image.crop(inked)
    cropped.thumbnail((2 * _ROOM[0], 2 * _ROOM[1]), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", cropped.size, paper)
    ground.alpha_composite(cropped)
    return ImageOps.expand(ground, max(1, round(_MARGIN * cropped.height)), paper)


def _share_apart(image: Image.Image, paper: str) -> float:
    """How much of the image, 0 to 1, can be told from the paper."""
    few = image.quantize(_COLOURS)
    palette = bytes(few.getpalette() or ())
    colours = (palette[at : at + 3] for at in range(0, len(palette), 3))
    apart = sum(
        pixels
        for pixels, colour in zip(few.histogram(), colours, strict=False)
        if contrast(f"#{colour.hex()}", paper) >= _APART
    )
    return apart / (few.width * few.height)
