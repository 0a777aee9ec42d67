"""What a tired person types: one clear line on stderr, nothing on stdout, and the right status."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from partwork.cli.main import run


@pytest.fixture
def at_home(named_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that the environment names and in which the terminal stands."""
    monkeypatch.chdir(named_home)
    return named_home


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("clean content", "content: is a folder; name a file in it"),
        ("clean --site lids.example.org", "no article of the site 'lids.example.org'"),
        ("clean --site=", "no article of the site ''"),
        ("ingest example.org/a-story", "a web page's address begins with https://"),
        ("ingest www.example.org", "a web page's address begins with https://"),
        ("ingest notes.d/lids.txt", "notes.d/lids.txt: there is no such file; check its name"),
        ("ingest https://", "names no host"),
        ("ingest templates", "templates: holds no .txt, .md or .html file"),
        ("report lids", "there is no article 'lids'"),
        (
            "report content/articles/All_Lids.md",
            "cannot name an article: use small letters, digits and hyphens, at most 80, such as "
            "all-lids",
        ),
        ("send lids --test lids", "'lids' is not an e-mail address"),
        ("correct \udcff --because lids", "there is no issue '\\udcff'"),  # no UTF-8
        ("missed \udcff", "cannot name a series"),
        ("rules revoke lids", "there is no rule 'lids'; there are none yet"),
    ],
)
def test_what_cannot_be_done_is_status_1(at_home: Path, capsys, typed: str, told: str) -> None:
    status = run(typed.split())

    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert told in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("preview", "`partwork preview` needs SERIES; see `partwork preview --help`"),
        ("preview a b", "`partwork preview` takes no 'b'; see `partwork preview --help`"),
        ("rules list", "`partwork rules` takes no 'list'"),
        ("rules revoke", "`partwork rules revoke` needs NAME"),
        ("subscribers import a.csv", "`partwork subscribers import` needs --newsletter"),
        ("keep 12 lids", "'lids' is no block number; after the article write 12"),
        ("drop lids", "which block?"),
        ("clean https://example.org", "`partwork ingest URL` fetches a page"),
        ("clean lids.txt --site example.org", "a file or --site, not both"),
        ("ingest --rights mine", '"own"'),
        ("ingest --rights", "--rights needs a value behind it; see `partwork ingest --help`"),
        ("report --all", "the report of which article? `partwork report` alone lists them"),
        ("compose lids --parts x", "--parts"),
    ],
)
def test_wrong_use_is_status_2(at_home: Path, capsys, typed: str, told: str) -> None:
    status = run(typed.split())

    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert told in said.err
    assert said.err.count("\n") == 1


def test_an_empty_argument_does_not_stand_for_the_working_directory(at_home: Path, capsys) -> None:
    (at_home / "kettle.txt").write_text("A kettle\n\nThe kettle was cold all winter.\n")

    assert run(["ingest", ""]) == 2

    assert "names no source" in capsys.readouterr().err
    assert not list((at_home / "content").glob("articles/*"))


def partwork(
    home: Path, arguments: str, stdin: bytes = b"", env: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[bytes]:
    """A command in a shell of its own, in which it finds its input and which shell it is."""
    return subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m partwork {arguments}; exit $?"],
        cwd=home,
        env={**os.environ, "HOME": str(home), "SHELL": "/bin/bash", **env},
        input=stdin,
        capture_output=True,
        check=False,
    )


def test_what_is_no_text_does_not_stay_in_the_inbox(at_home: Path) -> None:
    before = sorted((at_home / "content" / "inbox").iterdir())

    result = partwork(at_home, "ingest -", bytes(range(32)) * 100)

    assert result.returncode == 1
    assert result.stderr.startswith(b"partwork: standard input: is not text")
    assert sorted((at_home / "content" / "inbox").iterdir()) == before


def test_completion_is_installed_for_a_shell(at_home: Path) -> None:
    result = partwork(at_home, "--install-completion")

    assert result.returncode == 0
    scripts = at_home / ".local" / "share" / "bash-completion" / "completions"
    assert "revoke" in (scripts / "partwork").read_text()


@pytest.mark.parametrize(
    "name", ["a\x1b]0;owned\x07.txt", "b\x9b2J.txt", "c\u202egnp.txt", "d\n.txt"]
)
def test_the_name_of_a_file_cannot_steer_the_terminal(at_home: Path, capsys, name: str) -> None:
    empty = at_home / name
    empty.write_bytes(b"")

    for typed in (str(empty), f"missing-{name}"):
        for command in ("ingest", "clean"):
            run([command, typed])

            told = capsys.readouterr().err
            assert told.count("\n") == 1
            assert told.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ("report > /dev/full", 1, "partwork: the answer could not be written: no space left on"),
        ("report >&-", 0, ""),
        ("ingest - <&-", 1, "partwork: standard input: nothing came"),
        ("clean nothere.txt 2>&-", 1, ""),
        ("--help | head -1", 0, ""),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is full")
def test_an_answer_that_cannot_be_written_is_no_traceback(
    at_home: Path, typed: str, status: int, told: str
) -> None:
    done = partwork(at_home, typed)

    assert done.returncode == status
    assert done.stderr.decode().startswith(told)
    assert done.stderr.count(b"\n") == (1 if told else 0)


def test_a_letter_that_a_terminal_does_not_have_is_spelled_out(at_home: Path) -> None:
    at_home.joinpath("content", "articles", "lids.md").write_text(
        "---\ntitle: Lids — 眠れない\nrights: own\n---\n\nThe lid was cold.\n"
    )

    done = partwork(at_home, "report 2>&1", env={"PYTHONIOENCODING": "latin-1"})

    assert done.returncode == 0
    assert rb"Lids \u2014 \u7720" in done.stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="names there are always UTF-8")
def test_the_name_of_a_file_that_is_no_unicode_is_told_to_programs_too(at_home: Path) -> None:
    at_home.joinpath(os.fsdecode(b"bad\xff\x7f.txt")).write_bytes(b"")
    command = [sys.executable, "-m", "partwork", "ingest", b"bad\xff\x7f.txt", "--json"]

    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"][0]["source"] == "bad\udcff\x7f.txt"
    assert b"\x7f" not in done.stdout
