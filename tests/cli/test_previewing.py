"""Previews, as an editor asks for them."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from partwork.cli.main import run
from tests.conftest import wait_until

LONGEST = 60  # seconds until something must have happened, on a busy machine


@pytest.fixture
def file(named_home: Path) -> Path:
    """The one part of a letter, in a home that the environment names."""
    assert run(["compose", "greetings", "--letter", "--title", "Spring greetings"]) == 0
    return named_home / "content" / "series" / "greetings" / "01-spring-greetings.md"


def test_without_chromium_there_is_a_preview_and_a_line_that_says_so(
    home: Path,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", "")
    capfd.readouterr()

    assert run(["preview", "greetings"]) == 0

    told = capfd.readouterr()
    assert ".partwork/previews/greetings/01/mail.html" in told.out
    assert told.err == "No pictures: no Chromium found; install one or set PARTWORK_CHROMIUM\n"


def test_a_browser_that_fails_is_said_and_the_preview_stands(
    home: Path,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "chromium").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    capfd.readouterr()

    assert run(["preview", "greetings"]) == 0

    assert "chromium takes no pictures" in capfd.readouterr().err
    assert (home / ".partwork" / "previews" / "greetings" / "01" / "mail.html").is_file()


def test_the_browser_that_is_named_is_asked_and_no_other(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARTWORK_CHROMIUM", str(tmp_path / "my-browser"))
    capfd.readouterr()

    assert run(["preview", "greetings"]) == 0

    assert "my-browser takes no pictures: does not start" in capfd.readouterr().err


def test_no_pictures_takes_none_and_says_nothing(
    home: Path, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()

    assert run(["preview", "greetings", "--no-pictures"]) == 0

    assert capfd.readouterr().err == ""
    assert not list(home.rglob("*.png"))


def test_who_approves_is_given_a_link_to_what_was_approved(
    file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = {"subject": "Spring is here", "preheader": "What to bring on the first morning."}
    text = file.read_text()
    for name, line in words.items():
        text = re.sub(f"{name}: .*", f"{name}: {line}", text)
    file.write_text(f"{text}\nThe allotments open again on Monday at nine.\n")

    def approved() -> tuple[str, str]:
        assert run(["preview", "greetings", "--no-pictures"]) == 0
        capfd.readouterr()
        assert run(["approve", "greetings", "--by", "Ada"]) == 0
        return capfd.readouterr()

    out, err = approved()
    assert re.fullmatch(r"approved greetings-01-[0-9a-f]{8}  Spring is here\n", out)
    assert err == ""

    monkeypatch.setenv("PARTWORK_PUBLIC_URL", "https://news.example.org")
    _, err = approved()
    assert re.fullmatch(
        r"as mailed: https://news\.example\.org/drafts/greetings/\w+/mail\?key=\S+\n", err
    )


def test_watching_shows_each_save_until_it_is_interrupted(file: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = [sys.executable, "-m", "partwork", "preview", "greetings", "--watch"]
    with said.open("wb") as stream, subprocess.Popen(command, stderr=stream) as watching:
        try:
            wait_until(lambda: "Serving" in said.read_text())
            address = re.search(r"http://127\.0\.0\.1:[0-9]+", said.read_text())
            assert address

            def page() -> str:
                with urllib.request.urlopen(address[0], timeout=LONGEST) as answer:  # noqa: S310 ours
                    return str(answer.read().decode())

            file.write_text(re.sub("subject: .*", "subject: A word in May", file.read_text()))
            wait_until(lambda: "<h1>A word in May</h1>" in page())
            file.write_text(file.read_text().replace("number: 1", "number: [1"))
            wait_until(lambda: f"{file.name}, line 3" in page())
        finally:
            watching.send_signal(signal.SIGINT)
        assert watching.wait(LONGEST) == 0
