"""Measures sending as `partwork send` does it, ledger and all, and prints one line of JSON.

    python benchmarks/sending.py --recipients N --smtp HOST:PORT [--connections C]
        [--database-url URL] [--processes P] [--home FOLDER]

Imports N subscribers into a fresh home, plans one issue of about 44 kB with 50 personal fields,
and sends it from P processes over C connections each. The server is on this machine; smtp-sink of
Postfix is one. CPU and memory are those of the sending processes alone, from the first claim on.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from partwork.actions.copies import copies_of  # noqa: E402 found by the line above
from partwork.actions.init import init_home, wishes_from  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.actions.send import send  # noqa: E402 see above
from partwork.actions.subscribers import import_subscribers  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.model.delivery import Transport  # noqa: E402 see above
from partwork.model.issue import AudienceRule, Issue, MergeField  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above
from partwork.store.campaigns import plan_campaign  # noqa: E402 see above
from partwork.store.issues import save_draft  # noqa: E402 see above
from partwork.store.ledger import tally  # noqa: E402 see above
from partwork.transport.smtp import SmtpServer  # noqa: E402 see above

NEWSLETTER = "the-measure"
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
        issue, octets = _prepare(asked)
        print(f"sending {asked.recipients} copies of {octets} octets …", file=sys.stderr)
        lanes = [_lane(asked, issue.name) for _ in range(asked.processes)]
        told = [json.loads(lane.communicate()[0]) for lane in lanes]
        with assemble(_settings(asked)) as press, press.engine.connect() as connection:
            standing = tally(connection, issue.content_hash)
    seconds = max(lane["ended"] for lane in told) - min(lane["began"] for lane in told)
    cpu = sum(lane["cpu_s"] for lane in told)
    print(
        json.dumps(
            {
                "recipients": asked.recipients,
                "connections": asked.connections,
                "processes": asked.processes,
                "octets": octets,
                "messages_per_s": round(standing.accepted / seconds),
                "cpu_us_per_message": round(cpu / asked.recipients * 1e6),
                "peak_rss_mb": round(max(lane["peak_rss_mb"] for lane in told), 1),
                "accepted": standing.accepted,
                "in_doubt": standing.in_doubt,
            }
        )
    )
    return int(standing.accepted != asked.recipients)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--smtp", required=True, metavar="HOST:PORT")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--lane", metavar="ISSUE", help=argparse.SUPPRESS)
    return parser.parse_args()


def _settings(asked: argparse.Namespace) -> Settings:
    return Settings(
        home=asked.home,
        smtp_url=f"smtp://{asked.smtp}",
        database_url=asked.database_url,
        canary_share=0,  # all processes send from the start
    )


def _prepare(asked: argparse.Namespace) -> tuple[Issue, int]:
    """A home with its readers and one planned issue; and the size of a copy."""
    init_home(asked.home, wishes_from("The Measure", "", "", "", None))
    readers = asked.home / "readers.csv"
    rows = (f"reader.{n:07d}@example.org\n" for n in range(asked.recipients))
    readers.write_text("email\n" + "".join(rows))
    now = datetime.now(UTC)
    with assemble(_settings(asked)) as press:
        import_subscribers(press, readers, NEWSLETTER, note="measuring", now=now)
        issue = _issue(press)
        with press.engine.begin() as connection:
            save_draft(connection, issue, now)
            _, planned = plan_campaign(connection, issue, now, now)
        copies = copies_of(press, issue, load_newsletter(press, NEWSLETTER))
        octets = len(copies.sample("reader.0000000@example.org", now))
    assert planned == asked.recipients, f"{planned} planned"
    return issue, octets


def _issue(press: Press) -> Issue:
    newsletter = load_newsletter(press, NEWSLETTER)
    fields = [field.mark for field in MergeField]
    paragraphs = (
        f'<p style="margin:0 0 16px">{SENTENCE * 8}</p>{ANCHOR}{fields[n % 3]}">{SENTENCE}</a>\n'
        for n in range(HTML_FIELDS)
    )
    lines = (f"{SENTENCE}\n" * 6 + fields[n % 3] + "\n\n" for n in range(TEXT_FIELDS))
    return Issue(
        instalment="0a1b2c3d",
        number=1,
        title="A heap of one's own",
        subject="A heap of one's own",
        preheader=SENTENCE,
        sender=newsletter.sender,
        reply_to=newsletter.reply_to,
        html="".join(paragraphs),
        text="".join(lines),
        page="",
        audience=AudienceRule(NEWSLETTER, "heaps"),
        demo=True,
    )


def _lane(asked: argparse.Namespace, issue: str) -> "subprocess.Popen[str]":
    options = ["--smtp", asked.smtp, "--connections", str(asked.connections)]
    options += ["--home", str(asked.home), "--database-url", asked.database_url, "--lane", issue]
    return subprocess.Popen(  # noqa: S603 this very script
        [sys.executable, __file__, *options], stdout=subprocess.PIPE, text=True
    )


@dataclass(frozen=True, slots=True)
class _WiderPress(Press):
    """A press with as many connections as were asked for."""

    connections: int = 4

    def transport(self) -> Transport:
        url = self.settings.smtp_url.get_secret_value()
        return SmtpServer(url, connections=self.connections)


def _send_here(asked: argparse.Namespace) -> dict[str, float]:
    """What one process needed; instants are seconds of the machine's clock."""
    with assemble(_settings(asked)) as found:
        parts = (found.settings, found.library, found.engine, found.secrets, found.hash_key)
        press = _WiderPress(*parts, asked.connections)
        began, cpu = time.time(), time.process_time()
        report = send(press, asked.lane, clock=lambda: datetime.now(UTC))
        ended, cpu = time.time(), time.process_time() - cpu
    assert not report.stopped, report.stopped
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux tells kilobytes
    return {"began": began, "ended": ended, "cpu_s": cpu, "peak_rss_mb": peak}


if __name__ == "__main__":
    sys.exit(main())
