"""What everyone may read: the archive as pages, and for machines."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from partwork.actions.archive import (
    IN_A_FEED,
    archive_of,
    newsletters,
    public_pages,
    published_state,
    series_shown,
)
from partwork.actions.read_issue import published_page, published_page_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.correction import Withdrawal
from partwork.rendering.feeds import atom, json_feed, sitemap
from partwork.web.kept import Kept
from partwork.web.pages import Pages, issue_page


def reading_routes(press: Press, pages: Pages, error_page: Callable[[int], Response]) -> APIRouter:
    """The front page, archives and series, feeds, the sitemap and what robots may not see."""
    router = APIRouter()
    site = press.pages_url

    kept = Kept(lambda: published_state(press))

    async def shown(request: Request, make: Callable[[], Response]) -> Response:
        try:
            return await kept.answer(request, make)
        except LibraryError:
            return error_page(404)

    def front_page() -> Response:
        found = newsletters(press)
        if len(found) == 1:
            return RedirectResponse(f"newsletters/{found[0].slug}", 302)
        return pages.front(found) if found else error_page(404)

    def stored(page: str | Withdrawal | None) -> Response:
        if isinstance(page, Withdrawal):
            return pages.withdrawn(page)
        return error_page(404) if page is None else issue_page(page)

    def feed_of(slug: str, write: Callable[..., bytes], media_type: str) -> Response:
        found = archive_of(press, slug)
        feed = write(found.newsletter, found.newest[:IN_A_FEED], site)
        return Response(feed, media_type=media_type)

    def map_of_site() -> Response:
        found = ((f"{site}/{path}", changed_at) for path, changed_at in public_pages(press))
        return Response(sitemap(found), media_type="application/xml")

    @router.api_route("/", methods=["GET", "HEAD"])
    async def front(request: Request) -> Response:
        """All newsletters; of one alone its own page."""
        return await shown(request, front_page)

    @router.api_route("/newsletters/{slug}/archive", methods=["GET", "HEAD"])
    async def archive(slug: str, request: Request) -> Response:
        """All parts of a newsletter, series by series."""
        return await shown(request, lambda: pages.archive(archive_of(press, slug)))

    @router.api_route("/series/{slug}", methods=["GET", "HEAD"])
    async def series(slug: str, request: Request) -> Response:
        """The published parts of a series."""
        return await shown(request, lambda: pages.series(*series_shown(press, slug)))

    @router.api_route("/issues/{name}", methods=["GET", "HEAD"])
    async def issue(name: str, request: Request) -> Response:
        """The web version of a published issue, as it was stored with it."""
        return await shown(request, lambda: stored(published_page(press, name)))

    @router.api_route("/parts/{instalment}", methods=["GET", "HEAD"])
    async def part(instalment: str, request: Request) -> Response:
        """The same under an address that stays when a part is mended and published again."""
        return await shown(request, lambda: stored(published_page_of(press, instalment)))

    @router.api_route("/newsletters/{slug}/atom.xml", methods=["GET", "HEAD"])
    async def atom_feed(slug: str, request: Request) -> Response:
        """The newest parts, as Atom."""
        return await shown(request, lambda: feed_of(slug, atom, "application/atom+xml"))

    @router.api_route("/newsletters/{slug}/feed.json", methods=["GET", "HEAD"])
    async def feed(slug: str, request: Request) -> Response:
        """The newest parts, as JSON Feed."""
        return await shown(request, lambda: feed_of(slug, json_feed, "application/feed+json"))

    @router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
    async def site_map(request: Request) -> Response:
        """Every page that is to be found."""
        return await shown(request, map_of_site)

    @router.api_route("/robots.txt", methods=["GET", "HEAD"])
    def robots() -> Response:
        """What is one person's own is nobody else's to list (RFC 9309)."""
        lines = (f"Disallow: /{private}/" for private in _PRIVATE)
        text = "\n".join(("User-agent: *", *lines, "", f"Sitemap: {site}/sitemap.xml", ""))
        return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=300"})

    return router


_PRIVATE = (
    *("u", "l", "confirm", "undo", "preferences", "move"),
    *("articles", "drafts", "read", "waiting", "stop"),
)
