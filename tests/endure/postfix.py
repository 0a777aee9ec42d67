"""What a real Postfix sends back, by a real Dovecot: `python tests/endure/postfix.py`.

An issue leaves for readers at whose servers all sorts of things go wrong; what Postfix then tells,
and what readers and strangers send, comes into a mailbox that `partwork collect-bounces` reads.
Prints in Markdown what was told and what it was judged to be; the exit status is 1 where that is
something else than it should be. Needs root, and Debian's packages postfix and dovecot-imapd; where
they are missing a line says so.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.occasion import occasion  # noqa: E402 found by the line above
from tests.conftest import free_port  # noqa: E402 see above
from tests.endure import mail_servers  # noqa: E402 see above
from tests.endure.troubles import (  # noqa: E402 see above
    FORGED,
    LATE,
    REFUSALS,
    STRANGERS,
    TROUBLES,
    NextHop,
    Trouble,
    post_answers,
)
from tests.journeys.test_the_command_line import ARTICLES, done  # noqa: E402 see above
from tests.transport.conftest import make_certificate  # noqa: E402 see above

HEAD = """# What came back endured

By `make returned`, a part of `make endure`: what real servers tell, and judges that are killed.

## A real Postfix, and a real Dovecot

`tests/endure/postfix.py` has a Postfix of its own as relay. `partwork send` hands it an issue; what
it tells comes to the bounce addresses, into a Maildir that Dovecot serves by IMAP over TLS, and
`partwork collect-bounces` looks there. Mail that waits is tried again each second, warned of after
three and given up after seven.
"""
SETTINGS = """
PARTWORK_SMTP_URL=smtp://127.0.0.1:{port}
PARTWORK_BOUNCE_ADDRESS=bounces+{{token}}@news.example.org
PARTWORK_BOUNCE_MAILBOX={mailbox}
PARTWORK_CANARY_SHARE=0
PARTWORK_REFUSED_SHARE=100
"""
Row = tuple[str, str, str, str]
TABLE = ("| at the reader's server | told | should be | is |", "|---|---|---|---|")


def main() -> int:
    """Prints the table; 1 where anything in it is wrong."""
    if why := mail_servers.missing():
        sys.stderr.write(f"postfix: not tried, for {why}\n")
        sys.stdout.write(f"{HEAD}\nNot tried: {why}.\n")
        return 0
    with ExitStack() as stack:
        folder = stack.enter_context(_open_folder())
        rows = _try(folder, stack)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    sys.stdout.write("\n".join([HEAD, f"{occasion()}.", "", *TABLE, *lines, ""]))
    wrong = [row for row in rows if row[2] != row[3]]
    for about, said, due, found in wrong:
        sys.stderr.write(f"postfix: {about}: {said or 'nothing'}; should be {due}, is {found}\n")
    return int(bool(wrong))


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder through which other users may pass."""
    folder = Path(tempfile.mkdtemp(prefix="postfix"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _try(folder: Path, stack: ExitStack) -> list[Row]:
    """The lines of the table."""
    hop = NextHop(refusals=dict(REFUSALS))
    relay, maildir, mailbox = _servers(folder, stack, hop)
    home = _home(folder, SETTINGS.format(port=relay.port, mailbox=mailbox))
    rows = [_last_step(home, relay)]

    done(home, "send", done(home, "publish", "compost", "--now").strip())
    relay.wait_until_done()
    post_answers(relay.port, hop.received)
    relay.wait_until_done()
    handed_over = len(relay.recipients())
    done(home, "collect-bounces")
    done(home, "collect-bounces")
    relay.wait_until_done()
    more = relay.recipients()[handed_over:]

    told = _told(maildir)
    rows += [_row(home, trouble, told) for trouble in TROUBLES]
    rows += [_unread(about, subject, maildir) for about, subject in STRANGERS.items()]
    about = "has told all this: who is mailed because of it"
    rows.append((about, "", "editor@example.org", ", ".join(more) or "nobody"))
    rows += _next_part(home, relay, maildir)
    return rows


def _servers(
    folder: Path, stack: ExitStack, hop: NextHop
) -> tuple[mail_servers.Postfix, Path, str]:
    """The relay, the Maildir that it delivers into, and where that is served by IMAP."""
    maildir = _make_maildir(folder / "Maildir")
    ports = {"NEXT": _serve(stack, hop), "SMALL": _serve(stack, hop, 9000), "CLOSED": free_port()}
    transports = {t.domain: t.transport.format(**ports) for t in TROUBLES if t.transport}
    aliases = {"bounces": mail_servers.OWNER}
    aliases |= {t.reader.partition("@")[0]: t.alias for t in TROUBLES if t.alias}
    servers, imap = _made(folder / "servers"), _made(folder / "imap")
    relay = stack.enter_context(mail_servers.postfix(servers, maildir, transports, aliases))
    os.environ["SSL_CERT_FILE"] = str(make_certificate(imap).file)
    return relay, maildir, stack.enter_context(mail_servers.dovecot(imap, maildir))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _make_maildir(path: Path) -> Path:
    for folder in (path, *(path / name for name in ("new", "cur", "tmp"))):
        shutil.chown(_made(folder), mail_servers.OWNER)
    return path


def _serve(stack: ExitStack, hop: NextHop, most_bytes: int = 50_000_000) -> int:
    server = Controller(hop, hostname="127.0.0.1", port=free_port(), data_size_limit=most_bytes)
    server.start()
    stack.callback(server.stop)
    return server.port


def _home(folder: Path, settings: str) -> Path:
    """With a series of which two parts are approved, and all those readers."""
    home = folder / "home"
    done(folder, "init", str(home), "--yes")
    with (home / ".env").open("a") as file:
        file.write(settings)
    done(home, "ingest", *map(str, sorted(ARTICLES.glob("*.txt"))), "--rights", "own")
    done(home, "compose", "compost", "--parts", "2", "--title", "A heap of one's own")
    done(home, "preview", "compost")
    done(home, "approve", "compost", "--by", "Ada North")
    _bring_in(home, [trouble.reader for trouble in TROUBLES])
    return home


def _bring_in(home: Path, readers: Sequence[str]) -> None:
    file = home / "readers.csv"
    file.write_text("\n".join(["email", *readers]))
    (newsletter,) = (home / "content" / "newsletters").glob("*.toml")
    how = ("--newsletter", newsletter.stem, "--confirmed", "asked")
    done(home, "subscribers", "import", str(file), *how)


def _last_step(home: Path, relay: mail_servers.Postfix) -> Row:
    """What docs/operations.md has an operator do to see whether all the steps before it worked."""
    relay.submit("bounces+try@news.example.org", b"Subject: try\n\n")
    relay.wait_until_done()
    answer = done(home, "collect-bounces").partition(",")[0]
    due = "looked at 1 mail: 1 unrelated"
    return "nothing yet: the operator tries it, as told in operations.md", "a mail", due, answer


def _told(maildir: Path) -> dict[str, list[str]]:
    """What servers report of each recipient: action and status, in the order in which they came."""
    told: dict[str, list[str]] = {}
    files = [file for name in ("new", "cur") for file in (maildir / name).iterdir()]
    for file in sorted(files, key=lambda file: file.name.partition(".")[0]):
        if file.stat().st_size > 1_000_000:
            continue
        mail = message_from_bytes(file.read_bytes())
        for block in _blocks(mail) if mail["To"] != FORGED else ():
            recipient = block["Original-Recipient"] or block["Final-Recipient"]
            said = f"{block['Action']} {block['Status']}"
            told.setdefault(recipient.partition(";")[2].strip(), []).append(said)
    return told


def _blocks(mail: Message) -> Iterator[Message]:
    """What a report says of each recipient (RFC 3464, 2.3)."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from (block for block in part.get_payload() if "Final-Recipient" in block)


def _row(home: Path, trouble: Trouble, told: dict[str, list[str]]) -> Row:
    story = json.loads(done(home, "subscribers", "show", trouble.reader, "--json"))
    found = {event["rule"] for event in story["came_back"]} - trouble.may
    due = _verdict(trouble.rules, trouble.ends)
    said = trouble.said or ", ".join(told.get(trouble.reader, ())) or _answered(story)
    return trouble.about, said, due, _verdict(found, _end_of(story))


def _answered(story: dict[str, Any]) -> str:
    """What Postfix said to us, where it took the mail and told no more."""
    (delivery,) = story["deliveries"]
    return "nothing" if delivery["code"] == 250 else f"{delivery['code']}, in our own session"


def _verdict(rules: set[str] | frozenset[str], end: str) -> str:
    return f"{', '.join(sorted(rules)) or 'nothing'} → {end}"


def _end_of(story: dict[str, Any]) -> str:
    if story["is_suppressed"]:
        return "suppressed"
    (held,) = story["subscriptions"]
    return "well" if held["state"] == "confirmed" else "left"


def _unread(about: str, words: str, maildir: Path) -> Row:
    """One mail with those words in its head lies there, without the flag of what was read."""
    wanted = words.encode().split(b"\n")
    (mail,) = (
        file
        for name in ("new", "cur")
        for file in (maildir / name).iterdir()
        if file.stat().st_size < 1_000_000
        and all(b"\n" + words + b"\n" in file.read_bytes() for words in wanted)
    )
    return about, "", "unread", "read" if "S" in mail.name.partition(":2,")[2] else "unread"


def _next_part(home: Path, relay: mail_servers.Postfix, maildir: Path) -> Iterator[Row]:
    """Whoever is well gets it, and one more; its bounce address is one for all.

    Then by Postfix's name of the mail alone it is known whose came back.
    """
    _bring_in(home, [LATE])
    report = json.loads(done(home, "publish", "compost", "--now", "--json"))
    assert report["planned"], report["waiting"]
    (planned,) = report["planned"]
    due = sum(trouble.ends == "well" for trouble in TROUBLES) + 1
    yield "is due the next part", "", f"{due} readers", f"{planned['recipients']} readers"

    settings = home / ".env"
    settings.write_text(settings.read_text().replace("=bounces+{token}@", "=bounces@"))
    done(home, "send", planned["issue"])
    relay.wait_until_done()
    done(home, "collect-bounces")
    story = json.loads(done(home, "subscribers", "show", LATE, "--json"))
    found = [
        f"{e['rule']} {e['reason'].partition('(')[2].partition(')')[0]}" for e in story["came_back"]
    ]
    yield (
        "knows no such user, and the bounce address has no token",
        ", ".join(_told(maildir)[LATE]),
        "hard bounce mailbox, by relay's id → suppressed",
        f"{', '.join(found)} → {_end_of(story)}",
    )


if __name__ == "__main__":
    sys.exit(main())
