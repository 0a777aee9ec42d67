"""The logo that a newsletter, or one of its series, shows at the head of mails and pages."""

from functools import partial

from partwork.actions.media import picture_of
from partwork.assembly import Press
from partwork.images.logo import logo_on
from partwork.images.mailable import BadPicture
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Logo, Picture
from partwork.model.series import Series
from partwork.rendering.dress import PAPER


def logo_of(press: Press, newsletter: Newsletter, series: Series | None = None) -> Logo | None:
    """The logo of the series, or else of the newsletter, ready to be served; None if it has none.

    Raises ManuscriptError, of the settings file that names it, for one that is not there, cannot
    be made out, or of which nobody says who made it and why it may be shown: a mail goes out with
    its logo, or not at all.
    """
    worn = series.brand.on(newsletter) if series else newsletter
    if not worn.logo:
        return None
    toml = press.library.newsletter_file(newsletter.slug)
    if series and series.brand.logo:
        toml = press.library.series_folder(series.slug) / "series.toml"

    def picture(field: str, name: str, paper: str) -> Picture:
        try:
            return picture_of(press, name, partial(logo_on, paper=paper))
        except (BadPicture, LibraryError, ManuscriptError) as error:
            said = f"{field} cannot be shown: {error}"
            raise ManuscriptError(press.library.shown(toml), 0, said) from None

    light = picture("logo", worn.logo, PAPER["light"])
    dark = picture("logo_dark", worn.logo_dark, PAPER["dark"]) if worn.logo_dark else None
    return Logo(light, dark)


def logo_if_fit(press: Press, newsletter: Newsletter) -> Logo | None:
    """The newsletter's logo for a mail that somebody waits for: if it is not fit, there is none."""
    try:
        return logo_of(press, newsletter)
    except ManuscriptError:
        return None
