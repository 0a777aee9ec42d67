"""Previews on this machine alone, that show themselves anew when a file is saved."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from partwork.actions.media import served_picture
from partwork.actions.preview import Previewed
from partwork.actions.watch import Rendering
from partwork.assembly import Press
from partwork.rendering.templates import filled
from partwork.web.pages import public_picture

FILES = ("mail.html", "mail.txt", "page.html")


def create_watcher(press: Press, latest: Callable[[], Rendering]) -> FastAPI:
    """The app that shows the latest rendering. GET changes nothing: it is made elsewhere."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    def desk(part: int = 0) -> Response:
        """A part's mail and what is wrong with it; of the first part where none is named."""
        now = latest()
        context = {"now": now, "chosen": _chosen(now, part)}
        return HTMLResponse(filled("web/watch.html", press.library.templates(), context).text)

    @app.get("/stamp")
    def stamp() -> Response:
        """What changes with each saved file."""
        return PlainTextResponse(latest().stamp)

    @app.get("/media/{name}")
    def media(name: str) -> Response:
        """A picture of ours: previews ask for it by a path that leads up to here."""
        content = served_picture(press, name)
        if content is None:
            raise HTTPException(404)
        return public_picture(content, name)

    @app.get("/{part}/{name}")
    def file(part: int, name: str) -> Response:
        """One file of a part's preview."""
        chosen = _chosen(latest(), part)
        if name not in FILES or chosen is None or chosen.issue.number != part:
            raise HTTPException(404)
        text = press.library.read(chosen.folder / name)
        answer = PlainTextResponse if name.endswith(".txt") else HTMLResponse
        return answer(text, headers={"Content-Security-Policy": _NO_SCRIPT})

    # A page elsewhere must not read drafts by giving its own name our address (DNS rebinding).
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return app


_NO_SCRIPT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; "
    "frame-ancestors 'self'"
)


def _chosen(now: Rendering, part: int) -> Previewed | None:
    """The preview of that part, else the first there is."""
    of_it = (item for item in now.shown if item.issue.number == part)
    return next(of_it, next(iter(now.shown), None))
