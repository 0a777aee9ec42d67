"""Judges the mails of tests/rendering/matrix.py with real tools, and prints a table of them.

    python benchmarks/mails.py MAILQ.py [TOOLS] [--to FOLDER] [--only NAME …]

MAILQ.py is the judge and TOOLS the folder that its `setup.sh` filled: the Nu checker, axe,
caniemail, SpamAssassin, rspamd and Chromium. Without them the envelope alone is judged: headers,
lines, signature and text part, which take Python alone. Each mail is written as it leaves, with a
mailto beside the link and a signature by a key that is made for it and thrown away. Mails,
screenshots and reports go to FOLDER (`.endure/mails`). The exit status is not 0 if a mail fails
what it should pass. `make endure` runs it where the tools are in `.mailq`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from partwork.delivering.dkim import Seal, seal  # noqa: E402 found by the line above
from partwork.delivering.leaving_by_mail import leaving_address  # noqa: E402 see above
from partwork.delivering.message import message_bytes  # noqa: E402 see above
from partwork.model.address import Mailbox  # noqa: E402 see above
from partwork.model.delivery import Envelope  # noqa: E402 see above
from partwork.model.issue import Issue, MergeField  # noqa: E402 see above
from tests.rendering.conftest import ARTICLES, NEWSLETTER  # noqa: E402 see above
from tests.rendering.test_matrix import SAMPLES  # noqa: E402 see above

READER = "ada@example.org"
SITE = "https://letters.example.org"
BOUNCES = f"bounces+d{'a' * 24}@news.example.org"
ENVELOPE = ("header", "wire", "auth", "text")  # the judge's groups that need none of the tools
EXCUSED = {
    "too long for Gmail": {"html_under_60k"},
    "de": {"issue_number_or_date"},  # the judge knows no German word for a part
}


def main() -> int:
    """Judges each mail; how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("judge", type=Path)
    parser.add_argument("tools", type=Path, nargs="?")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="not all contents, but these")
    parser.add_argument("--to", type=Path, default=ROOT / ".endure" / "mails")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    signed_by, record = throw_away_seal(), asked.to / "dkim.txt"
    record.write_text(signed_by.keys[0].record)
    reports, failed = [], 0
    for name in asked.only or SAMPLES:
        mail = asked.to / f"{re.sub('[^a-z0-9]+', '-', name.casefold())}.eml"
        mail.write_bytes(eml_of(SAMPLES[name].issue(ARTICLES), signed_by))
        report = judged(mail, asked.judge, asked.tools, record)
        reports.append(report)
        wrong = failed_in(json.loads(report.read_text()), whole=asked.tools is not None)
        wrong -= EXCUSED.get(name, set())
        failed += bool(wrong)
        print(f"{name}: {', '.join(sorted(wrong)) or 'well'}", file=sys.stderr)
    if asked.tools:
        subprocess.run(  # noqa: S603 the judge that the caller named
            [sys.executable, asked.judge, "--summary", *reports], check=True
        )
    return int(failed > 0)


def judged(mail: Path, judge: Path, tools: Path | None, record: Path) -> Path:
    """The judge's report on a mail, as JSON; `record` is what the DNS has of the key."""
    report = mail.with_suffix(".json")
    with report.open("wb") as out:
        subprocess.run(  # noqa: S603 see above
            [
                tools / "venv" / "bin" / "python" if tools else sys.executable,
                *(judge, mail, "--out", mail.parent, "--dkim-txt", record),
                *(["--shots"] if tools else ["--skip", "browser,spam,vnu,caniemail"]),
            ],
            env={**os.environ, "MAILQ_NPM": str(tools.resolve()) if tools else ""},
            stdout=out,
            check=True,
        )
    return report


def failed_in(told: Mapping[str, Any], *, whole: bool) -> set[str]:
    """The checks that a report says were failed or could not be made; of the envelope, or all."""
    wrong = {*told["failed"], *told["unavailable"]}
    if whole:
        return wrong
    return {check["id"] for check in told["checks"] if check["group"] in ENVELOPE} & wrong


def throw_away_seal() -> Seal:
    """One of a key of its own, for the domain that the mails come from."""
    made = generate_private_key(65537, 2048)
    key = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return seal("example.org", ("measured", key))


def eml_of(issue: Issue, signed_by: Seal) -> bytes:
    """The message of one reader, with links as long as real ones."""
    message = message_bytes(
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
        archive=f"{SITE}/newsletters/{NEWSLETTER.slug}/archive",
        mailto=leaving_address(BOUNCES),
    )
    return signed_by.fields(message) + message


if __name__ == "__main__":
    sys.exit(main())
