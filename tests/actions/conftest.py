"""A home with articles and readers in it, and a mail server that it may send to."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from partwork.actions.compose import compose
from partwork.actions.ingest import ingest
from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.model.article import Rights
from partwork.model.series import Division
from partwork.settings import Settings
from tests.actions.sending import published, subscribe
from tests.conftest import BACKENDS
from tests.transport.rough_server import RoughServer

ARTICLES = Path(__file__).parents[1] / "data" / "articles"
READERS = ("ada@example.org", "grace@example.org", "mary@example.org")


@pytest.fixture(scope="session")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a home with two ingested articles and a series of them, for tests to copy."""
    folder = tmp_path_factory.mktemp("composed") / "home"
    init_home(folder, wishes_from("The Bench", "", "", "", None))
    with assemble(Settings(home=folder)) as press:
        report = ingest(press, sorted(ARTICLES.glob("*.txt")), rights=Rights.OWN)
        assert not report.refused
        compose(
            press,
            "compost",
            tuple(made.cleaned.article.slug for made in report.articles),
            title="A heap of one's own",
            newsletter="",
            division=Division.ARTICLE,
            parts=None,
        )
    return folder / "content"


@pytest.fixture
def articles(press: Press, composed: Path) -> tuple[str, ...]:
    """The names of two ingested articles."""
    content = press.settings.home / "content"
    shutil.copytree(composed / "articles", content / "articles", dirs_exist_ok=True)
    return tuple(press.library.article_slugs())


@pytest.fixture
def series(press: Press, articles: tuple[str, ...], composed: Path) -> str:
    """A composed series of two parts or more."""
    content = press.settings.home / "content"
    shutil.copytree(composed / "series", content / "series", dirs_exist_ok=True)
    return "compost"


@pytest.fixture
def readers(press: Press) -> tuple[str, ...]:
    """Three confirmed subscribers of the home's newsletter; tests of many have their own."""
    subscribe(press, READERS)
    return READERS


@pytest.fixture
def issue(press: Press, series: str, readers: tuple[str, ...]) -> str:
    """The first part is published, and nobody has it yet; the second is approved."""
    return published(press, series)


@pytest.fixture
def server() -> Iterator[RoughServer]:
    """A mail server that does as it is told."""
    with RoughServer() as running:
        yield running


@pytest.fixture
def smtp_settings(press: Press, server: RoughServer) -> Settings:
    """The settings of the home if it sends to that server."""
    return Settings(home=press.settings.home, smtp_url=server.url)


@pytest.fixture
def by_smtp(smtp_settings: Settings) -> Iterator[Press]:
    """The press of the home that sends to that server."""
    with assemble(smtp_settings) as assembled:
        yield assembled


@pytest.fixture(params=BACKENDS)
def new_home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A folder that is not there yet, and an empty database of either kind."""
    url = ""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgresql")
        url = make()
    return Settings(home=tmp_path / "another machine" / "home", database_url=url)
