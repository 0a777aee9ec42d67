"""Judges the mails of tests/rendering/matrix.py with real tools, and prints a table of them.

    python benchmarks/mails.py MAILQ.py TOOLS [--to FOLDER] [--only NAME …]

MAILQ.py is the judge and TOOLS the folder that its `setup.sh` filled: the Nu checker, axe,
caniemail, SpamAssassin, rspamd and Chromium. Mails, screenshots and reports go to FOLDER
(`.endure/mails`). The exit status is not 0 if a mail fails what it should pass. `make endure` runs
it where the tools are in `.mailq`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from partwork.delivering.message import message_bytes  # noqa: E402 found by the line above
from partwork.model.address import Mailbox  # noqa: E402 see above
from partwork.model.delivery import Envelope  # noqa: E402 see above
from partwork.model.issue import Issue, MergeField  # noqa: E402 see above
from tests.rendering.conftest import ARTICLES, NEWSLETTER  # noqa: E402 see above
from tests.rendering.test_matrix import SAMPLES  # noqa: E402 see above

READER = "ada@example.org"
SITE = "https://letters.example.org"
# Signing, the mailto variant and the archive's header are delivering's and come later.
LATER = {
    "dkim_signed",
    "dkim_valid",
    "dkim_covers_list_unsubscribe_and_aligns",
    "list_unsubscribe_mailto",
    "list_archive_or_help",
}
EXCUSED = {
    "too long for Gmail": {"html_under_60k"},
    "de": {"issue_number_or_date"},  # the judge knows no German word for a part
}


def main() -> int:
    """Judges each mail; how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("judge", type=Path)
    parser.add_argument("tools", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="not all contents, but these")
    parser.add_argument("--to", type=Path, default=ROOT / ".endure" / "mails")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    reports, failed = [], 0
    for name in asked.only or SAMPLES:
        mail = asked.to / f"{re.sub('[^a-z0-9]+', '-', name.casefold())}.eml"
        mail.write_bytes(eml_of(SAMPLES[name].issue(ARTICLES)))
        report = judged(mail, asked.judge, asked.tools)
        reports.append(report)
        told = json.loads(report.read_text())
        wrong = {*told["failed"], *told["unavailable"]} - LATER - EXCUSED.get(name, set())
        failed += bool(wrong)
        print(f"{name}: {', '.join(sorted(wrong)) or 'well'}", file=sys.stderr)
    subprocess.run(  # noqa: S603 the judge that the caller named
        [sys.executable, asked.judge, "--summary", *reports], check=True
    )
    return int(failed > 0)


def judged(mail: Path, judge: Path, tools: Path) -> Path:
    """The judge's report on a mail, as JSON."""
    report = mail.with_suffix(".json")
    python = tools / "venv" / "bin" / "python"
    with report.open("wb") as out:
        subprocess.run(  # noqa: S603 see above
            [python, judge, mail, "--out", mail.parent, "--shots"],
            env={**os.environ, "MAILQ_NPM": str(tools.resolve())},
            stdout=out,
            check=True,
        )
    return report


def eml_of(issue: Issue) -> bytes:
    """The message of one reader, with links as long as real ones."""
    return message_bytes(
        issue,
        NEWSLETTER,
        Envelope(issue.sender.address, READER),
        to=Mailbox("", READER),
        fields={
            MergeField.ADDRESS: READER,
            MergeField.UNSUBSCRIBE_URL: f"{SITE}/u/{'x' * (150 - len(SITE) - 3)}",
            MergeField.PAGE_URL: f"{SITE}/issues/{issue.name}",
        },
        message_id="<1.0a1b2c3d@example.org>",
        date=datetime.now(UTC),
        demo=False,
    )


if __name__ == "__main__":
    sys.exit(main())
