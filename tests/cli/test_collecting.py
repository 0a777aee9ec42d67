"""`collect-bounces` in the terminal, and at the end of a mail server's pipe."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.feedback import take_in
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.events import set_aside as put_aside
from partwork.store.events import take_events
from tests.conftest import NOW

REPLY = b"From: ada@example.org\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBye\r\n"


def piped(home: Path, message: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What becomes of a mail that a mail server hands over."""
    return subprocess.run(
        [sys.executable, "-m", "partwork", "collect-bounces", "-"],
        input=message,
        capture_output=True,
        env={"PARTWORK_HOME": str(home), **environment},
        check=False,
    )


@pytest.fixture
def mailbox(named_home: Path, maildir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What has come into the mailbox of the home that the environment names."""
    monkeypatch.setenv("PARTWORK_BOUNCE_MAILBOX", f"maildir:{maildir}")
    return maildir / "new"


def test_what_came_back_is_told_in_a_line(mailbox, capsys):
    (mailbox / "1").write_bytes(REPLY)
    (mailbox / "2").write_bytes(b"Subject: hello\r\n\r\n")

    assert run(["collect-bounces"]) == 0

    assert capsys.readouterr().out == (
        "looked at 2 mails: 1 answered by a machine, 1 unrelated, 1 new to us; 1 judged\n"
    )


def test_programs_are_told_it_as_json(mailbox, capsys):
    (mailbox / "1").write_bytes(REPLY)

    run(["collect-bounces", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["told"] == {"auto-reply": 1}
    assert told["judged"]["judged"] == 1


def test_a_mailbox_that_is_not_there_is_one_line(named_home, monkeypatch, capsys):
    monkeypatch.setenv("PARTWORK_BOUNCE_MAILBOX", "maildir:/nowhere at all")

    assert run(["collect-bounces"]) == 1

    told = "partwork: the mailbox /nowhere at all: has no folders new and cur; name a Maildir\n"
    assert capsys.readouterr().err == told


def test_a_file_is_no_mailbox(named_home, capsys):
    assert run(["collect-bounces", "mail.eml"]) == 2
    assert "or one mail with a lone -" in capsys.readouterr().err


def test_a_mail_server_hands_over_one_mail(home):
    # as Postfix does: a line of its own on top, and LF at the ends (local(8), pipe delivery)
    written = b"From MAILER-DAEMON  Mon Mar  2 09:00:00 2026\n" + REPLY.replace(b"\r\n", b"\n")
    done = piped(home, written + b"x" * 1_000_000)

    assert done.returncode == 0
    assert done.stdout == b"looked at 1 mail: 1 answered by a machine, 1 new to us; 1 judged\n"


def test_a_mail_server_is_told_to_try_again_where_the_mail_cannot_be_kept(home):
    done = piped(home, REPLY, PARTWORK_DATABASE_URL="sqlite:////proc/nowhere/partwork.sqlite")

    assert done.returncode == 75  # sysexits.h: EX_TEMPFAIL
    assert done.stderr.count(b"\n") == 1


def test_a_mail_server_is_told_to_try_again_while_the_settings_are_wrong(home):
    done = piped(home, REPLY, PARTWORK_BOUNCE_ADDRESS="nobody")

    assert done.returncode == 75


@pytest.fixture
def set_aside(named_home: Path) -> None:
    """An event of the home could not be judged."""
    event = Feedback(Source.SES, FeedbackKind.BOUNCE, "1", "ada@example.org")
    with assemble(Settings(home=named_home)) as press:
        take_in(press, [event], now=NOW)
        with press.engine.begin() as connection:
            (one,) = take_events(connection, NOW, timedelta(minutes=1), 1)
            put_aside(connection, one, "ValueError in said, line 3 of said.py")


def test_what_was_set_aside_is_listed_and_judged_again(set_aside, capsys):
    assert run(["collect-bounces", "--set-aside"]) == 0
    title, row = capsys.readouterr().out.splitlines()
    assert title.split() == ["event", "kind", "from", "came,", "UTC", "what", "went", "wrong"]
    assert row == "1      bounce  ses   2026-03-02 09:00  ValueError in said, line 3 of said.py"

    assert run(["collect-bounces", "--again"]) == 0
    assert capsys.readouterr().out == "1 judged\n"
    assert run(["collect-bounces", "--set-aside"]) == 0
    assert capsys.readouterr().out == "nothing is set aside\n"


def test_programs_are_told_what_was_set_aside(set_aside, capsys):
    run(["collect-bounces", "--set-aside", "--json"])

    (told,) = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["source"]) == ("bounce", "ses")


def test_one_thing_is_done_at_a_time(named_home, capsys):
    assert run(["collect-bounces", "--set-aside", "--again"]) == 2
    assert run(["collect-bounces", "-", "--again"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_status_tells_what_was_set_aside_and_what_to_do(set_aside, capsys):
    run(["status"])

    assert "1 event is set aside, for judging failed; `partwork collect-bounces --set-aside`" in (
        capsys.readouterr().out
    )


def test_doctor_has_it_mended(set_aside, capsys):
    assert run(["doctor"]) == 1

    assert "MEND  what came back: 1 event is set aside" in capsys.readouterr().out
