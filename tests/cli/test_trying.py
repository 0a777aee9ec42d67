"""`doctor --feedback` in the terminal, and what `send` says as long as it was never done."""

import json
from pathlib import Path

import pytest

from partwork.cli.main import run
from partwork.settings import Settings
from tests.transport.rough_server import RoughServer


@pytest.fixture
def by_smtp(named_home: Path, monkeypatch: pytest.MonkeyPatch):
    """The home that the environment names sends to a server on this machine."""
    with RoughServer() as server:
        monkeypatch.setenv("PARTWORK_SMTP_URL", server.url)
        yield server


def test_what_was_tried_is_told_line_by_line(by_smtp, capsys):
    assert run(["doctor", "--feedback", "--wait", "0s"]) == 1

    told = capsys.readouterr()
    bounce, complaint = told.out.splitlines()
    assert complaint.startswith("ok    complaint by relay smtp: cannot be tried with this relay")
    assert bounce.startswith(
        "MEND  bounce by relay smtp: nothing came back in 0 s: nothing listens"
    )
    assert told.err.startswith("bounce by relay smtp: sending to partwork-bounce-test-")
    assert len(by_smtp.got) == 1


def test_the_mail_that_must_bounce_may_go_where_one_says(by_smtp, capsys):
    run(["doctor", "--feedback", "nobody@example.org", "--wait", "0s", "--json"])

    assert list(by_smtp.got) == ["nobody@example.org"]
    told = json.loads(capsys.readouterr().out)
    assert [(one["subject"], one["well"]) for one in told] == [
        ("bounce by relay smtp", False),
        ("complaint by relay smtp", True),
    ]


def test_without_the_option_nothing_is_sent_and_the_last_time_is_told(
    by_smtp, capsys, monkeypatch: pytest.MonkeyPatch
):
    run(["doctor"])
    nobody_listens = capsys.readouterr().out
    monkeypatch.setenv("PARTWORK_POSTMARK_LOGINS", "postmark:a-long-password-of-ours")
    run(["doctor"])
    somebody_does = capsys.readouterr().out

    assert "ok    feedback: never tried; nothing listens: set PARTWORK_BOUNCE" in nobody_listens
    assert "ok    feedback: never tried; `partwork doctor --feedback` sends" in somebody_does
    assert not by_smtp.got


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["ada@example.org"], 2, "an address is for --feedback"),
        (["--feedback", "--wait", "soon"], 2, "--wait is a time such as 90s, 5m or 1h"),
        (["--feedback", "--wait", "-5m"], 2, "--wait"),
        (["--feedback", "nobody"], 1, "'nobody' is not an e-mail address"),
    ],
)
def test_what_cannot_be_meant_so_is_one_line(by_smtp, capsys, arguments, status, said):
    assert run(["doctor", *arguments]) == status

    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert not by_smtp.got


def test_from_the_outbox_nothing_is_tried(named_home, capsys):
    assert run(["doctor", "--feedback"]) == 1

    assert "partwork: mails go to the outbox" in capsys.readouterr().err
    assert Settings().smtp_url.get_secret_value() == ""
