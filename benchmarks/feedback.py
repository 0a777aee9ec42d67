"""Measures how fast what comes back is written down and judged; one line of JSON a database.

    python benchmarks/feedback.py [--events 100000] [--sqlite-only]

A tenth as many readers as events have had ten issues each. Then events of all kinds are told:
bounces hard and soft, delays, arrivals, complaints, wishes to leave, absences, forged and foreign
reports, named by bounce address, relay's id, Message-ID or address, by mail and by webhook; all of
them twice, in any order, a hundred at a time. Told are the events that were judged, the events a
second for taking them in (each of the two tellings counts), for judging, and for both in one,
the longest transaction of judging in ms (for so long other writers wait), and what came of it. The
exit status is 1 where SQLite judges fewer than 2,000 in a second, or an event is not judged.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sqlalchemy import (  # noqa: E402 with what the next lines need
    Engine,
    String,
    cast,
    event,
    select,
    update,
)

from benchmarks.postgresql import postgresql  # noqa: E402 found by the line above
from benchmarks.sending import (  # noqa: E402 see above
    NEWSLETTER,
    import_readers,
    issue_of,
    make_home,
    plan,
    settings_of,
)
from partwork.actions.feedback import Judged, judge, take_in  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.delivering.bounces import MailKind, SentMail, bounce_address  # noqa: E402 see above
from partwork.model.feedback import Feedback, FeedbackKind, Source  # noqa: E402 see above
from partwork.store.schema import deliveries  # noqa: E402 see above

ISSUES = 10
AT_ONCE = 100  # as a mailbox or a webhook tells them
ASKED = 2_000  # a second
PATTERN = "bounces+{token}@example.org"
BEGAN = datetime.now(UTC) + timedelta(hours=1)  # when the readers have been imported
JUDGED_AT = BEGAN + timedelta(days=20)
# How often each is told, and with which status; guesses after what mailing lists see.
KINDS = (
    (30, FeedbackKind.BOUNCE, "5.2.2"),
    (10, FeedbackKind.BOUNCE, "5.1.1"),
    (5, FeedbackKind.BOUNCE, "5.7.1"),
    (10, FeedbackKind.DELAY, "4.4.7"),
    (30, FeedbackKind.DELIVERED, "2.0.0"),
    (3, FeedbackKind.COMPLAINT, ""),
    (4, FeedbackKind.UNSUBSCRIBE, ""),
    (8, FeedbackKind.AUTO_REPLY, ""),
)
FORGED = 0.05


def main() -> int:
    """Measures both databases; 1 where SQLite is too slow, or something was left."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--sqlite-only", action="store_true")
    asked = parser.parse_args()
    is_well = _measure("sqlite", "", asked.events)
    if not asked.sqlite_only:
        with postgresql() as url:
            is_well = _measure("postgresql", url, asked.events) and is_well
    return int(not is_well)


def _measure(database: str, url: str, events: int) -> bool:
    """Prints what was found; False where something was left, or SQLite is too slow."""
    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder), "127.0.0.1:25", 1)  # nothing is sent
        settings = settings_of(Path(folder), url).model_copy(update={"bounce_address": PATTERN})
        with assemble(settings) as press:
            import_readers(press, max(events // 10, 1))
            tellings = [one for one in told(press, events) for _ in range(2)]
            random.Random(7).shuffle(tellings)  # noqa: S311 the same order each time
            now = JUDGED_AT
            began = time.perf_counter()
            for start in range(0, len(tellings), AT_ONCE):
                take_in(press, tellings[start : start + AT_ONCE], now=now)
            taken_in = time.perf_counter() - began
            with _Watch(press.engine) as watch:
                done = judge(press, now=now, limit=len(tellings))
    judging = watch.took
    rate = events / (taken_in + judging)
    found = {
        "database": database,
        "events": done.judged,
        "tellings_taken_in_per_s": round(2 * events / taken_in),
        "judged_per_s": round(events / judging),
        "both_per_s": round(rate),
        "longest_transaction_ms": round(watch.longest * 1e3),
        **_came_of(done),
    }
    print(json.dumps(found), flush=True)
    return done.judged == events and (database != "sqlite" or rate >= ASKED)


class _Watch:
    """How long all took, and the longest transaction that wrote."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.longest, self.took = engine, 0.0, 0.0

    def __enter__(self) -> "_Watch":
        event.listen(self.engine, "begin", self._note_begin)
        event.listen(self.engine, "commit", self._note_commit)
        self._began_all = time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.took = time.perf_counter() - self._began_all
        event.remove(self.engine, "begin", self._note_begin)
        event.remove(self.engine, "commit", self._note_commit)

    def _note_begin(self, _connection: object) -> None:
        self._began = time.perf_counter()

    def _note_commit(self, _connection: object) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._began)


def told(press: Press, events: int) -> Iterator[Feedback]:
    """So many events, each once, of a home with readers.

    Ten issues have left on ten days, and what is told is of any of them.
    """
    chance = random.Random(7)  # noqa: S311 the same events each time
    newsletter = load_newsletter(press, NEWSLETTER)
    mails = []
    for number in range(ISSUES):
        issue = issue_of(newsletter, f"heap{number:04d}", number + 1)
        plan(press, issue)
        left_at = BEGAN + timedelta(days=number)
        is_its = deliveries.c.content_hash == issue.content_hash
        with press.engine.begin() as connection:
            connection.execute(
                update(deliveries)
                .where(is_its)
                .values(
                    state="accepted",
                    attempted_at=left_at,
                    replied_at=left_at,
                    relay_id="4Xq1Zs0Wv" + cast(deliveries.c.id, String),
                )
            )
            query = select(deliveries.c.id, deliveries.c.recipient, deliveries.c.content_hash)
            mails += connection.execute(query.where(is_its).order_by(deliveries.c.recipient)).all()
    weights = [weight for weight, _, _ in KINDS]
    for number in range(events):
        _, kind, status = chance.choices(KINDS, weights)[0]
        delivery, recipient, content_hash = chance.choice(mails)
        is_forged = chance.random() < FORGED
        mail = SentMail(MailKind.DELIVERY, delivery)
        secrets = ("another",) if is_forged else press.secrets
        named = chance.choice(
            (
                {"bounce_address": bounce_address(PATTERN, mail, secrets)},
                {"relay_id": f"4Xq1Zs0Wv{delivery}"},
                {"message_id": f"<{delivery}.{content_hash[:24]}@example.org>"},
                {},
            )
        )
        yield Feedback(
            source=chance.choice((Source.MAILBOX, Source.MAILBOX, Source.SES)),
            kind=kind,
            event=f"<{number}.report@mx.example.org>",
            recipient=f"x{recipient}" if is_forged else recipient,
            status=status,
            words=f"{status} what a server says of {recipient}, as long as such lines are",
            at=BEGAN + timedelta(days=12),
            feedback_type="abuse" if kind is FeedbackKind.COMPLAINT else "",
            **named,
        )


def _came_of(done: Judged) -> dict[str, int]:
    names = ("suppressed", "left", "probes", "asked", "put_back", "set_aside", "waiting")
    return {name: getattr(done, name) for name in names}


if __name__ == "__main__":
    sys.exit(main())
