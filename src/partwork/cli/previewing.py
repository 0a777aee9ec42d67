"""The command that shows an editor what subscribers would get."""

import threading
import webbrowser
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    WRITING,
    Flag,
    Part,
    app,
    counted,
    err,
    out,
    press_of_home,
    progress_bar,
    say_refused,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.actions.preview import Previewed
    from partwork.assembly import Press

_LOOKS_EVERY = 0.5  # seconds; a save is seen as soon as the eye is back on the browser


@app.command(group=WRITING, sort_key=9)
def preview(
    series: str,
    *,
    part: Part = None,
    open_: Annotated[bool, Parameter("--open", negative="")] = False,
    watch: Flag = False,
    pictures: Annotated[bool, Parameter(show_default=False)] = True,
) -> int:
    """Render the drafts of a series and write them to .partwork/previews.

    Example: partwork preview better-sleep --part 1 --open

    Beside each mail stand pictures of it at 375 and 600 pixels, in light, in dark, and darkened by
    a program that does not ask the mail how, where Chromium is found.

    Parameters
    ----------
    series
        Its name.
    part
        One part alone, by its number.
    open_
        Show the first mail in the browser.
    watch
        Serve the previews on this machine until Ctrl-C; they show themselves anew at each save.
        No pictures are taken then.
    pictures
        Take the pictures; --no-pictures is quicker.
    """
    if watch:
        return _watch(series, part, open_in_browser=open_)
    from partwork.actions.gone_out import gone_out
    from partwork.actions.preview import preview as render_drafts

    with press_of_home() as press:
        shown = render_drafts(press, series, part, utc_now())
        for item in shown:
            folder = press.library.shown(item.folder)
            out.print(f"{item.issue.name}: {folder}/mail.html")
        if already := gone_out(press, series, [item.issue for item in shown]):
            err.print(already)
        if pictures:
            _take_pictures(press, shown)
    if open_:
        webbrowser.open((shown[0].folder / "mail.html").as_uri())
    return DONE


def _take_pictures(press: "Press", shown: Sequence["Previewed"]) -> None:
    """A preview without pictures is one all the same: what kept them from being taken is said."""
    from partwork.actions.pictures import VIEWS, browser_of, cut_off, take_pictures
    from partwork.screenshots.chromium import TALLEST_PX
    from partwork.screenshots.errors import NoPicture

    browser = browser_of(press)
    if browser is None:
        err.print("No pictures: no Chromium found; install one or set PARTWORK_CHROMIUM")
        return
    try:
        with progress_bar("photographing") as progress:
            take_pictures(press, shown, browser, progress)
    except NoPicture as error:
        say_refused(error)
    else:
        err.print(f"{counted(len(VIEWS), 'picture')} of each mail beside it, mail-*.png")
        for item in shown:
            if views := cut_off(press, item.issue):
                names = ", ".join(sorted(view.name for view in views))
                said = f"its pictures {names} end at {TALLEST_PX} pixels; read on in mail.html"
                err.print(f"{item.issue.name}: {said}")


def _watch(series: str, part: int | None, *, open_in_browser: bool) -> int:
    from partwork.actions.watch import rendering, stamp_of
    from partwork.web.serve import serve
    from partwork.web.watching import create_watcher

    with press_of_home() as press:
        latest = rendering(press, series, part, utc_now())
        ended = threading.Event()

        def look() -> None:
            nonlocal latest
            while not ended.wait(_LOOKS_EVERY):
                if stamp_of(press, series) != latest.stamp:
                    latest = rendering(press, series, part, utc_now())
                    err.print(latest.error or "rendered again")

        def told(address: str) -> None:
            err.print(f"Serving {address} until Ctrl-C; save a file and look")
            if open_in_browser:
                webbrowser.open(address)

        if latest.error:
            err.print(latest.error)
        watching = threading.Thread(target=look, daemon=True)
        watching.start()
        try:
            serve(create_watcher(press, lambda: latest), "127.0.0.1", 0, told)
        finally:
            ended.set()
            watching.join()
    return DONE
