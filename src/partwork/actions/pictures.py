"""Previews → pictures of the mails, as phones and wide screens show them in light and dark."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from partwork.actions.media import picture_at
from partwork.actions.preview import Previewed, preview_folder, sample_fields
from partwork.assembly import Press, Progress
from partwork.delivering.segments import filled
from partwork.model.issue import Issue
from partwork.screenshots.chromium import Scheme, View, camera, found_chromium, is_cut_off

VIEWS = tuple(View(width_px, scheme) for width_px in (375, 600) for scheme in Scheme)


def browser_of(press: Press) -> Path | None:
    """The browser that takes the pictures; None where nobody named one and none is found."""
    named = press.settings.chromium
    return Path(named) if named else found_chromium()


def take_pictures(
    press: Press,
    shown: Sequence[Previewed],
    browser: Path,
    progress: Progress = lambda _done, _of: None,
) -> None:
    """Puts `mail-375-light-<hash>.png` and five more beside each preview, if they are not there.

    Pictures of earlier words go. Raises NoPicture where the browser takes none.
    """
    missing = [item for item in shown if len(pictures_of(press, item.issue)) < len(VIEWS)]
    if not missing:
        return
    with camera(browser) as taking:
        for done, item in enumerate(missing, 1):
            for old in item.folder.glob("mail-*.png"):
                old.unlink(missing_ok=True)
            html = filled(item.issue.html, sample_fields(press, item.issue), html=True)
            for view in VIEWS:
                file = item.folder / _name(item.issue, view)
                press.library.write(file, taking.picture(html, view, partial(picture_at, press)))
            progress(done, len(missing))


def pictures_of(press: Press, issue: Issue) -> tuple[tuple[View, Path], ...]:
    """The pictures there are of exactly this issue's words."""
    folder = preview_folder(press, issue)
    files = ((view, folder / _name(issue, view)) for view in VIEWS)
    return tuple((view, file) for view, file in files if file.is_file())


def cut_off(press: Press, issue: Issue) -> frozenset[View]:
    """The views whose pictures end before the mail does."""
    taken = pictures_of(press, issue)
    return frozenset(view for view, file in taken if is_cut_off(press.library.read_raw(file)))


def _name(issue: Issue, view: View) -> str:
    return f"mail-{view.name}-{issue.content_hash[:16]}.png"
