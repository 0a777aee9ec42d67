"""Pictures made fit for mail: upright, small enough, and without what cameras write into them."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from partwork.model.errors import PartworkError

MAX_SIDE_PX = 1_200  # twice the width of a mail: sharp on screens of double density
_SIDES_PX = (MAX_SIDE_PX, 900, 600)  # what is too much at one is tried at the next
MAX_BYTES = 200_000
MAX_PIXELS = 50_000_000  # of a JPEG, as many as a phone's camera takes; it is never held whole
MAX_PIXELS_WHOLE = 16_000_000  # of all others, which are; a WebP takes 300 MB while it is read
_READ = ("GIF", "JPEG", "PNG", "WEBP")
_SCALED = frozenset({"CMYK", "L", "RGB", "RGBA"})
_SRGB = ImageCms.createProfile("sRGB")
_QUALITIES = (85, 75, 65, 50)  # of JPEG; below 50 faces show squares


class BadPicture(PartworkError):
    """A file that is no picture for a mail. `name` says which, `why` why not."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name} {why}")


@dataclass(frozen=True, slots=True)
class Mailable:
    """A picture as it is served; `suffix` is jpg or png. Of the file it was, pixels are left."""

    content: bytes
    suffix: str
    width: int
    height: int


def mailable(raw: bytes, name: str) -> Mailable:
    """The picture `name`, at most 1,200 px on a side and 200 kB, JPEG or, where it must, PNG.

    The same bytes give the same picture. Of a moving one the first frame stays. Raises
    BadPicture for what is no picture, has too many pixels, or is too large whatever is done.
    """
    image = opened(raw, name)
    for side in _SIDES_PX:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        for suffix, content in _encoded(image):
            if len(content) <= MAX_BYTES:
                return Mailable(content, suffix, *image.size)
    raise BadPicture(name, f"has more than {MAX_BYTES // 1000} kB at any quality; crop it")


def opened(raw: bytes, name: str, side: int = MAX_SIDE_PX) -> Image.Image:
    """Its pixels alone, turned as its metadata says, in grey, colour or colour with alpha.

    One that is larger becomes as large as `side` allows, in pixels. Raises BadPicture for what is
    no picture or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have our own limit
            with Image.open(io.BytesIO(raw), formats=_READ) as image:
                is_jpeg = image.format == "JPEG"
                most = MAX_PIXELS if is_jpeg else MAX_PIXELS_WHOLE
                or_else = "" if is_jpeg else ", or save it as JPEG"
                if image.width * image.height > most:
                    said = f"has too many pixels, at most {most // 1_000_000} million"
                    raise BadPicture(name, f"{said}; make it smaller{or_else}")
                upright = ImageOps.exif_transpose(_shrunk(image, side))
    except BadPicture:
        raise
    except Image.DecompressionBombError:
        raise BadPicture(name, "has too many pixels; make it smaller") from None
    except Exception as error:  # noqa: BLE001 decoders raise whatever they like on broken files
        why = "cannot be read as GIF, JPEG, PNG or WebP; save it anew"
        raise BadPicture(name, f"{why} ({type(error).__name__})") from None
    shown = _in_srgb(upright)
    final = shown if shown.mode in {"L", "RGBA"} else shown.convert("RGB")
    bare = Image.new(final.mode, final.size)
    bare.paste(final)
    return bare


def saved(image: Image.Image, form: str, **how: object) -> bytes:
    """The image as the bytes of a file of that form, `PNG` or `JPEG`."""
    stream = io.BytesIO()
    image.save(stream, form, **how)
    return stream.getvalue()


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """The image no larger than `side`, in a mode that can be scaled, with what it says of itself.

    All that follows is done to the small one, since each step holds its image twice.
    """
    image.draft(None, (2 * side, 2 * side))  # a JPEG is read at a half, a quarter or an eighth
    image.load()
    if image.mode.startswith("I"):  # grey of 16 bits, which conversion would cut off at 8
        deep = image.info
        image = image.point(lambda grey: grey * (1 / 256)).convert("L")
        image.info = {key: deep[key] for key in deep if key != "transparency"}
    elif image.mode not in _SCALED or "transparency" in image.info:
        grey = "L" if image.mode in {"1", "L"} else "RGB"
        image = image.convert("RGBA" if image.has_transparency_data else grey)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Its colours as screens take them where no profile says otherwise: ours goes out without."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"CMYK", "RGB", "RGBA"}:
        return image
    to = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, theirs, _SRGB, outputMode=to)
    except (ImageCms.PyCMSError, OSError):  # a profile that is none: its colours are as they are
        return image
    return found or image


def _encoded(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Ever smaller files of it. Drawings of few colours are best as PNG, and keep their edges."""
    if image.mode == "RGBA" or image.getcolors(maxcolors=256):
        yield "png", saved(image, "PNG", optimize=True)
    if image.mode == "RGBA":
        yield "png", saved(image.quantize(256), "PNG", optimize=True)
        return
    for quality in _QUALITIES:
        yield "jpg", saved(image, "JPEG", quality=quality, optimize=True, progressive=True)
