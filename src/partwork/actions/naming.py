"""What newsletters and series are called on pages that must open whatever state their files are in.

Leaving must not wait until an editor has mended a file.
"""

from dataclasses import dataclass

from partwork.actions.loading import load_newsletter
from partwork.assembly import Press
from partwork.manuscript.series import parse_series
from partwork.model.errors import PartworkError


@dataclass(frozen=True, slots=True)
class Named:
    """A newsletter, and what it is called."""

    slug: str
    name: str


def all_named(press: Press) -> tuple[Named, ...]:
    """All newsletters by their slugs."""
    return tuple(Named(slug, name_of(press, slug)) for slug in press.library.newsletter_slugs())


def name_of(press: Press, newsletter: str) -> str:
    """The name that a newsletter's file has; its slug where the file is gone or broken."""
    try:
        return load_newsletter(press, newsletter).name
    except PartworkError:
        return newsletter


def title_of(press: Press, series: str) -> str:
    """The title that a series' file has; its slug where the file is gone or broken."""
    try:
        file = press.library.series_folder(series) / "series.toml"
        return parse_series(press.library.read(file), series, press.library.shown(file)).title
    except PartworkError:
        return series
