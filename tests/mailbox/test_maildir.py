"""A Maildir is looked through, and nothing in it is touched but what was taken in."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.mailbox.folder import MailboxUnusable, StoredMail
from partwork.mailbox.maildir import AT_ONCE, Maildir
from tests.conftest import wait_until

LONGEST = 1000


def deliver(maildir: Path, name: str, octets: bytes = b"Subject: hello\r\n\r\nhello\r\n") -> None:
    """As mail servers do: written to `tmp`, then renamed to `new`."""
    (maildir / "tmp" / name).write_bytes(octets)
    (maildir / "tmp" / name).rename(maildir / "new" / name)


def look(maildir: Path, after: int = 0, **options: timedelta) -> tuple[list[StoredMail], int]:
    """All that is told, and the place that was reached."""
    with Maildir(maildir, **options) as folder:
        steps = list(folder.steps(after, LONGEST))
    reached = steps[-1].reached if steps else after
    return [mail for step in steps for mail in step.mails], reached


def tick(maildir: Path) -> int:
    """What the file system's clock says."""
    (maildir / "tmp" / "tick").touch()
    return (maildir / "tmp" / "tick").stat().st_ctime_ns


def files(maildir: Path) -> dict[str, bytes]:
    found = (path for path in maildir.rglob("*") if path.is_file())
    return {str(path.relative_to(maildir)): path.read_bytes() for path in found}


def test_looking_tells_every_mail_and_changes_none(maildir):
    deliver(maildir, "1.host", b"one")
    (maildir / "cur" / "2.host:2,S").write_bytes(b"two")
    before = files(maildir)

    mails, _ = look(maildir)

    assert [(mail.name, mail.octets, mail.size_bytes) for mail in mails] == [
        ("new/1.host", b"one", 3),
        ("cur/2.host:2,S", b"two", 3),
    ]
    assert files(maildir) == before


def test_a_marked_mail_is_read_for_mail_programs_and_all_others_are_as_they_were(maildir):
    deliver(maildir, "1.host", b"one")
    deliver(maildir, "2.host", b"two")
    (maildir / "cur" / "3.host:2,F").write_bytes(b"three")

    with Maildir(maildir) as folder:
        folder.mark(["new/1.host", "cur/3.host:2,F"])

    assert files(maildir) == {
        "cur/1.host:2,S": b"one",
        "new/2.host": b"two",
        "cur/3.host:2,FS": b"three",
    }


def test_what_somebody_else_moved_meanwhile_is_neither_told_nor_marked(maildir):
    for number in range(AT_ONCE + 1):
        deliver(maildir, f"{number:02}.host")
    last = f"{AT_ONCE:02}.host"

    with Maildir(maildir) as folder:
        steps = folder.steps(0, LONGEST)
        first = next(steps)
        (maildir / "new" / last).rename(maildir / "cur" / f"{last}:2,")
        (second,) = steps
        folder.mark([f"new/{last}"])

    assert len(first.mails) == AT_ONCE
    assert second.mails == ()
    assert second.unreadable == ()
    assert (maildir / "cur" / f"{last}:2,").exists()


def test_the_next_look_goes_on_where_the_last_one_was(maildir):
    deliver(maildir, "1.host")
    _, reached = look(maildir, overlap=timedelta(0))
    wait_until(lambda: tick(maildir) > reached + 1, every_seconds=0.001)
    deliver(maildir, "2.host")

    mails, reached = look(maildir, reached, overlap=timedelta(0))
    assert mails[-1].name == "new/2.host"

    assert [mail.name for mail in look(maildir, reached + 1, overlap=timedelta(0))[0]] == []


def test_a_look_that_was_cut_short_leaves_nothing_out(maildir):
    for number in range(2 * AT_ONCE):
        deliver(maildir, f"{number}.host")
    with Maildir(maildir, overlap=timedelta(0)) as folder:
        first = next(folder.steps(0, LONGEST))

    rest, _ = look(maildir, first.reached, overlap=timedelta(0))

    told = {mail.name for mail in (*first.mails, *rest)}
    assert told == {f"new/{number}.host" for number in range(2 * AT_ONCE)}


def test_an_old_mail_that_is_moved_here_is_told_too(maildir):
    deliver(maildir, "1.host")
    _, reached = look(maildir, overlap=timedelta(0))
    (maildir / "tmp" / "0.host").write_bytes(b"from last year")
    os.utime(maildir / "tmp" / "0.host", (1_600_000_000, 1_600_000_000))
    (maildir / "tmp" / "0.host").rename(maildir / "cur" / "0.host:2,S")

    mails, _ = look(maildir, reached, overlap=timedelta(0))

    assert "cur/0.host:2,S" in {mail.name for mail in mails}


def test_what_came_in_shortly_before_a_look_is_told_by_the_next_one_too(maildir):
    deliver(maildir, "1.host")

    first, reached = look(maildir)
    second, _ = look(maildir, reached)

    assert first == second


def test_what_lies_there_for_longer_is_not_told_again(maildir):
    deliver(maildir, "1.host")
    came_at = (maildir / "new" / "1.host").stat().st_ctime_ns
    wait_until(lambda: tick(maildir) > came_at, every_seconds=0.001)

    told, reached = look(maildir, overlap=timedelta(0))

    assert [mail.name for mail in told] == ["new/1.host"]
    assert look(maildir, reached, overlap=timedelta(0)) == ([], reached)


def test_no_more_of_a_mail_is_read_than_was_asked_for(maildir):
    deliver(maildir, "1.host", b"x" * 40_000)

    ((mail,), _) = look(maildir)

    assert mail == StoredMail("new/1.host", b"x" * LONGEST, 40_000)


def test_links_folders_and_hidden_files_are_no_mail(maildir, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (maildir / "new" / "1.host").symlink_to(secret)
    (maildir / "new" / ".2.host").write_bytes(b"hidden")
    (maildir / "new" / "3.host").mkdir()
    os.mkfifo(maildir / "new" / "4.host")

    assert look(maildir) == ([], 0)


def test_what_is_no_maildir_is_told_in_one_line(tmp_path):
    with pytest.raises(MailboxUnusable, match=r"has no folders new and cur; name a Maildir$"):
        look(tmp_path)


def test_what_nobody_has_read_is_counted(maildir):
    deliver(maildir, "1.host")
    for name in ("2.host:2,S", "3.host:2,FS", "4.host:2,F", "5.Shost"):
        (maildir / "cur" / name).write_bytes(b"")

    with Maildir(maildir) as folder:
        assert folder.count_unread() == 3
