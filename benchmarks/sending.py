"""Measures sending as `partwork send` does it, ledger and all, and prints one line of JSON.

    python benchmarks/sending.py --recipients N --smtp HOST:PORT [--connections C]
        [--database-url URL] [--processes P] [--dkim nobody|rsa|both] [--home FOLDER]

Imports N subscribers into a fresh home, plans one issue of about 44 kB with 50 personal fields,
and sends it from P processes, each by C connections to the one relay of a `relays.toml`. The server
is on this machine: `sink.c` beside this file is one, smtp-sink of Postfix another. CPU and memory
are those of the sending processes alone, from the first claim on; memory is told on Linux only.
`sending_table.py` runs this beside others.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from partwork.actions.copies import copies_of  # noqa: E402 found by the line above
from partwork.actions.init import init_home, wishes_from  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.actions.relaying import FILE as RELAYS  # noqa: E402 see above
from partwork.actions.send import send  # noqa: E402 see above
from partwork.actions.subscribers import import_subscribers  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.model.delivery import Tally  # noqa: E402 see above
from partwork.model.issue import AudienceRule, Issue, MergeField  # noqa: E402 see above
from partwork.model.newsletter import Newsletter  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above
from partwork.store.campaigns import plan_campaign  # noqa: E402 see above
from partwork.store.issues import save_draft  # noqa: E402 see above
from partwork.store.ledger import tally  # noqa: E402 see above

NEWSLETTER = "the-measure"
SIGNERS = ("nobody", "rsa", "both")  # the second key of "both" is an Ed25519 one
HTML_FIELDS, TEXT_FIELDS = 35, 15
SENTENCE = "A heap of one cubic metre stays warm all winter, says the gardener from Düsseldorf."
ANCHOR = '<a style="color:#245;text-decoration:underline" href="'


def main() -> int:
    """Prepares a home, sends from it, and prints what that took; 1 if a reader is missing."""
    asked = _arguments()
    if asked.lane:
        print(json.dumps(_send_here(asked)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        asked.home = asked.home or Path(folder)
        make_home(asked.home, asked.smtp, asked.connections, asked.dkim)
        with assemble(settings_of(asked.home, asked.database_url, asked.dkim)) as press:
            import_readers(press, asked.recipients)
            newsletter = load_newsletter(press, NEWSLETTER)
            issue = issue_of(newsletter, press.new_id())
            planned, planning_s = plan(press, issue)
            if planned != asked.recipients:
                sys.exit(f"{planned} planned: the database has other readers; take an empty one")
            octets = len(copies_of(press, issue, newsletter).sample(reader(0), datetime.now(UTC)))
            print(f"sending {planned} copies of {octets} octets …", file=sys.stderr)
            lanes = [_lane(asked, issue.name) for _ in range(asked.processes)]
            told = [json.loads(lane.communicate()[0] or "{}") for lane in lanes]
            with press.engine.connect() as connection:
                standing = tally(connection, issue.content_hash)
    if not all(told):
        sys.exit("a process that sends has failed")
    for lane in filter(lambda lane: lane["stopped"], told):
        print(f"stopped: {lane['stopped']}", file=sys.stderr)
    shown = {
        "recipients": asked.recipients,
        "connections": asked.connections,
        "processes": asked.processes,
        "octets": octets,
        "planning_s": round(planning_s, 2),
    }
    print(json.dumps(shown | _figures(told, standing)))
    return int(standing.accepted != asked.recipients)


def make_home(home: Path, smtp: str, connections: int, dkim: str = "nobody") -> None:
    """A home with a newsletter and one relay, and with keys where the mails are to be signed."""
    init_home(home, wishes_from("The Measure", "", "", "", None))
    (home / RELAYS).write_text(
        f'[[relay]]\nname = "sink"\nurl = "smtp://{smtp}"\nconnections = {connections}\n'
        f'dkim = "{"nobody" if dkim == "nobody" else "partwork"}"\n'
    )
    if dkim != "nobody":
        _write_key(home / "rsa.pem", generate_private_key(65537, 2048))
        _write_key(home / "ed25519.pem", Ed25519PrivateKey.generate())


def settings_of(home: Path, database_url: str = "", dkim: str = "nobody") -> Settings:
    """Under keys that are the same each time, so that a database can be used again."""
    signing: dict[str, object] = {}
    if dkim != "nobody":
        signing = {"dkim_domain": "example.org", "dkim_selector": "rsa"}
        signing["dkim_key"] = home / "rsa.pem"
    if dkim == "both":
        signing |= {"dkim_second_selector": "ed", "dkim_second_key": home / "ed25519.pem"}
    return Settings(
        home=home,
        smtp_url="",  # the relays of the home alone count
        database_url=database_url,
        secret="for measuring alone",  # noqa: S106 it signs nothing that is mailed
        hash_key="for measuring alone",
        canary_share=0,  # all processes send from the start
        **signing,
    )


def import_readers(press: Press, count: int) -> None:
    """So many confirmed readers of the newsletter."""
    file = press.settings.home / "readers.csv"
    with file.open("w") as stream:
        stream.write("email\n")
        stream.writelines(f"{reader(n)}\n" for n in range(count))
    import_subscribers(press, file, NEWSLETTER, note="measuring", now=datetime.now(UTC))


def reader(number: int) -> str:
    """Their address, counted from 0."""
    return f"reader.{number:07d}@example.org"


def issue_of(newsletter: Newsletter, instalment: str, number: int = 1) -> Issue:
    """An issue of about 44 kB; those of different instalments differ in their words."""
    fields = [field.mark for field in MergeField]
    paragraphs = (
        f'<p style="margin:0 0 16px">{SENTENCE * 8}</p>{ANCHOR}{fields[n % 3]}">{SENTENCE}</a>\n'
        for n in range(HTML_FIELDS)
    )
    lines = (f"{SENTENCE}\n" * 6 + fields[n % 3] + "\n\n" for n in range(TEXT_FIELDS))
    return Issue(
        instalment=instalment,
        number=number,
        title="A heap of one's own",
        subject="A heap of one's own",
        preheader=f"{SENTENCE} ({instalment})",
        sender=newsletter.sender,
        reply_to=newsletter.reply_to,
        html="".join(paragraphs),
        text="".join(lines),
        page="",
        audience=AudienceRule(NEWSLETTER, "heaps"),
        demo=True,
    )


def plan(press: Press, issue: Issue) -> tuple[int, float]:
    """How many the issue is planned for, and the seconds that took."""
    now = datetime.now(UTC)
    with press.engine.begin() as connection:
        save_draft(connection, issue, now)
    began = time.perf_counter()
    with press.engine.begin() as connection:
        _, planned = plan_campaign(connection, issue, now, now)
    return planned, time.perf_counter() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--smtp", required=True, metavar="HOST:PORT")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--dkim", choices=SIGNERS, default="nobody")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--lane", metavar="ISSUE", help=argparse.SUPPRESS)
    return parser.parse_args()


def _lane(asked: argparse.Namespace, issue: str) -> "subprocess.Popen[str]":
    options = ["--smtp", asked.smtp, "--dkim", asked.dkim, "--home", str(asked.home)]
    options += ["--database-url", asked.database_url, "--lane", issue]
    return subprocess.Popen(  # noqa: S603 this very script
        [sys.executable, __file__, *options], stdout=subprocess.PIPE, text=True
    )


def _send_here(asked: argparse.Namespace) -> dict[str, float | str]:
    """What one process needed; instants are seconds of a clock that all processes share."""
    with assemble(settings_of(asked.home, asked.database_url, asked.dkim)) as press:
        began, cpu_before = time.monotonic(), time.process_time()
        report = send(press, asked.lane, clock=lambda: datetime.now(UTC))
        ended, cpu_s = time.monotonic(), time.process_time() - cpu_before
    return {
        "began": began,
        "ended": ended,
        "cpu_s": cpu_s,
        "peak_rss_mb": _peak_mb(),
        "stopped": report.stopped,
    }


def _figures(told: Sequence[Mapping[str, Any]], standing: Tally) -> dict[str, float]:
    """What is measured, from what each process told of itself."""
    seconds = max(lane["ended"] for lane in told) - min(lane["began"] for lane in told)
    cpu_s = sum(lane["cpu_s"] for lane in told)
    return {
        "messages_per_s": round(standing.accepted / seconds),
        "cpu_us_per_message": round(cpu_s / max(standing.accepted, 1) * 1e6),
        "peak_rss_mb": round(max(lane["peak_rss_mb"] for lane in told), 1),
        "accepted": standing.accepted,
        "in_doubt": standing.in_doubt,
    }


def _peak_mb() -> float:
    """The most this program held; `ru_maxrss` begins with its parent's, which has imported."""
    status = Path("/proc/self/status")
    found = status.exists() and re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(found[1]) / 1024 if found else 0.0


def _write_key(file: Path, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


if __name__ == "__main__":
    sys.exit(main())
