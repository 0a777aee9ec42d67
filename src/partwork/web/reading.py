"""What everyone may read: the archive as pages, and for machines."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from partwork.actions.archive import (
    IN_A_FEED,
    archive_of,
    newsletters,
    public_pages,
    series_shown,
)
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.rendering.feeds import atom, json_feed, sitemap
from partwork.web.pages import Pages

_KEPT = {"Cache-Control": "public, max-age=300"}


def reading_routes(press: Press, pages: Pages, error_page: Callable[[int], Response]) -> APIRouter:
    """The front page, archives and series, feeds, the sitemap and what robots may not see."""
    router = APIRouter()
    site = press.settings.public_url

    @router.api_route("/", methods=["GET", "HEAD"])
    def front() -> Response:
        """All newsletters; of one alone its own page."""
        found = newsletters(press)
        if len(found) == 1:
            return RedirectResponse(f"newsletters/{found[0].slug}", 302)
        return pages.front(found) if found else error_page(404)

    @router.api_route("/newsletters/{slug}/archive", methods=["GET", "HEAD"])
    def archive(slug: str) -> Response:
        """All parts of a newsletter, series by series."""
        try:
            return pages.archive(archive_of(press, slug))
        except LibraryError:
            return error_page(404)

    @router.api_route("/series/{slug}", methods=["GET", "HEAD"])
    def series(slug: str) -> Response:
        """The published parts of a series."""
        try:
            return pages.series(*series_shown(press, slug))
        except LibraryError:
            return error_page(404)

    @router.api_route("/newsletters/{slug}/atom.xml", methods=["GET", "HEAD"])
    def atom_feed(slug: str) -> Response:
        """The newest parts, as Atom."""
        try:
            found = archive_of(press, slug)
        except LibraryError:
            return error_page(404)
        feed = atom(found.newsletter, found.newest[:IN_A_FEED], site)
        return Response(feed, media_type="application/atom+xml", headers=_KEPT)

    @router.api_route("/newsletters/{slug}/feed.json", methods=["GET", "HEAD"])
    def feed(slug: str) -> Response:
        """The newest parts, as JSON Feed."""
        try:
            found = archive_of(press, slug)
        except LibraryError:
            return error_page(404)
        text = json_feed(found.newsletter, found.newest[:IN_A_FEED], site)
        return Response(text, media_type="application/feed+json", headers=_KEPT)

    @router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
    def site_map() -> Response:
        """Every page that is to be found."""
        found = ((f"{site}/{path}", changed_at) for path, changed_at in public_pages(press))
        return Response(sitemap(found), media_type="application/xml", headers=_KEPT)

    @router.api_route("/robots.txt", methods=["GET", "HEAD"])
    def robots() -> Response:
        """What is one person's own is nobody else's to list (RFC 9309)."""
        lines = (f"Disallow: /{private}/" for private in _PRIVATE)
        text = "\n".join(("User-agent: *", *lines, "", f"Sitemap: {site}/sitemap.xml", ""))
        return PlainTextResponse(text, headers=_KEPT)

    return router


_PRIVATE = ("u", "confirm", "undo", "preferences", "move", "articles", "drafts")
