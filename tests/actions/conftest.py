"""A home with articles and readers in it."""

from pathlib import Path

import pytest

from partwork.actions.compose import compose
from partwork.actions.ingest import ingest
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press
from partwork.model.article import Rights
from partwork.model.series import Division
from tests.conftest import NOW

ARTICLES = Path(__file__).parents[1] / "data" / "articles"
READERS = ("ada@example.org", "grace@example.org", "mary@example.org")


@pytest.fixture
def articles(press: Press) -> tuple[str, ...]:
    """The names of two ingested articles."""
    report = ingest(press, sorted(ARTICLES.glob("*.txt")), rights=Rights.OWN)
    assert not report.refused
    return tuple(made.cleaned.article.slug for made in report.articles)


@pytest.fixture
def series(press: Press, articles: tuple[str, ...]) -> str:
    """A composed series of two parts or more."""
    compose(
        press,
        "compost",
        articles,
        title="A heap of one's own",
        newsletter="",
        division=Division.ARTICLE,
        parts=None,
    )
    return "compost"


@pytest.fixture
def readers(press: Press, tmp_path: Path) -> tuple[str, ...]:
    """Three confirmed subscribers of the home's newsletter."""
    file = tmp_path / "readers.csv"
    file.write_text("email\n" + "\n".join(READERS) + "\n")
    import_subscribers(press, file, "the-bench", note="asked at the fair", now=NOW)
    return READERS
