"""Pictures in what is published."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureNote:
    """What an editor says of a picture: nothing is published of which one of these is missing.

    `alt` says what it shows to those who do not see it, `credit` who made it, and `permission`
    why it may be shown here, such as a licence or a letter.
    """

    alt: str
    credit: str
    permission: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as mails and pages show it: its address and size in pixels, and what is said."""

    url: str
    width: int
    height: int
    note: PictureNote


# The room a masthead has for a logo, in CSS pixels: as wide as it may be on the smallest phone, as
# high as two lines of its text.
LOGO_WIDTH_PX, LOGO_HEIGHT_PX = 260, 46


@dataclass(frozen=True, slots=True)
class Logo:
    """A newsletter's sign for its masthead; `dark` takes its place on dark paper, if there is one.

    Neither lets its paper show through, so that nothing a mail program does to colours hides it.
    """

    light: Picture
    dark: Picture | None = None
