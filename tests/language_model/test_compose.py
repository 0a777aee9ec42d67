"""Composing with a language model: what stands in the home afterwards is checked like any part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partwork.actions.check import faults_of
from partwork.actions.compose import ComposeReport, compose
from partwork.actions.ingest import ingest
from partwork.assembly import Press, assemble
from partwork.language_model.errors import Unusable
from partwork.model.article import Rights
from partwork.model.fault import Severity
from partwork.model.series import Division
from partwork.settings import Settings
from tests.language_model.conftest import KEY, Row, Server

ARTICLES = Path(__file__).parents[1] / "data" / "articles"


@pytest.fixture
def press(home: Path, server: Server) -> Iterator[Press]:
    """A press whose settings name the server, with articles."""
    settings = Settings(
        home=home,
        writer_url=server.url,
        writer_key=KEY,
        writer_model="scribe-1",
        writer_price_in=1.0,
    )
    with assemble(settings) as assembled:
        ingest(assembled, sorted(ARTICLES.glob("*.txt")), rights=Rights.OWN)
        yield assembled


def composed(press: Press) -> ComposeReport:
    return compose(
        press,
        "compost",
        (),
        title="Compost",
        newsletter="",
        division=Division.THEME,
        parts=None,
    )


def whole(press: Press) -> str:
    return "\n".join(press.library.read(f) for f in press.library.instalment_files("compost"))


def shortened(row: Row) -> Row:
    """A rewording that only drops a "the", where there is one."""
    return {**row, "text": row["text"].replace(" the ", " ", 1)}


def test_a_model_rewords_what_was_composed_and_check_finds_nothing_wrong(
    press: Press, server: Server
) -> None:
    server.script = [server.rewords(shortened) for _ in range(9)]
    report = composed(press)

    assert [f for f in faults_of(press, "compost") if f.severity is Severity.FAULT] == []
    assert int(report.rewording[0].split(" of ")[0]) > 5
    assert "tokens in" in report.rewording[0]
    assert KEY not in whole(press) + repr(report)


def test_composed_again_a_series_is_the_same_and_costs_nothing(
    press: Press, server: Server
) -> None:
    server.script = [server.rewords(shortened) for _ in range(9)]
    composed(press)
    before, requests = whole(press), len(server.requests)
    report = composed(press)

    assert whole(press) == before
    assert report.written == ()
    assert len(server.requests) == requests
    assert "0 requests" in report.rewording[0]


def test_a_model_that_is_not_there_leaves_the_extract(press: Press, server: Server) -> None:
    server.script = [server.gives(b"", 404)]
    report = composed(press)

    assert report.written
    assert "check address and model" in report.rewording[1]
    assert report.fell_back


def test_settings_that_cannot_be_are_refused_before_anything_is_written(home: Path) -> None:
    with assemble(Settings(home=home, writer_url="https://api.example.org/v1")) as press:
        with pytest.raises(Unusable, match="say which one"):
            composed(press)
        assert press.library.series_slugs() == ()
