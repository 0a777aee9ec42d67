"""Whoever sends many mails and never tried what comes back is told so, once a command."""

from pathlib import Path

import pytest

from partwork.actions.approve import approve
from partwork.actions.preview import preview
from partwork.assembly import Press
from partwork.cli.main import run
from tests.actions.sending import subscribe
from tests.conftest import NOW

WARNING = (
    "partwork: 1,001 mails are about to leave, and whether bounces come back has never been tried; "
    "`partwork doctor --feedback` does it\n"
)


@pytest.fixture
def many(press: Press, series: str, named_home: Path) -> str:
    """A part that is approved for 1,001 readers."""
    subscribe(press, [f"reader.{n}@example.org" for n in range(1001)])
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    return series


def test_publish_and_send_say_that_nobody_hears_what_comes_back(
    many: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTWORK_SMTP_URL", "smtp://user:password@mail.example.org:587")

    assert run(["publish", many, "--now"]) == 0
    published = capsys.readouterr()
    issue = published.out.strip()
    assert published.err.count(WARNING) == 1
    assert run(["send", issue, "--dry-run"]) == 0
    assert WARNING not in capsys.readouterr().err
    assert run(["send", issue]) == 1  # of a demo nothing leaves
    assert capsys.readouterr().err.startswith(WARNING)


def test_to_the_outbox_nothing_is_said(many: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", many, "--now"]) == 0

    assert "never been tried" not in capsys.readouterr().err
