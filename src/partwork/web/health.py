"""How the app is, for whoever watches over it."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from partwork.assembly import Press
from partwork.model.host import is_loopback
from partwork.store.engine import StoreError
from partwork.store.migrating import revision_of
from partwork.web.metrics import Metrics
from partwork.web.pages import NOT_FOUND, Pages


def health_routes(press: Press, pages: Pages, metrics: Metrics) -> APIRouter:
    """Whether it runs, whether it can work, and figures of how it did."""
    router = APIRouter()

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> dict[str, str]:
        """That the process answers; the database is not asked."""
        return {"status": "ok"}

    @router.api_route("/readyz", methods=["GET", "HEAD"])
    def readyz() -> Response:
        """That the database answers too; 503 where it does not."""
        try:
            revision_of(press.engine)
        except StoreError:
            return JSONResponse({"status": "no database"}, 503)
        return JSONResponse({"status": "ok"})

    @router.api_route("/metrics", methods=["GET", "HEAD"])
    def figures(request: Request) -> Response:
        """Figures for Prometheus, to programs on this machine alone: nobody else's to read."""
        if not _is_from_here(request):
            return pages.message(NOT_FOUND, 404)
        return metrics.page()

    return router


def _is_from_here(request: Request) -> bool:
    """Whether a program on this machine asks, and no proxy for somebody else."""
    forwarded = {"forwarded", "x-forwarded-for"} & set(request.headers)
    host = request.client.host if request.client else ""
    return not forwarded and is_loopback(host)
